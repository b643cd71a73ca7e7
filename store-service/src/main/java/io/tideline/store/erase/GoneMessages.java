package io.tideline.store.erase;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineStore;
import io.tideline.store.erase.EntryMatch.Verdict.GoWith;
import java.util.concurrent.CompletableFuture;

/** Says which messages cannot be read any more. Remembers some that cannot, since each is asked for once a member. */
final class GoneMessages {
    private static final int MAX_REMEMBERED = 100_000;

    private final TimelineStore timelines;
    private final Cache<GoWith, Boolean> remembered =
            CacheBuilder.newBuilder().maximumSize(MAX_REMEMBERED).build();

    GoneMessages(TimelineStore timelines) {
        this.timelines = timelines;
    }

    /** Whether a message cannot be read; what never was there is as good as gone. */
    CompletableFuture<Boolean> isGone(GoWith with, Deadline deadline) {
        if (remembered.getIfPresent(with) != null) {
            return CompletableFuture.completedFuture(true);
        }
        return timelines
                .read(ReadQuery.forward(with.timeline(), with.seq().value(), 1), deadline)
                .thenApply(page -> {
                    boolean gone = page.entries().stream()
                            .noneMatch(entry -> entry.seq().equals(with.seq()));
                    if (gone) {
                        remembered.put(with, true);
                    }
                    return gone;
                });
    }
}
