package io.tideline.store.search;

import io.tideline.core.erase.Erasure;
import io.tideline.core.record.RecordScan;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.AppId;
import io.tideline.store.erase.Erasures;
import io.tideline.store.internal.Repetition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Finds out what was erased in an app, by whichever server, from the intents on record. Each is carried out in the index
 * when it is first seen and again when it has changed; after a start all are, since the index may have lost a removal that
 * was not committed.
 */
final class ErasureSweep {
    private static final int PAGE = 500;

    private final AppId app;
    private final RecordStore records;

    /** By intent the version that was carried out. One look at a time, see {@link #look}. */
    private final Map<String, Long> seen = new HashMap<>();

    private final Turns turns = new Turns();

    ErasureSweep(AppId app, RecordStore records) {
        this.app = app;
        this.records = records;
    }

    /**
     * Looks through all intents.
     *
     * @param remove carries one out
     */
    CompletableFuture<Void> look(Function<IndexRemoval, CompletableFuture<Void>> remove, Deadline deadline) {
        return turns.take(() -> {
            RecordScan[] next = {Erasures.all(app, PAGE)};
            return Repetition.whileMore(() -> records.scan(next[0], deadline).thenCompose(page -> {
                        List<Erasures.Kept> fresh = new ArrayList<>();
                        for (Erasures.Kept kept : Erasures.kept(page)) {
                            if (!Long.valueOf(kept.version())
                                    .equals(seen.get(kept.erasure().id()))) {
                                fresh.add(kept);
                            }
                        }
                        if (!page.records().isEmpty()) {
                            next[0] = next[0].withAfter(page.records()
                                    .get(page.records().size() - 1)
                                    .key());
                        }
                        return carryOut(fresh, remove)
                                .thenApply(done ->
                                        !page.complete() && !page.records().isEmpty());
                    }))
                    .thenApply(done -> null);
        });
    }

    private CompletableFuture<?> carryOut(
            List<Erasures.Kept> fresh, Function<IndexRemoval, CompletableFuture<Void>> remove) {
        int[] at = {0};
        return Repetition.whileMore(() -> {
            if (at[0] == fresh.size()) {
                return CompletableFuture.completedFuture(false);
            }
            Erasures.Kept kept = fresh.get(at[0]++);
            Erasure erasure = kept.erasure();
            return remove.apply(IndexRemoval.of(erasure)).thenApply(done -> {
                seen.put(erasure.id(), kept.version());
                return true;
            });
        });
    }
}
