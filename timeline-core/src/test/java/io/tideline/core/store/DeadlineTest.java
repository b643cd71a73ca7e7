package io.tideline.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class DeadlineTest {
    @Test
    void after_noughtOrLess_hasPassed() {
        assertThat(Deadline.after(Duration.ZERO).hasPassed()).isTrue();
        assertThat(Deadline.after(Duration.ofSeconds(-5)).hasPassed()).isTrue();
        assertThat(Deadline.after(Duration.ofSeconds(-5)).remainingNanos()).isLessThanOrEqualTo(-5_000_000_000L);
    }

    @Test
    void after_anHour_leavesAlmostAnHour() {
        Deadline deadline = Deadline.after(Duration.ofHours(1));

        assertThat(deadline.hasPassed()).isFalse();
        assertThat(deadline.remainingNanos())
                .isBetween(Duration.ofMinutes(59).toNanos(), Duration.ofHours(1).toNanos());
    }

    @Test
    void after_durationsBeyondNanoseconds_areCut() {
        Deadline never = Deadline.after(Duration.ofSeconds(Long.MAX_VALUE));
        Deadline longAgo = Deadline.after(Duration.ofSeconds(-Long.MAX_VALUE));

        assertThat(never.remainingNanos()).isGreaterThan(Duration.ofDays(364).toNanos());
        assertThat(longAgo.remainingNanos()).isLessThan(Duration.ofDays(-364).toNanos());
        assertThat(longAgo.hasPassed()).isTrue();
    }

    @Test
    void later_isTheOneThatComesLast() {
        Deadline soon = Deadline.after(Duration.ofSeconds(1));
        Deadline late = Deadline.after(Duration.ofSeconds(2));

        assertThat(soon.later(late)).isSameAs(late);
        assertThat(late.later(soon)).isSameAs(late);
        assertThat(soon.later(soon)).isSameAs(soon);
    }

    @Test
    void order_oneHasPassed_allHave() {
        Deadline.Order order = new Deadline.Order();
        Deadline passed = order.within(Deadline.after(Duration.ZERO));
        Deadline behind = order.within(Deadline.after(Duration.ofHours(1)));
        Deadline apart = new Deadline.Order().within(Deadline.after(Duration.ofHours(1)));
        assertThat(behind.hasPassed()).isFalse();

        assertThat(passed.hasPassed()).isTrue();

        assertThat(behind.hasPassed()).isTrue();
        assertThat(order.isBroken()).isTrue();
        assertThat(apart.hasPassed()).isFalse();
    }

    @Test
    void order_brokenOff_allHavePassed() {
        Deadline.Order order = new Deadline.Order();
        Deadline one = order.within(Deadline.after(Duration.ofHours(1)));

        order.breakOff();

        assertThat(one.hasPassed()).isTrue();
    }
}
