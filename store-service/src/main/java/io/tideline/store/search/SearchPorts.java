package io.tideline.store.search;

import io.tideline.core.feed.ChangeFeed;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.store.TimelineStore;
import java.time.InstantSource;
import java.util.Objects;

/** What search stands on. */
public record SearchPorts(
        TimelineStore timelines,
        TimelineDirectory directory,
        RecordStore records,
        ChangeFeed changes,
        MessageIndexes indexes,
        InstantSource clock) {
    public SearchPorts {
        Objects.requireNonNull(timelines, "timelines");
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(records, "records");
        Objects.requireNonNull(changes, "changes");
        Objects.requireNonNull(indexes, "indexes");
        Objects.requireNonNull(clock, "clock");
    }
}
