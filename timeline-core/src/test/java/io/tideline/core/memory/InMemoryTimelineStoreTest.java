package io.tideline.core.memory;

import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.store.TimelineStoreContract;
import java.time.Duration;
import java.time.InstantSource;

final class InMemoryTimelineStoreTest extends TimelineStoreContract {
    private final InMemoryTimelineStore store = new InMemoryTimelineStore(InstantSource.system(), Duration.ofDays(1));

    @Override
    protected TimelineStore store() {
        return store;
    }

    @Override
    protected TimelineDirectory directory() {
        return store;
    }
}
