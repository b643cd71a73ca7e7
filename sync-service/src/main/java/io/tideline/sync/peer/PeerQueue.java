package io.tideline.sync.peer;

import io.tideline.core.feed.Change;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one peer is still to be told: one hint per timeline, the oldest first. For one thread at a time. */
final class PeerQueue {
    private final PeerLink link;
    private final PeerHintsConfig config;
    private final PeerMetrics metrics;
    private final Map<TimelineId, SequenceId> waiting = new LinkedHashMap<>();
    private boolean ready;

    PeerQueue(PeerLink link, PeerHintsConfig config, PeerMetrics metrics) {
        this.link = link;
        this.config = config;
        this.metrics = metrics;
    }

    void add(List<Change> changes) {
        for (Change change : changes) {
            if (waiting.size() < config.maxWaiting() || waiting.containsKey(change.timeline())) {
                waiting.merge(change.timeline(), change.last(), SequenceId::max);
            } else {
                metrics.dropped().mark();
            }
        }
    }

    /** Hands over what the link takes. */
    void send() {
        while (!waiting.isEmpty() && link.isReady()) {
            List<Change> batch = take();
            link.send(batch);
            metrics.sent().mark(batch.size());
        }
        note(link.isReady());
    }

    private List<Change> take() {
        List<Change> batch = new ArrayList<>(Math.min(waiting.size(), config.maxBatch()));
        Iterator<Map.Entry<TimelineId, SequenceId>> oldest = waiting.entrySet().iterator();
        while (oldest.hasNext() && batch.size() < config.maxBatch()) {
            Map.Entry<TimelineId, SequenceId> hint = oldest.next();
            batch.add(new Change(hint.getKey(), hint.getValue()));
            oldest.remove();
        }
        return batch;
    }

    void close() {
        metrics.dropped().mark(waiting.size());
        waiting.clear();
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
