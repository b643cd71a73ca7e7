package io.tideline.sync.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.conversation.DeviceId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.feed.Change;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.device.Device;
import io.tideline.sync.peer.ScriptedTransport.Link;
import io.tideline.sync.watch.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PeerHintsTest {
    private static final Duration INTERVAL = Duration.ofMillis(2);
    private static final Peer ANN = new Peer("ann", "host", 1);
    private static final Peer BOB = new Peer("bob", "host", 2);
    private static final Peer EVE = new Peer("eve", "host", 3);

    private final ManualScheduler scheduler = new ManualScheduler();
    private final ScriptedTransport transport = new ScriptedTransport();
    private final MetricRegistry metrics = new MetricRegistry();
    private final PeerHints hints =
            new PeerHints(new PeerHintsConfig(INTERVAL, 3, 5, 2), transport, scheduler, metrics);

    private static Change change(String timeline, long last) {
        return new Change(TimelineId.conversation("app", timeline), SequenceId.of(last));
    }

    private static List<Change> changes(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> change("t" + i, 1)).toList();
    }

    private static Device phone(String user) {
        return new Device(new AppId("app"), new UserId(user), new DeviceId("phone"));
    }

    private void moved(Change... changes) {
        hints.outgoing().changed(List.of(changes));
    }

    private Link meet(Peer peer) {
        hints.peers(Set.of(peer));
        scheduler.advance(INTERVAL);
        return transport.links.get(peer);
    }

    private long dropped() {
        return metrics.meter("peer.hints.dropped").getCount();
    }

    @Test
    void changed_nobodyElse_costsNothing() {
        moved(change("a", 1));

        assertThat(scheduler.readyCount()).isZero();
        scheduler.advance(INTERVAL.multipliedBy(2));
        assertThat(meet(ANN).batches).isEmpty();
    }

    @Test
    void changed_oneTimelineOften_isToldOnceWithTheLast() {
        Link ann = meet(ANN);
        moved(change("a", 1));
        moved(change("a", 3));
        moved(change("a", 2));
        assertThat(ann.batches).isEmpty();

        scheduler.advance(INTERVAL);

        assertThat(ann.batches).containsExactly(List.of(change("a", 3)));
    }

    @Test
    void changed_afterASend_waitsForTheNextInterval() {
        Link ann = meet(ANN);
        moved(change("a", 1));
        scheduler.advance(INTERVAL);
        moved(change("a", 2));
        scheduler.advance(INTERVAL.dividedBy(2));
        assertThat(ann.batches).hasSize(1);

        scheduler.advance(INTERVAL);

        assertThat(ann.hints()).containsExactly(change("a", 1), change("a", 2));
    }

    @Test
    void changed_many_areSentInBoundedBatchesToEach() {
        hints.peers(Set.of(ANN, BOB));
        scheduler.advance(INTERVAL);
        hints.outgoing().changed(changes(0, 5));
        scheduler.advance(INTERVAL);

        assertThat(transport.links.values()).hasSize(2).allSatisfy(link -> {
            assertThat(link.batches).extracting(List::size).containsExactly(3, 2);
            assertThat(link.hints()).containsExactlyInAnyOrderElementsOf(changes(0, 5));
        });
        assertThat(metrics.meter("peer.hints.sent").getCount()).isEqualTo(10);
    }

    @Test
    void changed_moreThanMayWait_areDroppedAndCounted() {
        Link ann = meet(ANN);
        hints.outgoing().changed(changes(0, 8));
        scheduler.advance(INTERVAL);

        assertThat(ann.hints()).hasSize(5);
        assertThat(dropped()).isEqualTo(3);
    }

    @Test
    void opened_devices_areToldOnceEachInTheSameBatches() {
        Link ann = meet(ANN);
        moved(change("a", 1), change("b", 1));
        hints.opened(phone("bob"));
        hints.opened(phone("cid"));
        hints.opened(phone("bob"));

        scheduler.advance(INTERVAL);

        assertThat(ann.batches).extracting(List::size).containsExactly(2, 0);
        assertThat(ann.opened).extracting(List::size).containsExactly(1, 1);
        assertThat(ann.opened.stream().flatMap(List::stream)).containsExactlyInAnyOrder(phone("bob"), phone("cid"));
        assertThat(metrics.meter("peer.hints.sent").getCount()).isEqualTo(4);
    }

    @Test
    void opened_moreThanMayWait_areDroppedAndCounted() {
        Link ann = meet(ANN);
        moved(change("a", 1));
        for (int i = 0; i < 6; i++) {
            hints.opened(phone("user" + i));
        }
        ann.away();
        scheduler.advance(INTERVAL);
        hints.opened(phone("late"));
        scheduler.advance(INTERVAL);
        assertThat(dropped()).isEqualTo(3);

        ann.room(Integer.MAX_VALUE);
        scheduler.advance(INTERVAL);

        assertThat(ann.hints()).hasSize(1);
        assertThat(ann.opened.stream().flatMap(List::stream)).hasSize(4);
    }

    @Test
    void opened_nobodyElse_costsNothing() {
        hints.opened(phone("bob"));

        scheduler.advance(INTERVAL.multipliedBy(2));
        assertThat(meet(ANN).batches).isEmpty();
    }

    @Test
    void send_peerAway_keepsTheBoundAndTellsWhenItIsBack() {
        Link ann = meet(ANN);
        ann.away();
        hints.outgoing().changed(changes(0, 4));
        scheduler.advance(INTERVAL);
        moved(change("t0", 9), change("late", 1), change("later", 1));
        scheduler.advance(INTERVAL);
        assertThat(ann.batches).isEmpty();
        assertThat(dropped()).isEqualTo(1);
        assertThat(metrics.counter("peer.links.ready").getCount()).isZero();

        ann.room(Integer.MAX_VALUE);
        scheduler.advance(INTERVAL);

        assertThat(ann.hints()).hasSize(5).contains(change("t0", 9), change("t3", 1));
        assertThat(metrics.counter("peer.links.ready").getCount()).isEqualTo(1);
    }

    @Test
    void send_slowPeer_doesNotHoldUpTheOther() {
        hints.peers(Set.of(ANN, BOB));
        scheduler.advance(INTERVAL);
        transport.links.get(ANN).away();
        moved(change("a", 1));
        scheduler.advance(INTERVAL);

        assertThat(transport.links.get(ANN).batches).isEmpty();
        assertThat(transport.links.get(BOB).hints()).containsExactly(change("a", 1));
    }

    @Test
    void peers_oneLeaves_isForgotten() {
        Link ann = meet(ANN);
        hints.peers(Set.of(BOB));
        scheduler.advance(INTERVAL);
        moved(change("a", 1));
        scheduler.advance(INTERVAL);

        assertThat(ann.closed).isTrue();
        assertThat(ann.batches).isEmpty();
        assertThat(transport.links.get(BOB).hints()).hasSize(1);
        assertThat(metrics.counter("peer.links").getCount()).isEqualTo(1);
    }

    @Test
    void peers_moreThanAllowed_areNotConnectedTo() {
        hints.peers(Set.of(EVE, BOB, ANN));
        scheduler.advance(INTERVAL);

        assertThat(transport.links).containsOnlyKeys(ANN, BOB);
    }

    @Test
    void received_reachesEveryListenerUntilItIsRemoved() {
        List<List<Change>> heard = new ArrayList<>();
        Runnable remove = hints.listen(failing());
        hints.listen(hearing(heard));
        hints.received(new Hints(changes(0, 1), List.of(phone("ann"))));
        remove.run();
        hints.received(new Hints(changes(1, 2), List.of()));
        hints.received(new Hints(List.of(), List.of(phone("bob"))));

        assertThat(heard).containsExactly(changes(0, 1), changes(1, 2));
        assertThat(metrics.meter("peer.hints.received").getCount()).isEqualTo(4);
    }

    @Test
    void close_endsLinksAndTransport() {
        Link ann = meet(ANN);
        moved(change("a", 1));
        hints.close();
        scheduler.advance(INTERVAL);

        assertThat(ann.closed).isTrue();
        assertThat(transport.closed).isTrue();
        assertThat(ann.batches).isEmpty();
    }

    private static ChangeListener hearing(List<List<Change>> heard) {
        return new ChangeListener() {
            @Override
            public void changed(List<Change> changes) {
                heard.add(changes);
            }

            @Override
            public void lostTrack() {
                throw new AssertionError("hints never promised anything");
            }
        };
    }

    private static ChangeListener failing() {
        return new ChangeListener() {
            @Override
            public void changed(List<Change> changes) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void lostTrack() {}
        };
    }
}
