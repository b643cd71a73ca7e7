package io.tideline.sync;

import io.tideline.core.feed.ChangeFeed;
import io.tideline.core.store.ReadMarkStore;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.store.TimelineStore;
import java.util.Objects;

/** What the services of this module stand on. */
public record SyncPorts(
        TimelineStore store, RecordStore records, ReadMarkStore marks, TimelineDirectory directory, ChangeFeed feed) {
    public SyncPorts {
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(records, "records");
        Objects.requireNonNull(marks, "marks");
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(feed, "feed");
    }
}
