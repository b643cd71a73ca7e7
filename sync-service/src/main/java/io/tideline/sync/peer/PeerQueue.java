package io.tideline.sync.peer;

import io.tideline.core.feed.Change;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.device.Device;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one peer is still to be told: one hint per timeline or device, the oldest first. For one thread at a time. */
final class PeerQueue {
    private final PeerLink link;
    private final PeerHintsConfig config;
    private final PeerMetrics metrics;
    private final Map<TimelineId, SequenceId> waiting = new LinkedHashMap<>();
    private final Set<Device> opened = new LinkedHashSet<>();
    private boolean ready;

    PeerQueue(PeerLink link, PeerHintsConfig config, PeerMetrics metrics) {
        this.link = link;
        this.config = config;
        this.metrics = metrics;
    }

    void add(Hints hints) {
        for (Change change : hints.moved()) {
            if (hasRoom() || waiting.containsKey(change.timeline())) {
                waiting.merge(change.timeline(), change.last(), SequenceId::max);
            } else {
                metrics.dropped().mark();
            }
        }
        for (Device device : hints.opened()) {
            if (hasRoom() || opened.contains(device)) {
                opened.add(device);
            } else {
                metrics.dropped().mark();
            }
        }
    }

    private boolean hasRoom() {
        return waiting.size() + opened.size() < config.maxWaiting();
    }

    /** Hands over what the link takes. */
    void send() {
        while ((!waiting.isEmpty() || !opened.isEmpty()) && link.isReady()) {
            Hints batch = take();
            link.send(batch);
            metrics.sent().mark(batch.size());
        }
        note(link.isReady());
    }

    private Hints take() {
        List<Change> moved = new ArrayList<>(Math.min(waiting.size(), config.maxBatch()));
        Iterator<Map.Entry<TimelineId, SequenceId>> oldest = waiting.entrySet().iterator();
        while (oldest.hasNext() && moved.size() < config.maxBatch()) {
            Map.Entry<TimelineId, SequenceId> hint = oldest.next();
            moved.add(new Change(hint.getKey(), hint.getValue()));
            oldest.remove();
        }
        List<Device> devices = new ArrayList<>();
        Iterator<Device> first = opened.iterator();
        while (first.hasNext() && moved.size() + devices.size() < config.maxBatch()) {
            devices.add(first.next());
            first.remove();
        }
        return new Hints(moved, devices);
    }

    void close() {
        metrics.dropped().mark(waiting.size() + opened.size());
        waiting.clear();
        opened.clear();
        note(false);
        link.close();
    }

    private void note(boolean nowReady) {
        if (nowReady != ready) {
            ready = nowReady;
            metrics.ready().inc(nowReady ? 1 : -1);
        }
    }
}
