package io.tideline.sync.watch;

import static io.tideline.sync.watch.WatchFixture.POLL;
import static io.tideline.sync.watch.WatchFixture.REORDER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Failures, gaps, and the ways a watch ends. */
final class WatchEndTest {
    private static final Duration LONG = WatchConfig.DEFAULT.longestRetry().multipliedBy(2);

    private final WatchFixture fixture = new WatchFixture();

    @Test
    void read_retryableFailures_areRetriedUntilTheStoreIsBack() {
        fixture.appendElsewhere(3);
        fixture.store.readFailure = () -> new StorageUnavailableException("region moves", Map.of(), null);
        RecordingListener listener = fixture.follow(1);
        fixture.scheduler.advance(LONG.multipliedBy(5));
        assertThat(listener.events).isEmpty();

        fixture.store.readFailure = () -> null;
        fixture.scheduler.advance(LONG);

        assertThat(listener.events).containsExactly("1..3", "caught up 3");
    }

    @Test
    void read_retryableFailures_backOffToTheLongestPause() {
        fixture.store.readFailure = () -> new OverloadedException("queue full", Map.of(), null);
        fixture.follow(1);
        fixture.scheduler.advance(Duration.ofMinutes(1));
        int early = fixture.store.reads.size();

        fixture.scheduler.advance(Duration.ofMinutes(1));

        // Each pause is half to all of the longest one.
        long longest = WatchConfig.DEFAULT.longestRetry().toSeconds();
        assertThat(fixture.store.reads.size() - early).isBetween((int) (60 / longest) - 1, (int) (120 / longest) + 1);
        assertThat(fixture.meter("watch.read.failures")).isEqualTo(fixture.store.reads.size());
    }

    @Test
    void read_failureWhenCatchingUp_losesNothing() {
        RecordingListener listener = fixture.follow(1);
        fixture.store.readFailure = () -> new StorageUnavailableException("region moves", Map.of(), null);
        fixture.appendElsewhere(1);
        fixture.append(1);
        fixture.scheduler.advance(POLL);
        fixture.append(1);

        fixture.store.readFailure = () -> null;
        fixture.scheduler.advance(LONG);

        assertThat(listener.events).containsExactly("caught up 0", "1..1", "2..3");
    }

    @Test
    void read_otherFailure_endsTheWatch() {
        fixture.store.readFailure = () -> new CorruptDataException("hole", Map.of(), null);

        RecordingListener listener = fixture.follow(1);
        fixture.scheduler.advance(LONG);

        assertThat(listener.events).containsExactly("error CORRUPT_DATA");
        assertThat(fixture.store.reads).hasSize(1);
        assertThat(fixture.active()).isZero();
    }

    @Test
    void read_unexpectedFailure_endsTheWatchRetryably() {
        fixture.store.readFailure = () -> new IllegalStateException("defect");

        RecordingListener listener = fixture.follow(1);

        assertThat(listener.error).isCompletedWithValueMatching(failure -> failure.retryable());
    }

    @Test
    void read_pageWithUnexplainedHole_endsTheWatch() {
        fixture.appendElsewhere(5);
        fixture.store.pages = page -> page(page, page.entries().subList(1, 5), List.of());

        RecordingListener listener = fixture.follow(1);

        assertThat(listener.events).containsExactly("error CORRUPT_DATA");
    }

    @Test
    void read_pageShorterThanItSays_endsTheWatch() {
        fixture.appendElsewhere(5);
        fixture.store.pages = page -> page(page, page.entries().subList(0, 3), List.of());

        RecordingListener listener = fixture.follow(1);

        assertThat(listener.events).containsExactly("error CORRUPT_DATA");
    }

    @Test
    void read_gaps_areHandedOverInTheirPlaces() {
        fixture.appendElsewhere(6);
        List<Gap> gaps = List.of(gap(1, 2), gap(4, 5));
        fixture.store.pages = page -> page(
                page,
                page.entries().stream()
                        .filter(entry -> entry.seq().value() % 3 == 0)
                        .toList(),
                gaps);

        RecordingListener listener = fixture.follow(2);

        assertThat(listener.events).containsExactly("gap 2..2", "3..3", "gap 4..5", "6..6", "caught up 6");
    }

