package io.tideline.store;

import io.tideline.core.timeline.TimelineId;

/** Hears at once that a conversation has a fan-out task. A hint: the task is durable and found without it, only later. */
@FunctionalInterface
public interface FanoutTrigger {
    /** Called after the append is durable, on any thread: must not block, must not throw. */
    void due(TimelineId conversation);
}
