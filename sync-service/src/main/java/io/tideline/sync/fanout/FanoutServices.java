package io.tideline.sync.fanout;

import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.TimelineId;
import java.time.InstantSource;

/** What all runs of a worker share. */
record FanoutServices(
        TimelineStore store,
        RecordStore records,
        MemberLists members,
        FanoutConfig config,
        InstantSource clock,
        FanoutMetrics metrics) {
    FanoutLease lease(TimelineId conversation, long version) {
        return new FanoutLease(records, config, clock, conversation, version);
    }
}
