package io.tideline.sync.watch;

import static io.tideline.sync.watch.WatchFixture.POLL;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SlowListenerTest {
    private final WatchFixture fixture = new WatchFixture(WatchConfig.DEFAULT.withBounds(10, 1000));
    private final RecordingListener listener = new RecordingListener();

    @Test
    void notReady_withinTheBuffer_isDeliveredAtResumeWithoutRead() {
        Watch watch = caughtUp();
        listener.ready = false;
        fixture.append(10);

        resume(watch);

        assertThat(listener.events).containsExactly("caught up 0", "1..10");
        assertThat(fixture.store.reads).hasSize(1);
        assertThat(fixture.meter("watch.buffer.overflows")).isZero();
    }

    @Test
    void notReady_overflow_catchesUpByReadsAndReturnsToLive() {
        Watch watch = caughtUp();
        listener.ready = false;
        for (int i = 0; i < 35; i++) {
            fixture.append(1);
        }
        fixture.scheduler.advance(POLL.multipliedBy(4));
        assertThat(listener.events).containsExactly("caught up 0");

        resume(watch);
        fixture.append(1);

        assertThat(listener.events).containsExactly("caught up 0", "1..10", "11..20", "21..30", "31..35", "36..36");
        assertThat(fixture.store.reads).hasSize(5);
        assertThat(fixture.meter("watch.buffer.overflows")).isEqualTo(1);
    }

    @Test
    void notReady_largePayloads_overflowByBytes() {
        WatchFixture small = new WatchFixture(WatchConfig.DEFAULT.withBounds(10, 12));
        RecordingListener slow = small.follow(1);
        slow.ready = false;

        small.append(2);
        small.append(1);

        assertThat(small.meter("watch.buffer.overflows")).isEqualTo(1);
    }

    @Test
    void notReady_duringReplay_readsNoFurther() {
        fixture.appendElsewhere(100);
        listener.afterDelivery = seq -> listener.ready = seq < 20;
        Watch watch = fixture.watch(1, listener);
        fixture.scheduler.advance(POLL.multipliedBy(4));
        assertThat(listener.events).containsExactly("1..10", "11..20");
        assertThat(fixture.store.reads).hasSize(2);

        listener.afterDelivery = seq -> {};
        resume(watch);

        assertThat(listener.last()).isEqualTo(100);
        assertThat(listener.events).endsWith("91..100", "caught up 100");
    }

    @Test
    void notReady_whileOneIsSlow_othersGoOn() {
        caughtUp();
        RecordingListener fast = fixture.follow(1);
        listener.ready = false;

        fixture.append(1);

        assertThat(fast.events).containsExactly("caught up 0", "1..1");
        assertThat(listener.events).containsExactly("caught up 0");
    }

    @Test
    void behind_appendsGoOnWhileItReads_returnsToLiveWithoutGap() {
        Watch watch = caughtUp();
        listener.ready = false;
        for (int i = 0; i < 15; i++) {
            fixture.append(1);
        }
        fixture.store.holdReads = true;
        resume(watch);

        for (int i = 0; i < 4 && !fixture.store.heldReads.isEmpty(); i++) {
            fixture.append(1);
            fixture.store.heldReads.remove(0).release();
            fixture.scheduler.runDue();
        }
        fixture.append(1);

        assertThat(fixture.store.heldReads).isEmpty();
        assertThat(listener.faults).isEmpty();
        assertThat(listener.last()).isEqualTo(18);
        assertThat(fixture.store.reads).hasSize(3);
    }

    private Watch caughtUp() {
        Watch watch = fixture.watch(1, listener);
        fixture.scheduler.runDue();
        return watch;
    }

    private void resume(Watch watch) {
        listener.ready = true;
        watch.resume();
        fixture.scheduler.runDue();
    }
}
