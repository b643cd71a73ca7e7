package io.tideline.store;

import io.tideline.core.message.MessageIds;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineStore;
import java.time.InstantSource;
import java.util.Objects;

/**
 * What the services of this module work on.
 *
 * @param timelines where appends go; in a server the one that tells its watchers
 * @param clock wall time, for windows within which something is allowed
 * @param fanout told after every append that leaves a fan-out task
 */
public record StorePorts(
        TimelineStore timelines, RecordStore records, MessageIds ids, InstantSource clock, FanoutTrigger fanout) {
    public StorePorts {
        Objects.requireNonNull(timelines, "timelines");
        Objects.requireNonNull(records, "records");
        Objects.requireNonNull(ids, "ids");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(fanout, "fanout");
    }
}
