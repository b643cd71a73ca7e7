package io.tideline.sync.watch;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** A hub over a steered in-memory store, in virtual time. */
final class WatchFixture {
    static final TimelineId ROOM = TimelineId.conversation("app", "room");
    static final Duration POLL = WatchConfig.DEFAULT.pollInterval();
    static final Duration REORDER = WatchConfig.DEFAULT.reorderWait();

    final InMemoryTimelineStore memory =
            new InMemoryTimelineStore(() -> Instant.ofEpochMilli(1_700_000_000_000L), Duration.ofHours(1));
    final SteeredStore store = new SteeredStore(memory);
    final ManualScheduler scheduler = new ManualScheduler();
    final MetricRegistry metrics = new MetricRegistry();
    final WatchHub hub;
    private int messages;

    WatchFixture() {
        this(WatchConfig.DEFAULT);
    }

    WatchFixture(WatchConfig config) {
        hub = new WatchHub(store, config, scheduler, metrics);
    }

    /** Appends through the hub; the answer must not be held back. */
    void append(int count) {
        append(ROOM, count);
    }

    void append(TimelineId timeline, int count) {
        hub.publishing().append(batch(timeline, count), deadline()).getNow(null);
    }

    /** Appends through the hub. */
    CompletableFuture<AppendOutcome> beginAppend(int count) {
        return hub.publishing().append(batch(ROOM, count), deadline());
    }

    /** Appends as another process does: past the hub. */
    void appendElsewhere(int count) {
        appendElsewhere(ROOM, count);
    }

    void appendElsewhere(TimelineId timeline, int count) {
        memory.append(batch(timeline, count), deadline()).join();
    }

    TimelineAppend batch(TimelineId timeline, int count) {
        NewEntry[] entries = new NewEntry[count];
        for (int i = 0; i < count; i++) {
            entries[i] = NewEntry.text("sender", "m" + messages++, "hello");
        }
        return TimelineAppend.of(timeline, entries);
    }

    static Deadline deadline() {
        return Deadline.after(Duration.ofMinutes(1));
    }

    Watch watch(long from, WatchListener listener) {
        return hub.watch(ROOM, SequenceId.of(from), SequenceId.NONE, listener);
    }

    /** A listener whose watch from {@code from} has caught up. */
    RecordingListener follow(long from) {
        RecordingListener listener = new RecordingListener();
        watch(from, listener);
        scheduler.runDue();
        return listener;
    }

    long meter(String name) {
        return metrics.meter(name).getCount();
    }

    long active() {
        return metrics.counter("watch.active").getCount();
    }
}
