package io.tideline.tools.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much processor time each process of this machine has used. What an operation costs of it hardly depends on who else
 * uses the machine, unlike rates and latencies.
 *
 * @param processes by name; those that run elsewhere, or were not started by this run, are not there
 */
record CpuMeter(Map<String, ProcessHandle> processes) {
    CpuMeter {
        processes = Map.copyOf(processes);
    }

    /** In nanoseconds since each process began; in steps of 10 ms on Linux. */
    Map<String, Long> read() {
        Map<String, Long> nanos = new LinkedHashMap<>();
        processes.forEach((name, process) -> nanos.put(
                name, process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos()));
        return nanos;
    }

    /** Adds what was used since {@code before} to {@code sums}. */
    void addSince(Map<String, Long> before, Map<String, Long> sums) {
        read().forEach((name, now) -> sums.merge(name, now - before.getOrDefault(name, now), Long::sum));
    }
}
