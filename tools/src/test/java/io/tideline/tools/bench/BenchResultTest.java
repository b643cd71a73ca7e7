package io.tideline.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class BenchResultTest {
    private static Measure measure(double perSecond, long failures) {
        return new Measure("side", perSecond, perSecond - 1, perSecond + 1, 1, 2, 3, 100, failures, Map.of());
    }

    private static BenchResult result(Check check, long failures) {
        return new BenchResult("B0", "this : that", List.of(measure(10, failures)), List.of(check), List.of());
    }

    @Test
    void median_oddAndEven_isTheMiddle() {
        assertThat(Measure.median(new double[] {9, 1, 5})).isEqualTo(5);
        assertThat(Measure.median(new double[] {9, 1, 5, 7})).isEqualTo(6);
    }

    @Test
    void of_rounds_takesTheMedianOfEachFigureAndSumsCounts() {
        Measure measure = Measure.of("side", List.of(phase(10, 1_000), phase(30, 9_000), phase(20, 2_000)));

        assertThat(measure.perSecond()).isEqualTo(20);
        assertThat(measure.slowestPerSecond()).isEqualTo(10);
        assertThat(measure.fastestPerSecond()).isEqualTo(30);
        assertThat(measure.p99Millis()).isCloseTo(2, within(0.01));
        assertThat(measure.operations()).isEqualTo(3);
        assertThat(measure.failures()).isEqualTo(3);
    }

    private static Phase phase(double perSecond, long micros) {
        Histogram histogram = new Histogram(3);
        histogram.recordValue(micros);
        return new Phase(perSecond, histogram, 1);
    }

    @Test
    void times_messagesPerOperation_scalesTheRateAlone() {
        Measure pages = measure(10, 0).times(100);

        assertThat(pages.perSecond()).isEqualTo(1_000);
        assertThat(pages.p99Millis()).isEqualTo(2);
    }

    @Test
    void withCpu_nanosInAll_areMicrosForOneOperation() {
        assertThat(measure(10, 0).withCpu(Map.of("hbase", 5_000_000L)).cpuMicros())
                .containsEntry("hbase", 50.0);
    }

    @Test
    void faster_ofTwo_isTheHigherRate() {
        assertThat(Measure.faster(measure(10, 0), measure(11, 0)).perSecond()).isEqualTo(11);
        assertThat(Measure.faster(measure(12, 0), measure(11, 0)).perSecond()).isEqualTo(12);
    }

    @Test
    void check_ratioAtLeast_passesAtTheTarget() {
        assertThat(Check.ratioAtLeast("msgs/s", 150, 100, 1.5).passed()).isTrue();
        assertThat(Check.ratioAtLeast("msgs/s", 149, 100, 1.5).passed()).isFalse();
    }

    @Test
    void check_ratioAtMost_passesAtTheTarget() {
        assertThat(Check.ratioAtMost("p99 ms", 13, 10, 1.3).passed()).isTrue();
        assertThat(Check.ratioAtMost("p99 ms", 14, 10, 1.3).passed()).isFalse();
    }

    @Test
    void check_absolute_hasNoBaseline() {
        Check check = Check.atMost("p50 ms", 4, 5);

        assertThat(check.isAbsolute()).isTrue();
        assertThat(check.passed()).isTrue();
    }

    @Test
    void check_nothingMeasured_hasNotPassed() {
        assertThat(Check.ratioAtLeast("msgs/s", 0, 0, 1).passed()).isFalse();
        assertThat(Check.ratioAtMost("p99 ms", 0, 0, 1).passed()).isFalse();
    }

    @Test
    void passed_withFailedOperations_isFalse() {
        Check good = Check.ratioAtLeast("msgs/s", 2, 1, 1);

        assertThat(result(good, 0).passed()).isTrue();
        assertThat(result(good, 1).passed()).isFalse();
    }
}
