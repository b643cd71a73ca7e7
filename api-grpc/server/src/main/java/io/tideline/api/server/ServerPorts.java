package io.tideline.api.server;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.feed.ChangeFeed;
import io.tideline.core.record.ReadMarkStore;
import io.tideline.core.record.RecordStore;
import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.store.TimelineInspector;
import io.tideline.core.store.TimelineStore;
import io.tideline.sync.watch.WatchHub;
import java.util.Objects;

/**
 * What the server stands on. The caller opens and closes all of it, after the server.
 *
 * @param store reads go here; appends go through {@link WatchHub#publishing()} of {@code watchHub}
 * @param metrics shown by ServerInfo; the server adds its own under {@code api.}
 */
public record ServerPorts(
        TimelineStore store,
        TimelineDirectory directory,
        TimelineInspector inspector,
        RecordStore records,
        ReadMarkStore readMarks,
        ChangeFeed changes,
        WatchHub watchHub,
        StorageInfo storage,
        MetricRegistry metrics) {
    public ServerPorts {
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(inspector, "inspector");
        Objects.requireNonNull(records, "records");
        Objects.requireNonNull(readMarks, "readMarks");
        Objects.requireNonNull(changes, "changes");
        Objects.requireNonNull(watchHub, "watchHub");
        Objects.requireNonNull(storage, "storage");
        Objects.requireNonNull(metrics, "metrics");
    }
}
