package io.tideline.api.server;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.store.TimelineInspector;
import io.tideline.core.store.TimelineStore;
import io.tideline.scheduler.StoreScheduler;
import io.tideline.store.search.SearchService;
import io.tideline.sync.peer.HintExchange;
import io.tideline.sync.watch.WatchHub;
import java.util.Objects;
import java.util.Optional;

/**
 * What the server stands on. The caller opens and closes all of it, after the server.
 *
 * @param store reads go here; appends go through {@link WatchHub#publishing()} of {@code watchHub}
 * @param messaging what conversations are kept in besides timelines
 * @param scheduler operators ask and steer it; started by the caller or not
 * @param hints takes what other servers tell, on the transport's threads, and what they are to be told
 * @param history what history and operations stand on besides
 * @param search finds messages; empty: nothing can be searched
 * @param metrics shown by ServerInfo; the server adds its own under {@code api.}
 */
public record ServerPorts(
        TimelineStore store,
        TimelineDirectory directory,
        TimelineInspector inspector,
        MessagingStorage messaging,
        StoreScheduler scheduler,
        WatchHub watchHub,
        StorageInfo storage,
        HintExchange hints,
        HistoryPorts history,
        Optional<SearchService> search,
        MetricRegistry metrics) {
    /** With hints of other servers going to the watches alone. */
    public ServerPorts(
            TimelineStore store,
            TimelineDirectory directory,
            TimelineInspector inspector,
            MessagingStorage messaging,
            StoreScheduler scheduler,
            WatchHub watchHub,
            StorageInfo storage,
            MetricRegistry metrics) {
        this(
                store,
                directory,
                inspector,
                messaging,
                scheduler,
                watchHub,
                storage,
                HintExchange.alone(watchHub),
                HistoryPorts.NONE,
                Optional.empty(),
                metrics);
    }

    /** With nothing to erase in and nowhere to export to. */
    public ServerPorts(
            TimelineStore store,
            TimelineDirectory directory,
            TimelineInspector inspector,
            MessagingStorage messaging,
            StoreScheduler scheduler,
            WatchHub watchHub,
            StorageInfo storage,
            HintExchange hints,
            MetricRegistry metrics) {
        this(
                store,
                directory,
                inspector,
                messaging,
                scheduler,
                watchHub,
                storage,
                hints,
                HistoryPorts.NONE,
                Optional.empty(),
                metrics);
    }

    /** The same with these. */
    public ServerPorts withHistory(HistoryPorts ports) {
        return new ServerPorts(
                store, directory, inspector, messaging, scheduler, watchHub, storage, hints, ports, search, metrics);
    }

    /** The same with search. */
    public ServerPorts withSearch(SearchService service) {
        return new ServerPorts(
                store,
                directory,
                inspector,
                messaging,
                scheduler,
                watchHub,
                storage,
                hints,
                history,
                Optional.of(service),
                metrics);
    }

    public ServerPorts {
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(inspector, "inspector");
        Objects.requireNonNull(messaging, "messaging");
        Objects.requireNonNull(scheduler, "scheduler");
        Objects.requireNonNull(watchHub, "watchHub");
        Objects.requireNonNull(storage, "storage");
        Objects.requireNonNull(hints, "hints");
        Objects.requireNonNull(history, "history");
        Objects.requireNonNull(search, "search");
        Objects.requireNonNull(metrics, "metrics");
    }
}
