package io.tideline.hbase.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.tier.OwnRetention;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.RegistryCodec.SchedulerPass;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RegistryCodecTest {
    private static final SchedulerPass PASS =
            new SchedulerPass("s", 2, Instant.ofEpochMilli(0x0102030405L), Duration.ofMillis(0x0607), 1, 2, 3, 4, 5, 6);

    @Test
    void retention_isStoredAsEverAndReadBack() {
        Map<Optional<OwnRetention>, String> stored = Map.of(
                Optional.empty(), "01" + "00" + "0000000000000000",
                Optional.of(OwnRetention.FOR_EVER), "01" + "01" + "0000000000000000",
                Optional.of(OwnRetention.of(Duration.ofMillis(0x0102))), "01" + "02" + "0000000000000102");

        stored.forEach((retention, hex) -> {
            Payload value = RegistryCodec.encode(retention);
            assertThat(HexFormat.of().formatHex(value.toByteArray())).isEqualTo(hex);
            RecordKey key = RecordKey.of(TimelineId.conversation("a", "r"), RecordKind.RETENTION);
            assertThat(RegistryCodec.decodeRetention(new TimelineRecord(key, 1, value)))
                    .isEqualTo(retention);
        });
    }

    @Test
    void schedulerPass_isStoredAsEverAndReadBack() {
        Payload value = RegistryCodec.encode(PASS);

        assertThat(HexFormat.of().formatHex(value.toByteArray()))
                .isEqualTo("01" + "0173" + "02" + "0000000102030405" + "0000000000000607" + "0000000000000001"
                        + "0000000000000002" + "0000000000000003" + "0000000000000004" + "0000000000000005"
                        + "0000000000000006");
        TimelineId registry = new TimelineId(new AppId("a"), TimelineFamily.REGISTRY, "r");
        assertThat(RegistryCodec.decodePass(
                        new TimelineRecord(RecordKey.of(registry, RecordKind.SCHEDULER_PASS), 1, value)))
                .isEqualTo(PASS);
    }
}
