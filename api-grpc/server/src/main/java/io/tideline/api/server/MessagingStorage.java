package io.tideline.api.server;

import io.tideline.core.feed.ChangeFeed;
import io.tideline.core.store.ReadMarkStore;
import io.tideline.core.store.RecordStore;
import java.util.Objects;

/** What messaging keeps, of the same installation as the timelines. */
public record MessagingStorage(RecordStore records, ReadMarkStore readMarks, ChangeFeed changes) {
    public MessagingStorage {
        Objects.requireNonNull(records, "records");
        Objects.requireNonNull(readMarks, "readMarks");
        Objects.requireNonNull(changes, "changes");
    }
}
