package io.tideline.core.tier;

import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.TimelineId;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * On which days (UTC, of server time) a timeline has got entries that have not left the hot tier. Written with the first entry of a
 * timeline's day in the same step as the entry, so that no timeline is ever missing; found without reading entries.
 */
public interface ActivityIndex {
    /** One day of one timeline. */
    record Activity(TimelineId timeline, LocalDate day) {}

    /**
     * One page.
     *
     * @param next where the next page goes on; empty when this is the last one
     */
    record ActivityPage(List<Activity> activities, Optional<Activity> next) {}

    /**
     * Activity up to and including {@code day}, in a stable order in which the days of one timeline follow each other.
     *
     * @param after where to go on; empty to begin
     * @param max 1 to {@value #MAX_PAGE}
     */
    CompletableFuture<ActivityPage> through(LocalDate day, Optional<Activity> after, int max, Deadline deadline);

    /**
     * Forgets the days of a timeline up to and including {@code day}, as far as their entries have been released from the
     * hot tier: a day with an entry that is still there stays, and so do the days after it.
     *
     * @param day one that is over: on the present day more entries may come, of which nothing would be known
     */
    CompletableFuture<Void> settle(TimelineId timeline, LocalDate day, Deadline deadline);

    int MAX_PAGE = 10_000;
}