    @Test
    void read_gapAtTheEnd_isFollowedByLive() {
        fixture.appendElsewhere(3);
        fixture.store.pages = page -> page(page, List.of(), List.of(gap(1, 3)));

        RecordingListener listener = fixture.follow(1);
        fixture.append(1);

        assertThat(listener.events).containsExactly("gap 1..3", "caught up 3", "4..4");
    }

    @Test
    void cancel_live_deliversNothingMore() {
        RecordingListener listener = new RecordingListener();
        Watch watch = fixture.watch(1, listener);
        fixture.scheduler.runDue();

        watch.cancel();
        fixture.append(1);
        watch.resume();
        fixture.scheduler.advance(POLL.plus(REORDER));

        assertThat(listener.events).containsExactly("caught up 0");
        assertThat(fixture.active()).isZero();
        assertThat(fixture.store.polls).isEmpty();
    }

    @Test
    void cancel_whileReading_dropsTheAnswer() {
        fixture.appendElsewhere(1);
        fixture.store.holdReads = true;
        RecordingListener listener = new RecordingListener();
        Watch watch = fixture.watch(1, listener);
        fixture.scheduler.runDue();

        watch.cancel();
        fixture.store.heldReads.remove(0).release();
        fixture.scheduler.runDue();

        assertThat(listener.events).isEmpty();
    }

    @Test
    void cancel_insideACall_deliversNothingMore() {
        fixture.appendElsewhere(600);
        RecordingListener listener = new RecordingListener();
        Watch watch = fixture.watch(1, listener);
        listener.afterDelivery = seq -> watch.cancel();

        fixture.scheduler.runDue();

        assertThat(listener.events).containsExactly("1..256");
    }

    @Test
    void listener_throws_endsItsWatchAlone() {
        RecordingListener broken = fixture.follow(1);
        RecordingListener other = fixture.follow(1);
        broken.afterDelivery = seq -> {
            throw new IllegalStateException("listener");
        };

        assertThat(fixture.beginAppend(1)).isCompleted();

        assertThat(broken.error).isCompletedWithValueMatching(failure -> failure.retryable());
        assertThat(other.events).containsExactly("caught up 0", "1..1");
        assertThat(fixture.active()).isEqualTo(1);
    }

    @Test
    void close_endsEveryWatchAndPolling() {
        RecordingListener live = fixture.follow(1);
        fixture.store.holdReads = true;
        RecordingListener replaying = fixture.follow(1);
        fixture.scheduler.shutdown();

        fixture.hub.close();

        assertThat(live.events).containsExactly("caught up 0", "error STORAGE_UNAVAILABLE");
        assertThat(replaying.events).containsExactly("error STORAGE_UNAVAILABLE");
        assertThat(live.error.join())
                .hasMessage("server is closing")
                .matches(failure -> live.error.join().retryable());
        assertThat(fixture.active()).isZero();
        fixture.scheduler.advance(POLL.multipliedBy(3));
        assertThat(fixture.store.polls).isEmpty();
    }

    @Test
    void watch_afterClose_endsAtOnce() {
        fixture.hub.close();

        RecordingListener listener = fixture.follow(1);

        assertThat(listener.events).containsExactly("error STORAGE_UNAVAILABLE");
        assertThat(fixture.beginAppend(1)).isCompleted();
    }

    @Test
    void watch_fromZero_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> fixture.watch(0, new RecordingListener()))
                .withMessage("from: 0 (expected: 1 or more)");
        assertThat(fixture.active()).isZero();
    }

    private static Gap gap(long from, long to) {
        return new Gap(SequenceId.of(from), SequenceId.of(to), Gap.Type.EXPIRED);
    }

    private static TimelinePage page(TimelinePage page, List<io.tideline.core.timeline.Entry> entries, List<Gap> gaps) {
        return new TimelinePage(entries, gaps, page.stop(), page.next(), page.last());
    }
}
