package io.tideline.hbase.store;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.awaitFailure;
import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.feed.Change;
import io.tideline.core.feed.ChangeFeedContract.RecordingListener;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The change feed over scripted regions. Its intervals are an hour, unless a test is about them: only barriers ask. */
final class HBaseChangeFeedTest {
    private static final TimelineId TIMELINE = TimelineId.conversation("app", "t");
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration AT_ONCE = Duration.ofNanos(1);

    private final MetricRegistry registry = new MetricRegistry();
    private final ScriptedFeedRegions regions = new ScriptedFeedRegions();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private HBaseChangeFeed feed = feed(NEVER);

    private HBaseChangeFeed feed(Duration interval) {
        FeedTimes times = new FeedTimes(interval, interval, AT_ONCE, NEVER, NEVER);
        return new HBaseChangeFeed(regions, times, executor, new FeedMetrics(registry));
    }

    @BeforeEach
    void openRegions() {
        regions.open("a");
        regions.open("m");
    }

    @AfterEach
    void stop() {
        feed.close();
        executor.shutdownNow();
        assertThat(regions.askedTwiceAtOnce())
                .as("two questions to one region at a time")
                .isFalse();
    }

    private RecordingListener listening() {
        RecordingListener listener = new RecordingListener(feed);
        await(feed.barrier(soon()));
        return listener;
    }

    /** Completes when all that was given to the executor before has been done. */
    private void settle() {
        await(CompletableFuture.runAsync(() -> {}, executor));
    }

    @Test
    void listen_first_losesTrackOnceForAllRegions() {
        RecordingListener listener = listening();

        assertThat(listener.lostTracks()).isEqualTo(1);
        await(feed.barrier(soon()));
        assertThat(listener.lostTracks()).isEqualTo(1);
    }

    @Test
    void barrier_nobodyListens_asksNobody() {
        await(feed.barrier(soon()));

        assertThat(regions.questions()).isZero();
    }

    @Test
    void barrier_regionHasMoreToTell_hearsItAll() {
        RecordingListener listener = listening();
        for (int seq = 1; seq <= 4 * ScriptedFeedRegions.ANSWER_CHANGES + 1; seq++) {
            regions.move("m", TIMELINE, seq);
        }

        await(feed.barrier(soon()));

        assertThat(listener.told(TIMELINE).value()).isEqualTo(13);
        assertThat(listener.lostTracks()).isEqualTo(1);
    }

    @Test
    void barrier_regionHasOverwritten_losesTrackAndGoesOn() {
        RecordingListener listener = listening();
        for (int seq = 1; seq <= 100; seq++) {
            regions.move("m", TIMELINE, seq);
        }

        await(feed.barrier(soon()));
        assertThat(listener.lostTracks()).isEqualTo(2);
        assertThat(listener.knows(TIMELINE, 1)).isFalse();
        regions.move("m", TIMELINE, 101);
        await(feed.barrier(soon()));
        assertThat(listener.knows(TIMELINE, 101)).isTrue();
        assertThat(registry.meter("hbase.feed.resets").getCount()).isEqualTo(3);
    }

    @Test
    void barrier_duringARound_waitsForTheNext() {
        RecordingListener listener = listening();
        regions.hold();
        int asked = regions.questions();
        CompletableFuture<Void> first = feed.barrier(soon());
        awaitQuestions(asked + 2);
        regions.move("a", TIMELINE, 1);

        CompletableFuture<Void> second = feed.barrier(soon());
        CompletableFuture<Void> third = feed.barrier(soon());
        settle();
        int before = regions.questions();
        regions.release();
        await(first);
        await(second);
        await(third);

        assertThat(listener.knows(TIMELINE, 1)).isTrue();
        assertThat(regions.questions()).as("one round for both").isEqualTo(before + 2);
    }

    private void awaitQuestions(int count) {
        await(CompletableFuture.runAsync(() -> {
            while (regions.questions() < count) {
                Thread.onSpinWait();
            }
        }));
    }

    @Test
    void barrier_regionWasSplit_losesTrackAfterAskingBothHalves() {
        RecordingListener listener = listening();
        regions.open("a");
        regions.open("f");

        await(feed.barrier(soon()));

        assertThat(listener.lostTracks()).isEqualTo(2);
        regions.move("f", TIMELINE, 5);
        await(feed.barrier(soon()));
        assertThat(listener.knows(TIMELINE, 5)).isTrue();
        assertThat(listener.lostTracks()).isEqualTo(2);
    }

    @Test
    void barrier_regionDoesNotAnswer_failsInTimeAndIsMetLater() {
        RecordingListener listener = listening();
        regions.breakDown("m", true);
        regions.move("a", TIMELINE, 1);

        assertThat(awaitFailure(feed.barrier(Deadline.after(Duration.ofMillis(1)))))
                .isInstanceOf(StorageUnavailableException.class);
        await(listener.when(() -> listener.knows(TIMELINE, 1)));

        regions.breakDown("m", false);
        feed.close();
        feed = feed(AT_ONCE);
        try (RecordingListener again = listening()) {
            regions.breakDown("m", true);
            CompletableFuture<Void> barrier = feed.barrier(soon());
            awaitQuestions(regions.questions() + 20);
            assertThat(barrier).isNotDone();
            regions.breakDown("m", false);
            await(barrier);
            assertThat(again.lostTracks()).isEqualTo(1);
        }
        assertThat(registry.meter("hbase.feed.failures").getCount()).isPositive();
    }

    @Test
    void listen_anotherThrows_isToldAllTheSame() {
        Runnable remove = feed.listen(new ChangeListener() {
            @Override
            public void changed(List<Change> changes) {
                throw new IllegalStateException("of the test");
            }

            @Override
            public void lostTrack() {
                throw new IllegalStateException("of the test");
            }
        });
        RecordingListener listener = listening();
        regions.move("a", TIMELINE, 1);

        await(feed.barrier(soon()));

        assertThat(listener.knows(TIMELINE, 1)).isTrue();
        remove.run();
    }

    @Test
    void listen_withoutBarriers_isToldByRounds() {
        feed.close();
        feed = feed(AT_ONCE);
        RecordingListener listener = listening();

        regions.move("m", TIMELINE, 1);

        await(listener.when(() -> listener.knows(TIMELINE, 1)));
    }

    @Test
    void close_barriersThatWaitAndLaterOnes_fail() {
        listening();
        regions.hold();
        int asked = regions.questions();
        CompletableFuture<Void> inRound = feed.barrier(soon());
        awaitQuestions(asked + 1);
        CompletableFuture<Void> waiting = feed.barrier(soon());

        feed.close();

        assertThat(awaitFailure(inRound)).isInstanceOf(StorageUnavailableException.class);
        assertThat(awaitFailure(waiting)).isInstanceOf(StorageUnavailableException.class);
        regions.release();
        settle();
        assertThat(awaitFailure(feed.barrier(soon()))).isInstanceOf(StorageUnavailableException.class);
    }
}
