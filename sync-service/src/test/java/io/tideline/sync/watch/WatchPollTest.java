package io.tideline.sync.watch;

import static io.tideline.sync.watch.WatchFixture.POLL;
import static io.tideline.sync.watch.WatchFixture.REORDER;
import static io.tideline.sync.watch.WatchFixture.ROOM;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WatchPollTest {
    private final WatchFixture fixture = new WatchFixture();

    @Test
    void poll_nobodyWatches_asksNothing() {
        fixture.appendElsewhere(1);
        RecordingListener listener = new RecordingListener();
        Watch watch = fixture.watch(1, listener);
        fixture.scheduler.runDue();
        watch.cancel();

        fixture.scheduler.advance(POLL.multipliedBy(4));

        assertThat(fixture.store.polls).isEmpty();
    }

    @Test
    void poll_manyTimelines_asksOncePerThousandWithFloor() {
        for (int i = 0; i < 1500; i++) {
            TimelineId timeline = TimelineId.conversation("app", "t" + i);
            fixture.appendElsewhere(timeline, 2);
            fixture.hub.watch(timeline, SequenceId.FIRST, SequenceId.NONE, new RecordingListener());
        }
        fixture.scheduler.runDue();

        fixture.scheduler.advance(POLL);

        assertThat(fixture.store.polls).extracting(chunk -> chunk.size()).containsExactly(1000, 500);
        assertThat(fixture.store.polls.get(0)).extracting(HeadQuery::floor).containsOnly(SequenceId.of(2));
    }

    @Test
    void poll_manyWatchesOfOneTimeline_asksForOneHead() {
        for (int i = 0; i < 5; i++) {
            fixture.follow(1);
        }

        fixture.scheduler.advance(POLL);

        assertThat(fixture.store.polls).hasSize(1);
        assertThat(fixture.store.polls.get(0)).containsExactly(HeadQuery.of(ROOM));
    }

    @Test
    void poll_clientsFloor_isNotBelieved() {
        fixture.hub.watch(ROOM, SequenceId.FIRST, SequenceId.of(1_000_000), new RecordingListener());
        fixture.scheduler.runDue();

        fixture.scheduler.advance(POLL);

        assertThat(fixture.store.polls.get(0)).containsExactly(HeadQuery.of(ROOM));
    }

    @Test
    void poll_slowStore_neverOverlaps() {
        RecordingListener listener = fixture.follow(1);
        fixture.store.holdHeads = true;
        fixture.scheduler.advance(POLL.multipliedBy(10));
        assertThat(fixture.store.polls).hasSize(1);

        fixture.store.heldHeads.remove(0).release();
        fixture.appendElsewhere(1);
        fixture.store.holdHeads = false;
        fixture.scheduler.advance(POLL.plus(REORDER));

        assertThat(fixture.store.polls).hasSize(2);
        assertThat(listener.events).containsExactly("caught up 0", "1..1");
    }

    @Test
    void poll_failure_isCountedAndTriedAgain() {
        RecordingListener listener = fixture.follow(1);
        fixture.appendElsewhere(1);
        fixture.store.headsFailure = () -> new StorageUnavailableException("region moves", Map.of(), null);
        fixture.scheduler.advance(POLL.multipliedBy(3));
        assertThat(listener.events).containsExactly("caught up 0");

        fixture.store.headsFailure = () -> null;
        fixture.scheduler.advance(POLL.plus(REORDER));

        assertThat(listener.events).containsExactly("caught up 0", "1..1");
        assertThat(fixture.meter("watch.poll.failures")).isEqualTo(3);
        assertThat(fixture.metrics.timer("watch.poll.time").getCount()).isEqualTo(4);
    }

    @Test
    void poll_entryThatAnotherWatchHasRead_stillReachesTheLiveOne() {
        RecordingListener live = fixture.follow(1);
        fixture.appendElsewhere(1);
        RecordingListener late = fixture.follow(1);

        fixture.scheduler.advance(POLL.plus(REORDER));

        assertThat(late.events).containsExactly("1..1", "caught up 1");
        assertThat(live.events).containsExactly("caught up 0", "1..1");
    }
}
