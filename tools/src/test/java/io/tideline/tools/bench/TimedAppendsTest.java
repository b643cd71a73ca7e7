package io.tideline.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.tools.bench.WatchedAppends.Outcome;
import org.junit.jupiter.api.Test;

final class TimedAppendsTest {
    @Test
    void outcome_seenBeforeAcknowledged_countsAsNothing() throws InterruptedException {
        TimedAppends appends = new TimedAppends(100, 1);

        appends.sent(0);
        appends.seen(100, System.nanoTime());
        appends.acknowledged(0, true);
        appends.awaitAll();
        Outcome outcome = appends.outcome(1);

        assertThat(outcome.ackToSeen().micros().getMaxValue()).isZero();
        assertThat(outcome.ackToSeen().micros().getTotalCount()).isEqualTo(1);
        assertThat(outcome.ackToSeen().failures()).isZero();
    }

    @Test
    void seen_tagsOfOthersAndRepeats_arePassedOver() throws InterruptedException {
        TimedAppends appends = new TimedAppends(100, 2);
        long now = System.nanoTime();

        appends.seen(99, now);
        appends.seen(102, now);
        appends.seen(100, now);
        appends.seen(100, now + 5_000_000_000L);
        appends.acknowledged(0, true);
        appends.seen(101, now);
        appends.acknowledged(1, true);
        appends.awaitAll();

        assertThat(appends.outcome(1).sentToSeen().operations()).isEqualTo(2);
        assertThat(appends.outcome(1).ackToSeen().micros().getMaxValue()).isLessThan(5_000_000);
    }

    @Test
    void acknowledged_failed_isNoLatencyButAFailure() throws InterruptedException {
        TimedAppends appends = new TimedAppends(0, 1);

        appends.sent(0);
        appends.acknowledged(0, false);
        appends.seen(0, System.nanoTime());
        appends.awaitAll();

        assertThat(appends.outcome(1).ackToSeen().failures()).isEqualTo(1);
        assertThat(appends.outcome(1).ackToSeen().operations()).isZero();
    }
}
