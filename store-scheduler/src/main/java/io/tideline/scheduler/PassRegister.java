package io.tideline.scheduler;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.RegistryCodec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** How the last pass ended: a register of the installation, since any server may have made it and any may be asked. */
final class PassRegister {
    private static final TimelineId REGISTRY =
            new TimelineId(new AppId("tideline"), TimelineFamily.REGISTRY, "store-scheduler");
    private static final RecordKey KEY = RecordKey.of(REGISTRY, RecordKind.SCHEDULER_PASS);

    private final RecordStore records;

    PassRegister(RecordStore records) {
        this.records = records;
    }

    /** The latest one stays. */
    CompletableFuture<Void> note(LastPass pass, Deadline deadline) {
        RegistryCodec.SchedulerPass stored = new RegistryCodec.SchedulerPass(
                pass.server(),
                pass.outcome().code(),
                pass.at(),
                pass.took(),
                pass.due(),
                pass.entries(),
                pass.bytes(),
                pass.expired(),
                pass.failed(),
                pass.lagDays());
        long version = Math.max(1, pass.at().toEpochMilli());
        return records.raise(List.of(new TimelineRecord(KEY, version, RegistryCodec.encode(stored))), deadline);
    }

    /** Empty before the first one. */
    CompletableFuture<Optional<LastPass>> last(Deadline deadline) {
        return records.get(List.of(KEY), deadline).thenApply(found -> Optional.ofNullable(found.get(KEY))
                .map(RegistryCodec::decodePass)
                .map(PassRegister::pass));
    }

    private static LastPass pass(RegistryCodec.SchedulerPass stored) {
        LastPass.Outcome outcome = Arrays.stream(LastPass.Outcome.values())
                .filter(known -> known.code() == stored.ended())
                .findFirst()
                .orElseThrow(() -> new CorruptDataException(
                        "how a pass ended is unknown", Map.of("code", Integer.toString(stored.ended())), null));
        return new LastPass(
                stored.server(),
                outcome,
                stored.at(),
                stored.took(),
                stored.due(),
                stored.entries(),
                stored.bytes(),
                stored.expired(),
                stored.failed(),
                stored.lagDays());
    }
}
