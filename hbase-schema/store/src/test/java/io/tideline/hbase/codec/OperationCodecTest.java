package io.tideline.hbase.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.erase.Erasure;
import io.tideline.core.erase.ErasureTarget;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationClaim;
import io.tideline.core.operation.OperationId;
import io.tideline.core.operation.OperationProgress;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.operation.OperationState;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OperationCodecTest {
    private static final AppId APP = new AppId("a");
    private static final Instant TIME = Instant.ofEpochMilli(0x0102030405L);

    private static TimelineRecord record(Payload value) {
        TimelineId registry = new TimelineId(APP, TimelineFamily.REGISTRY, "r");
        return new TimelineRecord(RecordKey.of(registry, RecordKind.OPERATION, KeyPart.of("op")), 7, value);
    }

    private static Operation operation(Optional<AppId> app) {
        return new Operation(
                new OperationId("op"),
                new OperationRequest("k", app, Map.of("x", "y")),
                OperationState.RUNNING,
                true,
                new OperationProgress("s", 1, 2),
                Map.of("c", "1"),
                Map.of("r", "2", "q", "3"),
                "p",
                new OperationClaim("h", TIME, 3),
                TIME,
                TIME.plusMillis(1));
    }

    private static String hex(Payload value) {
        return HexFormat.of().formatHex(value.toByteArray());
    }

    @Test
    void records_areStoredAsEver() {
        assertThat(hex(OperationCodec.encode(operation(Optional.of(APP)))))
                .isEqualTo("01" + "016b" + "0161" + "0101780179" + "02" + "01" + "0173"
                        + "0000000000000001" + "0000000000000002" + "0101630131" + "0201710133" + "01720132" + "0170"
                        + "0168" + "0000000102030405" + "0000000000000003" + "0000000102030405" + "0000000102030406");
        Erasure erasure = new Erasure(
                "op", new ErasureTarget.OneUser(APP, new UserId("bob")), TIME, SequenceId.of(9), Instant.EPOCH, true);
        assertThat(hex(OperationCodec.encode(erasure)))
                .isEqualTo("01" + "02" + "0161" + "03626f62" + "0000000000000000" + "0000000102030405"
                        + "0000000000000009" + "0000000000000000" + "01");
    }

    @Test
    void operations_areReadAsWritten() {
        for (Operation operation : List.of(operation(Optional.of(APP)), operation(Optional.empty()))) {
            assertThat(OperationCodec.decodeOperation(record(OperationCodec.encode(operation))))
                    .isEqualTo(operation);
        }
    }

    @Test
    void erasures_areReadAsWritten() {
        ConversationId room = new ConversationId("room");
        for (ErasureTarget target : List.of(
                new ErasureTarget.OneMessage(APP, room, SequenceId.of(5)),
                new ErasureTarget.OneUser(APP, new UserId("bob")),
                new ErasureTarget.OneConversation(APP, room),
                new ErasureTarget.OneApp(APP))) {
            Erasure erasure = new Erasure("op", target, TIME, SequenceId.of(9), TIME, false);

            assertThat(OperationCodec.decodeErasure(record(OperationCodec.encode(erasure))))
                    .isEqualTo(erasure);
        }
    }

    @Test
    void decode_cutShort_isCorrupt() {
        assertThatExceptionOfType(CorruptDataException.class)
                .isThrownBy(() -> OperationCodec.decodeOperation(record(Payload.takeOver(new byte[] {1, 2}))));
        assertThatExceptionOfType(CorruptDataException.class)
                .isThrownBy(() -> OperationCodec.decodeErasure(record(Payload.takeOver(new byte[] {1, 2}))));
    }
}
