package io.tideline.sync.fanout;

import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Optional;

/**
 * A page of unfinished work.
 *
 * @param next the conversation to go on after; empty when all were listed
 */
public record PendingPage(List<PendingFanout> pending, Optional<TimelineId> next) {
    public PendingPage {
        pending = List.copyOf(pending);
    }
}
