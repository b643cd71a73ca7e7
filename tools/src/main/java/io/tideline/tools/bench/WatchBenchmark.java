package io.tideline.tools.bench;

import io.tideline.tools.bench.WatchedAppends.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How soon watchers see an append, at half the rate that appends alone have reached. */
final class WatchBenchmark implements Benchmark {
    private static final String ID = "B6";
    private static final double SHARE_OF_RATE = 0.5;

    @Override
    public List<String> ids() {
        return List.of(ID);
    }

    @Override
    public List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception {
        double rate = unaryPerSecond(context) * SHARE_OF_RATE;
        List<Outcome> outcomes = measure(context, rate);
        Measure afterAck = Measure.of(
                "acknowledged to seen",
                outcomes.stream().map(Outcome::ackToSeen).toList());
        Measure inAll = Measure.of(
                "sent to seen", outcomes.stream().map(Outcome::sentToSeen).toList());
        Measure ack = Measure.of(
                "sent to acknowledged",
                outcomes.stream().map(Outcome::sentToAck).toList());
        return List.of(new BenchResult(
                ID,
                String.format(
                        "append acknowledged to event seen, %,d watchers",
                        context.settings().watchers()),
                List.of(afterAck, inAll, ack),
                List.of(
                        Check.atMost("p50 ms", afterAck.p50Millis(), 5),
                        Check.atMost("p99 ms", afterAck.p99Millis(), 50)),
                List.of(
                        String.format(
                                Locale.ROOT,
                                "open loop at %,.0f appends/s, half of what unary appends have reached in this run",
                                rate),
                        "an event that is seen before its append is acknowledged counts as 0 ms",
                        "absolute figures: there is no baseline")));
    }

    private static double unaryPerSecond(BenchContext context) {
        if (context.unaryPerSecond().isPresent()) {
            return context.unaryPerSecond().getAsDouble();
        }
        BenchSettings settings = context.settings();
        context.tideline().fill(TidelineLoad.MANY, settings.timelines(), 1, context::say);
        context.say("  measuring the rate of unary appends");
        AppendBenchmark.unary(context, TidelineLoad.MANY, settings.timelines(), settings.warmUp());
        return AppendBenchmark.unary(context, TidelineLoad.MANY, settings.timelines(), settings.phase())
                .perSecond();
    }

    private static List<Outcome> measure(BenchContext context, double rate) throws InterruptedException {
        BenchSettings settings = context.settings();
        List<Outcome> outcomes = new ArrayList<>();
        try (WatchedAppends watched = WatchedAppends.open(context)) {
            context.say("  warming up: watchers");
            watched.run(rate, settings.warmUp());
            for (int round = 1; round <= settings.rounds(); round++) {
                Outcome outcome = watched.run(rate, settings.phase());
                outcomes.add(outcome);
                context.say(String.format(
                        Locale.ROOT,
                        "  round %d: %,.0f/s  acknowledged to seen p50 %.2f p99 %.2f  sent to seen p50 %.2f p99 %.2f ms",
                        round,
                        outcome.ackToSeen().perSecond(),
                        outcome.ackToSeen().millisAt(50),
                        outcome.ackToSeen().millisAt(99),
                        outcome.sentToSeen().millisAt(50),
                        outcome.sentToSeen().millisAt(99)));
            }
        }
        return outcomes;
    }
}
