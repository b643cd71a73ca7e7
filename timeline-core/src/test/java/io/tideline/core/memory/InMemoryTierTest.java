package io.tideline.core.memory;

import io.tideline.core.store.TimelineStore;
import io.tideline.core.tier.TableTier;
import io.tideline.core.tier.TierContract;
import io.tideline.core.tier.WarmTier;
import io.tideline.core.tier.WatermarkStore;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.time.InstantSource;

final class InMemoryTierTest implements TierContract {
    private final InMemoryTimelineStore store = new InMemoryTimelineStore(InstantSource.system(), Duration.ofDays(7));

    @Override
    public TimelineStore store() {
        return store;
    }

    @Override
    public TableTier hot() {
        return store.hot();
    }

    @Override
    public WarmTier warm() {
        return store.warm();
    }

    @Override
    public WatermarkStore watermarks() {
        return store;
    }

    /** What is let go of goes at once. */
    @Override
    public void compact(TimelineId timeline) {}
}
