package io.tideline.tools.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Lets the sides of a comparison take turns: all are warmed up, then each has its phase in every round. What drifts while
 * the run goes on (a compaction, a neighbour on the machine) then meets all of them alike.
 */
final class Rounds {
    /** Puts load on one side for a while. */
    interface Load {
        Phase run(Duration duration) throws Exception;
    }

    /** A side of a comparison. */
    record Side(String name, Load load) {}

    private final BenchSettings settings;
    private final CpuMeter cpu;
    private final Consumer<String> progress;

    Rounds(BenchSettings settings, CpuMeter cpu, Consumer<String> progress) {
        this.settings = settings;
        this.cpu = cpu;
        this.progress = progress;
    }

    /** For sides that have been warmed up already. */
    Rounds withoutWarmUp() {
        return new Rounds(settings.withoutWarmUp(), cpu, progress);
    }

    /** One measure per side, in their order. */
    List<Measure> run(List<Side> sides) throws Exception {
        if (!settings.warmUp().isZero()) {
            for (Side side : sides) {
                progress.accept("  warming up: " + side.name());
                side.load().run(settings.warmUp());
            }
        }
        List<Tally> tallies = sides.stream().map(Tally::new).toList();
        for (int round = 1; round <= settings.rounds(); round++) {
            for (Tally tally : tallies) {
                Map<String, Long> before = cpu.read();
                Phase phase = tally.side.load().run(settings.phase());
                cpu.addSince(before, tally.cpuNanos);
                tally.phases.add(phase);
                progress.accept(line(round, tally.side.name(), phase));
            }
        }
        return tallies.stream()
                .map(tally -> Measure.of(tally.side.name(), tally.phases).withCpu(tally.cpuNanos))
                .toList();
    }

    private static String line(int round, String side, Phase phase) {
        return String.format(
                Locale.ROOT,
                "  round %d: %-40s %,10.1f/s  p50 %.2f  p99 %.2f  p99.9 %.2f ms%s",
                round,
                side,
                phase.perSecond(),
                phase.millisAt(50),
                phase.millisAt(99),
                phase.millisAt(99.9),
                phase.failures() == 0 ? "" : "  " + phase.failures() + " FAILED");
    }

    /** What a side has shown so far. */
    private static final class Tally {
        private final Side side;
        private final List<Phase> phases = new ArrayList<>();
        private final Map<String, Long> cpuNanos = new TreeMap<>();

        Tally(Side side) {
            this.side = side;
        }
    }
}
