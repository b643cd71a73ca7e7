package io.tideline.sync.watch;

import static io.tideline.sync.watch.WatchFixture.POLL;
import static io.tideline.sync.watch.WatchFixture.REORDER;
import static io.tideline.sync.watch.WatchFixture.ROOM;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class WatchHubTest {
    private final WatchFixture fixture = new WatchFixture();

    @Test
    void watch_historyThenAppends_deliversReplayMarkerLive() {
        fixture.appendElsewhere(3);

        RecordingListener listener = fixture.follow(2);
        fixture.append(1);
        fixture.append(2);

        assertThat(listener.events).containsExactly("2..3", "caught up 3", "4..4", "5..6");
        assertThat(fixture.store.reads).hasSize(1);
        assertThat(fixture.meter("watch.live.entries")).isEqualTo(3);
    }

    @Test
    void watch_longHistory_isReadPageByPageWithOneMarker() {
        fixture.appendElsewhere(600);

        RecordingListener listener = fixture.follow(1);

        assertThat(listener.events).containsExactly("1..256", "257..512", "513..600", "caught up 600");
    }

    @Test
    void watch_emptyTimeline_isCaughtUpAtOnce() {
        RecordingListener listener = fixture.follow(1);
        fixture.append(1);

        assertThat(listener.events).containsExactly("caught up 0", "1..1");
    }

    @Test
    void watch_oneBeyondHead_waitsForNextAppend() {
        fixture.appendElsewhere(5);

        RecordingListener listener = fixture.follow(6);
        fixture.append(1);

        assertThat(listener.events).containsExactly("caught up 5", "6..6");
    }

    @Test
    void watch_twoBeyondHead_isTurnedAway() {
        fixture.appendElsewhere(5);

        RecordingListener listener = fixture.follow(7);
        fixture.append(3);
        fixture.scheduler.runDue();

        assertThat(listener.events).containsExactly("beyond head 5");
        assertThat(fixture.active()).isZero();
    }

    @Test
    void watch_beyondHeadOfStalePage_isAskedAgain() {
        fixture.appendElsewhere(5);
        fixture.store.holdReads = true;
        RecordingListener listener = fixture.follow(8);
        fixture.append(4);
        fixture.store.holdReads = false;
        fixture.store.heldReads.remove(0).release();
        fixture.scheduler.advance(WatchConfig.DEFAULT.firstRetry());

        assertThat(listener.events).containsExactly("8..9", "caught up 9");
    }

    @Test
    void watch_reads_carryTheHighestKnownSeqAsFloor() {
        fixture.appendElsewhere(300);

        fixture.hub.watch(ROOM, SequenceId.of(10), SequenceId.of(20), new RecordingListener());
        fixture.scheduler.runDue();

        assertThat(fixture.store.reads)
                .extracting(query -> query.floor().value())
                .containsExactly(20L, 300L);
    }

    @Test
    void append_duringLastReplayRead_isDeliveredOnceAfterMarker() {
        fixture.appendElsewhere(2);
        fixture.store.holdReads = true;
        RecordingListener listener = fixture.follow(1);

        fixture.append(1);
        fixture.store.heldReads.remove(0).release();
        fixture.scheduler.runDue();

        assertThat(listener.events).containsExactly("1..2", "caught up 2", "3..3");
        assertThat(fixture.store.reads).hasSize(1);
    }

    @Test
    void append_acknowledgedBetweenPageAndRegistration_isNotLost() {
        fixture.store.holdAppends = true;
        CompletableFuture<AppendOutcome> append = fixture.beginAppend(1);
        RecordingListener listener = fixture.follow(1);

        fixture.store.heldAppends.remove(0).release();

        assertThat(append).isCompleted();
        assertThat(listener.events).containsExactly("1..1", "caught up 1");
    }

    @Test
    void append_acknowledgedOutOfOrder_isDeliveredInOrderWithoutRead() {
        RecordingListener listener = fixture.follow(1);
        fixture.store.holdAppends = true;
        List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            appends.add(fixture.beginAppend(1));
        }

        fixture.store.heldAppends.get(2).release();
        fixture.store.heldAppends.get(1).release();
        assertThat(listener.events).containsExactly("caught up 0");
        fixture.store.heldAppends.get(0).release();
        fixture.scheduler.advance(REORDER);

        assertThat(appends).allMatch(CompletableFuture::isDone);
        assertThat(listener.events).containsExactly("caught up 0", "1..1", "2..3");
        assertThat(fixture.store.reads).hasSize(1);
    }

    @Test
    void append_missingBeforeOffered_isReadAfterReorderWait() {
        RecordingListener listener = fixture.follow(1);
        fixture.appendElsewhere(2);
        fixture.append(1);
        fixture.scheduler.runDue();
        assertThat(listener.events).containsExactly("caught up 0");

        fixture.scheduler.advance(REORDER);

        assertThat(listener.events).containsExactly("caught up 0", "1..2", "3..3");
        assertThat(fixture.store.reads.get(1).to()).isEqualTo(SequenceId.of(2));
    }

    @Test
    void append_missingSeqOfferedWhileItIsRead_isDeliveredOnce() {
        RecordingListener listener = fixture.follow(1);
        fixture.store.holdAppends = true;
        CompletableFuture<AppendOutcome> first = fixture.beginAppend(1);
        fixture.store.holdAppends = false;
        fixture.append(1);
        fixture.store.holdReads = true;
        fixture.scheduler.advance(REORDER);

        fixture.store.heldAppends.remove(0).release();
        fixture.store.heldReads.remove(0).release();
        fixture.scheduler.runDue();

        assertThat(first).isCompleted();
        assertThat(listener.events).containsExactly("caught up 0", "1..1", "2..2");
        assertThat(fixture.meter("watch.read.failures")).isZero();
    }

    @Test
    void append_repeated_isDeliveredOnce() {
        RecordingListener listener = fixture.follow(1);
        TimelineAppend append = fixture.batch(ROOM, 2);

        for (int i = 0; i < 2; i++) {
            assertThat(fixture.hub.publishing().append(append, WatchFixture.deadline()))
                    .isCompleted();
        }

        assertThat(listener.events).containsExactly("caught up 0", "1..2");
    }

    @Test
    void append_repeatOfOneThatNobodyWasToldOf_isDelivered() {
        RecordingListener listener = fixture.follow(1);
        TimelineAppend append = fixture.batch(ROOM, 1);
        fixture.memory.append(append, WatchFixture.deadline()).join();

        assertThat(fixture.hub.publishing().append(append, WatchFixture.deadline()))
                .isCompleted();
        fixture.scheduler.advance(REORDER);

        assertThat(listener.events).containsExactly("caught up 0", "1..1");
    }

    @Test
    void append_largerThanTheBuffer_isDeliveredWithoutReadToReadyWatch() {
        RecordingListener listener = fixture.follow(1);

        fixture.append(1000);

        assertThat(listener.events).containsExactly("caught up 0", "1..1000");
        assertThat(fixture.store.reads).hasSize(1);
    }

    @Test
    void append_elsewhere_isFoundByPoll() {
        RecordingListener listener = fixture.follow(1);
        fixture.appendElsewhere(3);

        fixture.scheduler.advance(POLL.plus(REORDER));

        assertThat(listener.events).containsExactly("caught up 0", "1..3");
    }

    @Test
    void append_toManyWatches_reachesAllByOneTask() {
        List<RecordingListener> listeners = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            RecordingListener listener = new RecordingListener();
            listeners.add(listener);
            fixture.watch(1, listener);
        }
        fixture.scheduler.runDue();

        fixture.append(1);
        fixture.append(1);
        assertThat(fixture.scheduler.readyCount()).isEqualTo(1);
        fixture.scheduler.runDue();

        assertThat(listeners)
                .allSatisfy(listener -> assertThat(listener.events).containsExactly("caught up 0", "1..2"));
        assertThat(fixture.meter("watch.reads")).isEqualTo(1000);
    }

    @Test
    void watches_missingTheSameRange_shareOneRead() {
        List<RecordingListener> listeners = List.of(fixture.follow(1), fixture.follow(1), fixture.follow(1));
        fixture.appendElsewhere(1);
        fixture.store.holdReads = true;
        fixture.scheduler.advance(POLL.plus(REORDER));

        assertThat(fixture.store.heldReads).hasSize(1);
        fixture.store.heldReads.remove(0).release();
        fixture.scheduler.runDue();

        assertThat(listeners)
                .allSatisfy(listener -> assertThat(listener.events).containsExactly("caught up 0", "1..1"));
    }

    @Test
    void append_toAnotherTimeline_isNotDelivered() {
        RecordingListener listener = fixture.follow(1);

        fixture.append(TimelineId.conversation("app", "other"), 1);
        fixture.scheduler.advance(POLL.plus(REORDER));

        assertThat(listener.events).containsExactly("caught up 0");
    }

    @Test
    void publishing_readsAndHeads_goThrough() {
        fixture.append(2);

        assertThat(fixture.hub
                        .publishing()
                        .read(ReadQuery.forward(ROOM, 1, 10), WatchFixture.deadline())
                        .join()
                        .entries())
                .hasSize(2);
    }
}
