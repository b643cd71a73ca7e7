package io.tideline.core.memory;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;

import io.tideline.core.store.TimelineStore;
import io.tideline.core.tier.ActivityIndex;
import io.tideline.core.tier.ActivityIndexContract;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.time.InstantSource;

/** The contract of the activity index on the model. */
final class InMemoryActivityTest implements ActivityIndexContract {
    private final InMemoryTimelineStore store = new InMemoryTimelineStore(InstantSource.system(), Duration.ofDays(1));

    @Override
    public ActivityIndex activity() {
        return store;
    }

    @Override
    public TimelineStore store() {
        return store;
    }

    @Override
    public void release(TimelineId timeline, long through) {
        await(store.hot().release(timeline, SequenceId.of(through), soon()));
    }
}
