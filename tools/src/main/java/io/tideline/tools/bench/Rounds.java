package io.tideline.tools.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
    private final Consumer<String> progress;

    Rounds(BenchSettings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** One measure per side, in their order. */
    List<Measure> run(List<Side> sides) throws Exception {
        if (!settings.warmUp().isZero()) {
            for (Side side : sides) {
                progress.accept("  warming up: " + side.name());
                side.load().run(settings.warmUp());
            }
        }
        List<List<Phase>> phases = new ArrayList<>();
        sides.forEach(side -> phases.add(new ArrayList<>()));
        for (int round = 1; round <= settings.rounds(); round++) {
            for (int i = 0; i < sides.size(); i++) {
                Phase phase = sides.get(i).load().run(settings.phase());
                phases.get(i).add(phase);
                progress.accept(String.format(
                        Locale.ROOT,
                        "  round %d: %-40s %,10.0f/s  p50 %.2f  p99 %.2f  p99.9 %.2f ms%s",
                        round,
                        sides.get(i).name(),
                        phase.perSecond(),
                        phase.millisAt(50),
                        phase.millisAt(99),
                        phase.millisAt(99.9),
                        phase.failures() == 0 ? "" : "  " + phase.failures() + " FAILED"));
            }
        }
        List<Measure> measures = new ArrayList<>();
        for (int i = 0; i < sides.size(); i++) {
            measures.add(Measure.of(sides.get(i).name(), phases.get(i)));
        }
        return measures;
    }
}
