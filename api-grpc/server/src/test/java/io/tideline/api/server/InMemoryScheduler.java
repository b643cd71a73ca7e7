package io.tideline.api.server;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.tier.TierLimit;
import io.tideline.scheduler.SchedulerConfig;
import io.tideline.scheduler.SchedulerPorts;
import io.tideline.scheduler.StoreScheduler;
import io.tideline.scheduler.TierPolicies;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A store scheduler over the model that works when it is told to, and keeps two entries of each timeline hot. */
final class InMemoryScheduler {
    private InMemoryScheduler() {}

    static StoreScheduler over(InMemoryTimelineStore memory) {
        SchedulerPorts ports = new SchedulerPorts(memory, memory, memory.hot(), memory.warm(), memory, memory);
        TierLimit two = new TierLimit(Optional.empty(), OptionalLong.of(2), OptionalLong.empty());
        return new StoreScheduler(
                ports,
                new TierPolicies(two, Map.of()),
                SchedulerConfig.named("test"),
                InstantSource.system(),
                new MetricRegistry());
    }
}
