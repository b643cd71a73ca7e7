package io.tideline.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PaceControlTest {
    private static final long MILLI = 1_000_000;

    private final PaceControl control = new PaceControl(20_000, 5_000);

    private void units(int count, long quiet, long busy) {
        for (int i = 0; i < count; i++) {
            control.quiet(quiet);
            control.busy(busy);
            control.adapt();
        }
    }

    @Test
    void adapt_fewSamples_keepsThePace() {
        units(10, MILLI, 100 * MILLI);

        assertThat(control.rate()).isEqualTo(20_000);
        assertThat(control.unitEntries()).isEqualTo(5_000);
    }

    @Test
    void adapt_readsAsFastAsEver_keepsThePace() {
        units(100, 2 * MILLI, 2 * MILLI + MILLI / 2);

        assertThat(control.rate()).isEqualTo(20_000);
    }

    @Test
    void adapt_slowerReads_slowsDownToALeastPaceInSmallUnits() {
        units(25, 2 * MILLI, 4 * MILLI);
        assertThat(control.rate()).isLessThan(10_000);
        assertThat(control.unitEntries()).isLessThan(2_500);

        units(100, 2 * MILLI, 4 * MILLI);
        assertThat(control.rate()).isEqualTo(400);
        assertThat(control.unitEntries()).isEqualTo(100);
    }

    @Test
    void timelinesAtOnce_slowPace_oneAfterTheOther() {
        assertThat(control.timelinesAtOnce()).isEqualTo(16);

        units(100, 2 * MILLI, 4 * MILLI);

        assertThat(control.timelinesAtOnce()).isEqualTo(1);
    }

    @Test
    void adapt_readsFastAgain_speedsUpAgain() {
        units(100, 2 * MILLI, 4 * MILLI);

        units(300, 2 * MILLI, 2 * MILLI);

        assertThat(control.rate()).isEqualTo(20_000);
    }
}
