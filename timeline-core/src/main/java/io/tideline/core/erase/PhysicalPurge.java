package io.tideline.core.erase;

import io.tideline.core.store.Deadline;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** The port that rewrites files of the storage, so that what was replaced in them is not there any more. */
public interface PhysicalPurge {
    /** What it purges, for reports: {@code tables}, {@code search}. */
    String name();

    /**
     * Works towards that what was replaced before {@code since} is in no live file. Asked again, with pauses, until it
     * says so; need not remember that it was asked.
     *
     * @return whether it is so
     */
    CompletableFuture<Boolean> purge(Instant since, Deadline deadline);
}
