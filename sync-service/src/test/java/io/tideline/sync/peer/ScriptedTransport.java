package io.tideline.sync.peer;

import io.tideline.core.feed.Change;
import io.tideline.sync.device.Device;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Links that take as many batches as the test allows, and remember them. */
final class ScriptedTransport implements PeerTransport {
    final Map<Peer, Link> links = new LinkedHashMap<>();
    boolean closed;

    static final class Link implements PeerLink {
        final List<List<Change>> batches = new ArrayList<>();
        /** Of the same batches. */
        final List<List<Device>> opened = new ArrayList<>();

        private final Runnable onReady;
        private int room = Integer.MAX_VALUE;
        boolean closed;

        Link(Runnable onReady) {
            this.onReady = onReady;
        }

        void away() {
            room = 0;
        }

        void room(int batchCount) {
            room = batchCount;
            onReady.run();
        }

        List<Change> hints() {
            return batches.stream().flatMap(List::stream).toList();
        }

        @Override
        public boolean isReady() {
            return room > 0;
        }

        @Override
        public void send(Hints batch) {
            room--;
            batches.add(batch.moved());
            opened.add(batch.opened());
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Override
    public PeerLink open(Peer peer, Runnable onReady) {
        Link link = new Link(onReady);
        links.put(peer, link);
        return link;
    }

    @Override
    public void close() {
        closed = true;
    }
}
