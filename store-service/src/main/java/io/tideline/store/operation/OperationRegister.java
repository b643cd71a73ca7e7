package io.tideline.store.operation;

import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationId;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.hbase.codec.OperationCodec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Operations as they stand in their registers. Every write is on condition of what was seen. */
final class OperationRegister {
    private final RecordStore records;

    OperationRegister(RecordStore records) {
        this.records = records;
    }

    /**
     * An operation as it was found.
     *
     * @param version of its register
     */
    record Standing(Operation operation, long version) {}

    /** One page, in a stable order. */
    record StandingPage(List<Standing> found, boolean complete) {}

    private static RecordKey key(OperationId id) {
        return RecordKey.of(OperationConfig.REGISTRY, RecordKind.OPERATION, KeyPart.of(id.value()));
    }

    CompletableFuture<Optional<Standing>> find(OperationId id, Deadline deadline) {
        return records.get(List.of(key(id)), deadline)
                .thenApply(found -> Optional.ofNullable(found.get(key(id))).map(OperationRegister::standing));
    }

    private static Standing standing(TimelineRecord record) {
        return new Standing(OperationCodec.decodeOperation(record), record.version());
    }

    /** Whether it was written: only if {@code version} (0: none) is what stands. */
    CompletableFuture<Boolean> replace(Operation next, long version, Deadline deadline) {
        return records.replace(
                new TimelineRecord(key(next.id()), version + 1, OperationCodec.encode(next)), version, deadline);
    }

    CompletableFuture<StandingPage> page(Optional<OperationId> after, int max, Deadline deadline) {
        RecordScan all = RecordScan.all(OperationConfig.REGISTRY, max, RecordKind.OPERATION);
        RecordScan scan = after.map(id -> all.withAfter(key(id))).orElse(all);
        return records.scan(scan, deadline)
                .thenApply(page -> new StandingPage(
                        page.records().stream().map(OperationRegister::standing).toList(), page.complete()));
    }

    CompletableFuture<Void> forget(Standing finished, Deadline deadline) {
        return records.remove(List.of(key(finished.operation().id())), finished.version(), deadline);
    }
}
