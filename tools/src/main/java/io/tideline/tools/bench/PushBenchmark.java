package io.tideline.tools.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Live rooms: how soon a message is on every device that is looking. */
final class PushBenchmark implements Benchmark {
    private static final String DELIVERED = "M5";
    private static final String ROOM = "M6";
    private static final double PER_SECOND = 10;

    @Override
    public List<String> ids() {
        return List.of(DELIVERED, ROOM);
    }

    @Override
    public List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception {
        List<BenchResult> results = new ArrayList<>();
        if (wanted.contains(DELIVERED)) {
            int devices = context.settings().groupDevices();
            Delivered delivered = measure(context, "m5", devices, 1);
            Measure measure = delivered.measure();
            results.add(result(
                    DELIVERED,
                    devices,
                    delivered,
                    List.of(
                            Check.atMost("p50 ms", measure.p50Millis(), 10),
                            Check.atMost("p99 ms", measure.p99Millis(), 100))));
        }
        if (wanted.contains(ROOM)) {
            int devices = context.settings().roomDevices();
            Delivered delivered = measure(context, "m6", devices, 4);
            results.add(result(
                    ROOM,
                    devices,
                    delivered,
                    List.of(Check.atMost("p99 ms", delivered.measure().p99Millis(), 1_000))));
        }
        return results;
    }

    /** @param heap what the devices have taken of the server's */
    private record Delivered(Measure measure, String heap) {}

    private static BenchResult result(String id, int devices, Delivered delivered, List<Check> checks) {
        return new BenchResult(
                id,
                String.format(Locale.ROOT, "sent to delivered, %,d subscribed devices of one group", devices),
                List.of(delivered.measure()),
                checks,
                List.of(
                        delivered.heap(),
                        String.format(Locale.ROOT, "open loop, %.0f messages a second to the group", PER_SECOND),
                        "every device must get every message once and in order, or the figure has failed",
                        "absolute figures: there is no baseline; the devices share the machine with the server"));
    }

    private static Delivered measure(BenchContext context, String group, int devices, int ackEvery) throws Exception {
        ServerHeap heap = context.serverHeap();
        ServerHeap.Usage before = heap.read();
        context.say(String.format("  a group of %,d, and as many devices", devices));
        try (LiveRoom room = LiveRoom.open(context, group, devices, ackEvery)) {
            context.say("  warming up: a room of " + devices);
            room.run(PER_SECOND, context.settings().warmUp());
            Measure measure = context.rounds()
                    .withoutWarmUp()
                    .run(List.of(new Rounds.Side("sent to delivered", duration -> room.run(PER_SECOND, duration))))
                    .get(0);
            return new Delivered(measure, heap.read().since(before, devices, "subscribed devices"));
        }
    }
}
