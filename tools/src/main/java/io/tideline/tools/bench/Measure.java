package io.tideline.tools.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One side of a comparison: medians over its rounds.
 *
 * @param name what was done
 * @param perSecond operations per second
 * @param p50Millis median over the rounds of each round's percentile; so are the other two
 * @param operations how many were measured in all
 * @param failures how many failed in all
 */
record Measure(
        String name,
        double perSecond,
        double p50Millis,
        double p99Millis,
        double p999Millis,
        long operations,
        long failures) {

    static Measure of(String name, List<Phase> rounds) {
        return new Measure(
                name,
                median(rounds, Phase::perSecond),
                median(rounds, phase -> phase.millisAt(50)),
                median(rounds, phase -> phase.millisAt(99)),
                median(rounds, phase -> phase.millisAt(99.9)),
                rounds.stream()
                        .mapToLong(phase -> phase.micros().getTotalCount())
                        .sum(),
                rounds.stream().mapToLong(Phase::failures).sum());
    }

    /** The same where one operation moves several messages. */
    Measure times(int messages) {
        return new Measure(name, perSecond * messages, p50Millis, p99Millis, p999Millis, operations, failures);
    }

    static Measure faster(Measure one, Measure other) {
        return other.perSecond > one.perSecond ? other : one;
    }

    private static double median(List<Phase> rounds, ToDoubleFunction<Phase> value) {
        return median(rounds.stream().mapToDouble(value).toArray());
    }

    /** The middle value, or the mean of the two in the middle. */
    static double median(double[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("values: none (expected: 1 or more)");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
