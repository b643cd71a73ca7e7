package io.tideline.tools.bench;

import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.tools.bench.Rounds.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.hbase.client.Table;

/** One message to a large group whose members get it in their inboxes, beside one put of as many rows. */
final class FanoutBenchmark implements Benchmark {
    private static final String ID = "M2";

    @Override
    public List<String> ids() {
        return List.of(ID);
    }

    @Override
    public List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception {
        int members = context.settings().groupMembers();
        MessagingLoad messaging = context.messaging();
        TidelineLoad tideline = context.tideline();
        String group = messaging.group("m2", members, DiffusionPolicy.DIFFUSION_WRITE);
        messaging.awaitFanout();
        List<Phase> acknowledged = new ArrayList<>();
        List<Measure> measures = context.rounds()
                .run(List.of(
                        new Side(
                                "Append, one at a time",
                                duration -> LoadDriver.callers(
                                        1,
                                        duration,
                                        caller -> random -> TidelineLoad.await(
                                                tideline.append(tideline.timeline("m2", 0), random)))),
                        new Side(
                                "HBase put of a list",
                                duration -> LoadDriver.callers(1, duration, caller -> {
                                    Table table = context.plain().entries();
                                    return random -> context.plain().putMany(table, members, random);
                                })),
                        new Side(
                                "sent to all inboxes reached",
                                duration -> sends(context, group, members, duration, acknowledged))));
        // The first phase was the warm-up.
        Measure ack = Measure.of("sent to acknowledged", acknowledged.subList(1, acknowledged.size()));
        Measure append = measures.get(0);
        Measure puts = measures.get(1);
        Measure reached = measures.get(2);
        return List.of(new BenchResult(
                ID,
                String.format("Send to a write-diffused group of %,d : Append, and put of as many rows", members),
                List.of(reached, puts, ack, append),
                List.of(
                        Check.ratioAtMost("ack p99 ms", ack.p99Millis(), append.p99Millis(), 2),
                        Check.ratioAtMost("all p50 ms", reached.p50Millis(), puts.p50Millis(), 1)),
                List.of(
                        "one message at a time; acknowledged as soon as it is durable in the conversation",
                        "that all inboxes are reached is found by asking for open fan-outs again and again")));
    }

    private static Phase sends(
            BenchContext context, String group, int members, Duration duration, List<Phase> acknowledged) {
        MessagingLoad messaging = context.messaging();
        LatencyRecorder acks = new LatencyRecorder();
        Phase phase = LoadDriver.callers(1, duration, caller -> random -> {
            String sender = MessagingLoad.user("m2", random.nextInt(members));
            long start = System.nanoTime();
            TidelineLoad.await(messaging.send(group, sender, context.payloads().string(random)));
            acks.record(System.nanoTime() - start);
            messaging.awaitFanout();
        });
        acknowledged.add(new Phase(phase.perSecond(), acks.total(), 0));
        return phase;
    }
}
