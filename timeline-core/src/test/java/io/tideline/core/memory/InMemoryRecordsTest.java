package io.tideline.core.memory;

import io.tideline.core.feed.ChangeFeed;
import io.tideline.core.feed.ChangeFeedContract;
import io.tideline.core.record.ReadMarkContract;
import io.tideline.core.record.RecordScanContract;
import io.tideline.core.record.RecordStoreContract;
import io.tideline.core.store.ReadMarkStore;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineStore;
import java.time.Duration;
import java.time.InstantSource;

/** The contracts of records, read marks and changes on the model. */
final class InMemoryRecordsTest
        implements RecordStoreContract, RecordScanContract, ReadMarkContract, ChangeFeedContract {
    private final InMemoryTimelineStore store = new InMemoryTimelineStore(InstantSource.system(), Duration.ofDays(1));

    @Override
    public RecordStore records() {
        return store;
    }

    @Override
    public ReadMarkStore readMarks() {
        return store;
    }

    @Override
    public ChangeFeed changes() {
        return store;
    }

    @Override
    public TimelineStore store() {
        return store;
    }
}
