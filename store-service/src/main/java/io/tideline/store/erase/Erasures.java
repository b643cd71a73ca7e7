package io.tideline.store.erase;

import io.tideline.core.erase.Erasure;
import io.tideline.core.operation.OperationId;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.OperationCodec;
import io.tideline.store.internal.Repetition;
import io.tideline.store.operation.OperationService;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** The intents to erase of each app, kept for ever: what a backup brings back, they take away again. */
public final class Erasures {
    /** Intents read at a time. */
    private static final int PAGE = 500;

    private final RecordStore records;

    public Erasures(RecordStore records) {
        this.records = records;
    }

    private static TimelineId registry(AppId app) {
        return new TimelineId(app, TimelineFamily.REGISTRY, "erasures");
    }

    private static RecordKey key(AppId app, String id) {
        return RecordKey.of(registry(app), RecordKind.ERASURE, KeyPart.of(id));
    }

    CompletableFuture<Optional<Erasure>> find(AppId app, String id, Deadline deadline) {
        return records.get(List.of(key(app, id)), deadline)
                .thenApply(found -> Optional.ofNullable(found.get(key(app, id))).map(OperationCodec::decodeErasure));
    }

    /** Later states of an intent have the greater versions, so that a late write cannot take one back. */
    CompletableFuture<Void> keep(Erasure erasure, Deadline deadline) {
        long version = erasure.complete() ? 3 : erasure.through().isNone() ? 1 : 2;
        RecordKey key = key(erasure.target().app(), erasure.id());
        return records.raise(List.of(new TimelineRecord(key, version, OperationCodec.encode(erasure))), deadline);
    }

    /**
     * An intent as it stands on record.
     *
     * @param version goes up with its states
     */
    public record Kept(Erasure erasure, long version) {}

    /** The intents of an app, a page at a time. */
    public static RecordScan all(AppId app, int maxRows) {
        return RecordScan.all(registry(app), maxRows, RecordKind.ERASURE);
    }

    /** What such a page holds. */
    public static List<Kept> kept(RecordPage page) {
        return page.records().stream()
                .map(record -> new Kept(OperationCodec.decodeErasure(record), record.version()))
                .toList();
    }

    /**
     * Carries out again everything that was ever erased in an app: for after something was restored from a backup. Each
     * intent becomes an operation of its own; calling again with the same id starts nothing twice.
     *
     * @param base names the occasion
     * @return the operations
     */
    public CompletableFuture<List<OperationId>> reapply(
            OperationService operations, AppId app, OperationId base, Deadline deadline) {
        List<OperationId> started = new ArrayList<>();
        RecordScan[] next = {RecordScan.all(registry(app), PAGE, RecordKind.ERASURE)};
        return Repetition.whileMore(() -> records.scan(next[0], deadline).thenCompose(page -> {
                    List<TimelineRecord> found = page.records();
                    if (!found.isEmpty()) {
                        next[0] = next[0].withAfter(found.get(found.size() - 1).key());
                    }
                    return startAll(operations, found, base, started, deadline)
                            .thenApply(done -> !page.complete() && !found.isEmpty());
                }))
                .thenApply(done -> List.copyOf(started));
    }

    private static CompletableFuture<?> startAll(
            OperationService operations,
            List<TimelineRecord> found,
            OperationId base,
            List<OperationId> started,
            Deadline deadline) {
        int[] at = {0};
        return Repetition.whileMore(() -> {
            if (at[0] == found.size()) {
                return CompletableFuture.completedFuture(false);
            }
            Erasure erasure = OperationCodec.decodeErasure(found.get(at[0]++));
            OperationId id = again(base, erasure.id());
            return operations
                    .start(id, EraseRequests.of(erasure.target(), Optional.of(erasure.id()), false), deadline)
                    .thenApply(outcome -> {
                        started.add(id);
                        return true;
                    });
        });
    }

    private static OperationId again(OperationId base, String erasure) {
        String name = base.value() + "/" + erasure;
        return new OperationId("reapply-" + UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
    }
}
