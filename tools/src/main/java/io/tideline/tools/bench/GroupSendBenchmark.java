package io.tideline.tools.bench;

import static io.tideline.tools.bench.BenchSettings.IN_FLIGHT;

import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.tools.bench.Rounds.Side;
import java.util.List;
import java.util.Set;

/** Messages to a large group that is read by looking at it, beside plain appends to one timeline. */
final class GroupSendBenchmark implements Benchmark {
    private static final String ID = "M1";

    @Override
    public List<String> ids() {
        return List.of(ID);
    }

    @Override
    public List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception {
        int members = context.settings().groupMembers();
        MessagingLoad messaging = context.messaging();
        TidelineLoad tideline = context.tideline();
        String group = messaging.group("m1", members, DiffusionPolicy.DIFFUSION_READ);
        messaging.awaitFanout();
        List<Measure> measures = context.rounds()
                .run(List.of(
                        new Side(
                                "Append to one timeline",
                                duration -> LoadDriver.inFlight(
                                        IN_FLIGHT,
                                        duration,
                                        (slot, random) -> tideline.append(tideline.timeline("m1", 0), random))),
                        new Side(
                                "Send to the group",
                                duration -> LoadDriver.inFlight(
                                        IN_FLIGHT,
                                        duration,
                                        (slot, random) -> messaging.send(
                                                group,
                                                MessagingLoad.user("m1", random.nextInt(members)),
                                                context.payloads().string(random))))));
        Measure baseline = measures.get(0);
        Measure subject = measures.get(1);
        return List.of(new BenchResult(
                ID,
                String.format(
                        "Send to a read-diffused group of %,d, %d in flight : Append to one timeline",
                        members, IN_FLIGHT),
                List.of(subject, baseline),
                List.of(Check.ratioAtLeast("msgs/s", subject.perSecond(), baseline.perSecond(), 0.8)),
                List.of("each message from a member picked at random")));
    }
}
