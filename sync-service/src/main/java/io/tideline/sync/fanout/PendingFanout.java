package io.tideline.sync.fanout;

import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Instant;
import java.util.Optional;

/**
 * A conversation whose fan-out is not finished.
 *
 * @param doneThrough up to which seq inboxes have everything
 * @param dueThrough up to which seq there is something to do
 * @param since server time of the first entry that is not done; empty when it has expired
 * @param worker who holds the lease now; empty when nobody does
 */
public record PendingFanout(
        TimelineId conversation,
        SequenceId doneThrough,
        SequenceId dueThrough,
        Optional<Instant> since,
        Optional<String> worker) {}
