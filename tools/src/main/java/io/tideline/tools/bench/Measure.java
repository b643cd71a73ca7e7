package io.tideline.tools.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * One side of a comparison: medians over its rounds.
 *
 * @param name what was done
 * @param perSecond operations per second
 * @param slowestPerSecond of the slowest round
 * @param fastestPerSecond of the fastest round
 * @param p50Millis median over the rounds of each round's percentile; so are the other two
 * @param operations how many were measured in all
 * @param failures how many failed in all
 * @param cpuMicros processor time of each process for one operation; empty when it was not measured
 */
record Measure(
        String name,
        double perSecond,
        double slowestPerSecond,
        double fastestPerSecond,
        double p50Millis,
        double p99Millis,
        double p999Millis,
        long operations,
        long failures,
        Map<String, Double> cpuMicros) {
    Measure {
        cpuMicros = Map.copyOf(cpuMicros);
    }

    static Measure of(String name, List<Phase> rounds) {
        return new Measure(
                name,
                median(rounds, Phase::perSecond),
                rounds.stream().mapToDouble(Phase::perSecond).min().orElseThrow(),
                rounds.stream().mapToDouble(Phase::perSecond).max().orElseThrow(),
                median(rounds, phase -> phase.millisAt(50)),
                median(rounds, phase -> phase.millisAt(99)),
                median(rounds, phase -> phase.millisAt(99.9)),
                rounds.stream()
                        .mapToLong(phase -> phase.micros().getTotalCount())
                        .sum(),
                rounds.stream().mapToLong(Phase::failures).sum(),
                Map.of());
    }

    /** With the processor time that all rounds together have used. */
    Measure withCpu(Map<String, Long> nanos) {
        Map<String, Double> each = new TreeMap<>();
        if (operations > 0) {
            nanos.forEach((process, used) -> each.put(process, used / 1e3 / operations));
        }
        return new Measure(
                name,
                perSecond,
                slowestPerSecond,
                fastestPerSecond,
                p50Millis,
                p99Millis,
                p999Millis,
                operations,
                failures,
                each);
    }

    /** The same where one operation moves several messages. */
    Measure times(int messages) {
        return new Measure(
                name,
                perSecond * messages,
                slowestPerSecond * messages,
                fastestPerSecond * messages,
                p50Millis,
                p99Millis,
                p999Millis,
                operations,
                failures,
                cpuMicros);
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
