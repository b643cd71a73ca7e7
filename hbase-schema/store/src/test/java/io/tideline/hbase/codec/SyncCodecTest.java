package io.tideline.hbase.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyncCodecTest {
    private static final Instant TIME = Instant.ofEpochMilli(0x0102030405L);

    private static TimelineRecord record(Payload value) {
        return new TimelineRecord(
                RecordKey.of(TimelineId.conversation("app", "room"), RecordKind.FANOUT_LEASE), 7, value);
    }

    private static String hex(Payload value) {
        return HexFormat.of().formatHex(value.toByteArray());
    }

    private static final SyncCodec.StreamOrigin ORIGIN = new SyncCodec.StreamOrigin(-3, 4);

    @Test
    void newestStream_ofOneRun_isTheLaterAttempt() {
        SyncCodec.NewestStream newest = new SyncCodec.NewestStream(7, 1, ORIGIN);

        assertThat(newest.replaces(6, new SyncCodec.StreamOrigin(-3, 3))).isTrue();
        assertThat(newest.replaces(6, new SyncCodec.StreamOrigin(-3, 5))).isFalse();
        assertThat(newest.replaces(6, new SyncCodec.StreamOrigin(-4, 5))).isTrue();
        assertThat(newest.replaces(7, ORIGIN)).isFalse();
        assertThat(new SyncCodec.NewestStream(7, 1, SyncCodec.StreamOrigin.UNKNOWN)
                        .replaces(6, SyncCodec.StreamOrigin.UNKNOWN))
                .isTrue();
    }

    @Test
    void records_areStoredAsEver() {
        assertThat(hex(SyncCodec.encode(Diffusion.WRITE))).isEqualTo("0102");
        assertThat(hex(SyncCodec.encode(new SyncCodec.Lease("w1", TIME)))).isEqualTo("01027731" + "0000000102030405");
        assertThat(hex(SyncCodec.encode(new SyncCodec.UserSettings(true, false))))
                .isEqualTo("010100");
        String device = "01" + "0000000000000003" + "01" + "0000000102030405" + "0000000102030405";
        assertThat(hex(SyncCodec.encode(new SyncCodec.DeviceState(3, true, TIME, TIME, SyncCodec.NewestStream.NONE))))
                .isEqualTo(device);
        assertThat(hex(SyncCodec.encode(
                        new SyncCodec.DeviceState(3, true, TIME, TIME, new SyncCodec.NewestStream(7, -2, ORIGIN)))))
                .isEqualTo(device + "0000000000000007" + "fffffffffffffffe" + "fffffffffffffffd" + "0000000000000004");
    }

    @Test
    void records_areReadAsWritten() {
        SyncCodec.Lease lease = new SyncCodec.Lease("w1", TIME);
        SyncCodec.UserSettings settings = new SyncCodec.UserSettings(false, true);
        SyncCodec.DeviceState device =
                new SyncCodec.DeviceState(3, false, TIME, TIME.plusMillis(5), SyncCodec.NewestStream.NONE);
        SyncCodec.DeviceState streaming =
                new SyncCodec.DeviceState(3, false, TIME, TIME, new SyncCodec.NewestStream(8, 9, ORIGIN));

        assertThat(SyncCodec.decodeCursor(record(SyncCodec.encode(Diffusion.READ))))
                .isEqualTo(Diffusion.READ);
        assertThat(SyncCodec.decodeLease(record(SyncCodec.encode(lease)))).isEqualTo(lease);
        assertThat(SyncCodec.decodeSettings(record(SyncCodec.encode(settings)))).isEqualTo(settings);
        assertThat(SyncCodec.decodeDevice(record(SyncCodec.encode(device)))).isEqualTo(device);
        assertThat(SyncCodec.decodeDevice(record(SyncCodec.encode(streaming)))).isEqualTo(streaming);
    }

    @Test
    void token_isReadAsWritten() {
        SyncCodec.Token token = new SyncCodec.Token(
                2,
                SequenceId.of(99),
                List.of(
                        new SyncCodec.Delivered(new ConversationId("a"), SequenceId.of(5), SequenceId.NONE),
                        new SyncCodec.Delivered(new ConversationId("b"), SequenceId.NONE, SequenceId.of(1))));

        assertThat(SyncCodec.decodeToken(SyncCodec.encode(token))).isEqualTo(token);
    }

    @Test
    void decode_cutShort_isCorrupt() {
        assertThatExceptionOfType(CorruptDataException.class)
                .isThrownBy(() -> SyncCodec.decodeLease(record(Payload.takeOver(new byte[] {1, 2}))));
    }
}
