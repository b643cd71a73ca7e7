package io.tideline.sync.peer;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;

/**
 * What operators see of hints.
 *
 * @param peers {@code peer.links}: other servers that are told
 * @param ready {@code peer.links.ready}: those that could take hints at the last send
 * @param sent {@code peer.hints.sent}: hints handed to links, once per peer
 * @param dropped {@code peer.hints.dropped}: hints that too many others were waiting before, once per peer, or once when
 *     it was for all
 * @param received {@code peer.hints.received}: hints of other servers
 */
record PeerMetrics(Counter peers, Counter ready, Meter sent, Meter dropped, Meter received) {
    static PeerMetrics in(MetricRegistry registry) {
        return new PeerMetrics(
                registry.counter("peer.links"),
                registry.counter("peer.links.ready"),
                registry.meter("peer.hints.sent"),
                registry.meter("peer.hints.dropped"),
                registry.meter("peer.hints.received"));
    }
}
