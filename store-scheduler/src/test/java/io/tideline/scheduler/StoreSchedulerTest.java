package io.tideline.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.TierLimit;
import io.tideline.core.tier.TierState;
import io.tideline.core.tier.WarmTier;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.RegistryCodec;
import io.tideline.scheduler.PassReport.State;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StoreSchedulerTest {
    private static final Instant START = Instant.parse("2024-03-01T12:00:00Z");
    private static final TimelineId ROOM = TimelineId.conversation("chat", "room");
    private static final TimelineId SIDE_ROOM = TimelineId.conversation("chat", "side");
    private static final Deadline DEADLINE = Deadline.after(Duration.ofMinutes(5));
    private static final TierPolicies MONTH = TierPolicies.DEFAULT;

    private final List<StoreScheduler> schedulers = new ArrayList<>();
    private Instant now = START;
    private final InstantSource clock = () -> now;
    private InMemoryTimelineStore memory = new InMemoryTimelineStore(clock, Duration.ofDays(7));

    @AfterEach
    void close() {
        List.copyOf(schedulers).forEach(StoreScheduler::close);
    }

    private StoreScheduler scheduler(String name, SchedulerPorts ports, TierPolicies policies) {
        SchedulerConfig config =
                new SchedulerConfig(name, Duration.ofMinutes(1), 7, 1e9, Duration.ofMinutes(1), Duration.ofSeconds(5));
        StoreScheduler scheduler =
                new StoreScheduler(ports, policies, config, clock, new MetricRegistry(), Optional.empty());
        schedulers.add(scheduler);
        return scheduler;
    }

    private StoreScheduler scheduler(TierPolicies policies) {
        return scheduler("one", new FailingPorts(0, false).over(memory), policies);
    }

    /** Two entries a day. */
    private void fill(TimelineId timeline, int days) {
        for (int day = 0; day < days; day++) {
            for (int i = 0; i < 2; i++) {
                String text = timeline.name() + " " + day + "/" + i;
                memory.append(TimelineAppend.of(timeline, NewEntry.text("ann", "m" + day + "/" + i, text)), DEADLINE)
                        .join();
                now = now.plus(Duration.ofHours(12));
            }
        }
    }

    private List<String> texts(TimelineId timeline, Direction direction) {
        List<String> texts = new ArrayList<>();
        SequenceId from = direction == Direction.FORWARD ? SequenceId.FIRST : SequenceId.NONE;
        while (true) {
            TimelinePage page = memory.read(
                            new ReadQuery(timeline, from, SequenceId.NONE, direction, 5, 1_000_000, SequenceId.NONE),
                            DEADLINE)
                    .join();
            page.entries().forEach(entry -> texts.add(new String(entry.payload().toByteArray(), UTF_8)));
            if (page.stop() != TimelinePage.StopReason.PAGE_FULL) {
                return texts;
            }
            from = page.next();
        }
    }

    private long warmThrough(TimelineId timeline) {
        return memory.state(timeline, DEADLINE)
                .join()
                .watermarks()
                .warmThrough()
                .value();
    }

    private long hotRows(TimelineId timeline) {
        return memory.hot()
                .digest(EntryRange.of(timeline, 1, 10_000), DEADLINE)
                .join()
                .count();
    }

    @Test
    void pass_oldEntries_leaveTheHotTierAndAreReadAsBefore() {
        fill(ROOM, 60);
        List<String> before = texts(ROOM, Direction.FORWARD);

        PassReport report = scheduler(MONTH).pass(false);

        assertThat(report.state()).isEqualTo(State.DONE);
        assertThat(report.failed()).isZero();
        // Written every 12 hours, looked at when the next one is due: those of 30 days and younger stay.
        assertThat(warmThrough(ROOM)).isEqualTo(60);
        assertThat(report.entries()).isEqualTo(60);
        assertThat(hotRows(ROOM)).isEqualTo(60);
        assertThat(texts(ROOM, Direction.FORWARD)).isEqualTo(before);
        assertThat(texts(ROOM, Direction.BACKWARD)).hasSameSizeAs(before).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void pass_again_findsNothing() {
        fill(ROOM, 60);
        StoreScheduler scheduler = scheduler(MONTH);
        scheduler.pass(false);

        PassReport again = scheduler.pass(false);

        assertThat(again.due()).isZero();
        assertThat(again.entries()).isZero();
    }

    @Test
    void pass_dryRun_plansAndMovesNothing() {
        fill(ROOM, 60);

        PassReport report = scheduler(MONTH).pass(true);

        assertThat(report.plans()).containsExactly(new MovePlan(ROOM, SequenceId.FIRST, SequenceId.of(60)));
        assertThat(report.entries()).isEqualTo(60);
        assertThat(warmThrough(ROOM)).isZero();
        assertThat(hotRows(ROOM)).isEqualTo(120);
    }

    @Test
    void pass_limitOfEntriesOrBytes_leavesThoseNearestTheHead() {
        fill(ROOM, 10);
        TimelineId other = TimelineId.conversation("big", "room");
        fill(other, 10);
        long bytes = memory.hot()
                .digest(EntryRange.of(other, 1, 20), DEADLINE)
                .join()
                .bytes();
        TierLimit half = new TierLimit(Optional.empty(), OptionalLong.empty(), OptionalLong.of(bytes / 2));
        TierLimit five = new TierLimit(Optional.empty(), OptionalLong.of(5), OptionalLong.empty());

        scheduler(new TierPolicies(five, Map.of(new AppId("big"), half))).pass(false);

        assertThat(warmThrough(ROOM)).isEqualTo(15);
        assertThat(warmThrough(other)).isBetween(9L, 11L);
    }

    @Test
    void pass_erasedEntriesAtTheBoundary_moveAsMarkers() {
        fill(ROOM, 60);
        List<SequenceId> erased = new ArrayList<>();
        for (int seq = 40; seq <= 80; seq++) {
            erased.add(SequenceId.of(seq));
        }
        memory.hot().erase(ROOM, erased, DEADLINE).join();

        PassReport report = scheduler(MONTH).pass(false);

        assertThat(report.failed()).isZero();
        assertThat(warmThrough(ROOM)).isBetween(39L, 80L);
        TimelinePage page =
                memory.read(ReadQuery.forward(ROOM, 38, 5), DEADLINE).join();
        assertThat(page.gaps()).first().satisfies(gap -> assertThat(gap.type()).isEqualTo(Gap.Type.ERASED));
    }

    @Test
    void die_atAnyCall_theNextFinishesAndNothingIsLost() {
        fill(ROOM, 45);
        List<String> before = texts(ROOM, Direction.FORWARD);
        FailingPorts all = new FailingPorts(0, false);
        scheduler("counting", all.over(memory), MONTH).pass(true);
        boolean finished = false;
        for (int call = 1; !finished; call++) {
            for (boolean done : new boolean[] {false, true}) {
                memory = new InMemoryTimelineStore(clock, Duration.ofDays(7));
                now = START;
                fill(ROOM, 45);
                Instant end = now;
                now = START;
                fill(SIDE_ROOM, 3);
                now = end;
                FailingPorts failing = new FailingPorts(call, done);
                try {
                    scheduler("first", failing.over(memory), MONTH).pass(false);
                } catch (RuntimeException e) {
                    // It is dead.
                }
                finished = failing.calls() < call;
                assertThat(texts(ROOM, Direction.FORWARD)).as("dead at " + call).isEqualTo(before);
                now = now.plus(Duration.ofMinutes(2));

                PassReport report = scheduler("second", new FailingPorts(0, false).over(memory), MONTH)
                        .pass(false);

                assertThat(report.failed()).isZero();
                assertThat(warmThrough(ROOM)).isBetween(30L, 31L);
                assertThat(hotRows(ROOM)).as("dead at " + call).isEqualTo(90 - warmThrough(ROOM));
                assertThat(warmThrough(SIDE_ROOM)).isEqualTo(6);
                assertThat(hotRows(SIDE_ROOM)).as("dead at " + call).isZero();
                assertThat(texts(SIDE_ROOM, Direction.FORWARD)).hasSize(6);
                assertThat(texts(ROOM, Direction.FORWARD)).isEqualTo(before);
            }
        }
    }

    @Test
    void eraseBetweenAnyTwoSteps_leavesTheTextNowhere() {
        AtomicInteger at = new AtomicInteger();
        boolean finished = false;
        for (int call = 1; !finished; call++) {
            memory = new InMemoryTimelineStore(clock, Duration.ofDays(7));
            now = START;
            fill(ROOM, 45);
            FailingPorts ports = new FailingPorts(0, false);
            at.set(0);
            int when = call;
            ports.beforeEach(() -> {
                if (at.incrementAndGet() == when) {
                    erase(SequenceId.of(5));
                }
            });
            StoreScheduler scheduler = scheduler("one", ports.over(memory), MONTH);
            scheduler.pass(false);
            finished = ports.calls() < call;
            if (!finished) {
                now = now.plus(Duration.ofMinutes(2));
                scheduler.pass(false);
                assertThat(texts(ROOM, Direction.FORWARD))
                        .as("erased at " + call)
                        .hasSize(89)
                        .doesNotContain("room 2/0");
                assertThat(warmThrough(ROOM)).isBetween(30L, 31L);
            }
        }
    }

    /** As whoever erases does: everywhere, then on the state from before. */
    private void erase(SequenceId seq) {
        boolean committed = false;
        while (!committed) {
            TierState state = memory.state(ROOM, DEADLINE).join();
            memory.hot().erase(ROOM, List.of(seq), DEADLINE).join();
            memory.warm().erase(ROOM, List.of(seq), DEADLINE).join();
            committed = memory.replace(ROOM, state, state.moved(state.watermarks()), DEADLINE)
                    .join();
        }
    }

    @Test
    void twoSchedulers_oneWorksAtATime_andTakesOver() {
        fill(ROOM, 60);
        StoreScheduler two = scheduler("two", new FailingPorts(0, false).over(memory), MONTH);
        FailingPorts watched = new FailingPorts(0, false);
        Set<State> meanwhile = new HashSet<>();
        watched.beforeEach(() -> {
            if (two.status().join().worker().equals(Optional.of("one"))) {
                meanwhile.add(two.pass(false).state());
            }
        });
        StoreScheduler one = scheduler("one", watched.over(memory), MONTH);

        assertThat(one.pass(false).entries()).isEqualTo(60);

        assertThat(meanwhile).containsExactly(State.STANDBY);
        assertThat(two.status().join()).isEqualTo(new SchedulerStatus(false, Optional.empty()));
        assertThat(two.pass(false).state()).isEqualTo(State.DONE);
    }

    @Test
    void scheduler_thatDiedInAPass_isFollowedWhenItsLeaseHasRunOut() {
        fill(ROOM, 60);
        memory.replace(
                        new TimelineRecord(
                                SchedulerLease.LEASE,
                                1,
                                RegistryCodec.encode(new RegistryCodec.NodeLease(
                                        "dead", now.plus(Duration.ofMinutes(1)), Instant.EPOCH))),
                        0,
                        DEADLINE)
                .join();
        StoreScheduler scheduler = scheduler(MONTH);

        assertThat(scheduler.pass(false).state()).isEqualTo(State.STANDBY);
        now = now.plus(Duration.ofMinutes(2));
        assertThat(scheduler.pass(false).state()).isEqualTo(State.DONE);
        assertThat(warmThrough(ROOM)).isGreaterThanOrEqualTo(60);
    }

    /** One that was stopped for so long that its lease ran out, and goes on in the middle of what another did meanwhile. */
    @Test
    void twoSchedulers_anotherPassBetweenAnyTwoSteps_harmsNothing() {
        boolean finished = false;
        for (int call = 1; !finished; call++) {
            memory = new InMemoryTimelineStore(clock, Duration.ofDays(7));
            now = START;
            fill(ROOM, 45);
            List<String> before = texts(ROOM, Direction.FORWARD);
            FailingPorts slow = new FailingPorts(0, false);
            AtomicInteger at = new AtomicInteger();
            int when = call;
            slow.beforeEach(() -> {
                if (at.incrementAndGet() == when) {
                    now = now.plus(Duration.ofMinutes(2));
                    scheduler("other" + when, new FailingPorts(0, false).over(memory), MONTH)
                            .pass(false);
                }
            });
            scheduler("slow", slow.over(memory), MONTH).pass(false);
            finished = slow.calls() < call;

            assertThat(texts(ROOM, Direction.FORWARD))
                    .as("overtaken at " + call)
                    .isEqualTo(before);
            assertThat(warmThrough(ROOM)).isBetween(30L, 31L);
            assertThat(hotRows(ROOM)).isEqualTo(90 - warmThrough(ROOM));
        }
    }

    @Test
    void paused_noPassMoves_untilResumed() {
        fill(ROOM, 60);
        StoreScheduler scheduler = scheduler(MONTH);
        scheduler.pause(true).join();
        assertThat(scheduler.status().join()).isEqualTo(new SchedulerStatus(true, Optional.empty()));

        assertThat(scheduler.run(false).join().state()).isEqualTo(State.PAUSED);
        assertThat(warmThrough(ROOM)).isZero();
        scheduler.pause(false).join();

        assertThat(scheduler.run(false).join().entries()).isEqualTo(60);
    }

    @Test
    void pass_manySmallTimelines_areMovedAtOnceAndEachWhole() {
        List<TimelineId> rooms = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            TimelineId room = TimelineId.conversation("chat", "room" + i);
            rooms.add(room);
            now = START;
            fill(room, 1 + i % 5);
        }
        now = START.plus(Duration.ofDays(120));
        SchedulerPorts ports = new FailingPorts(0, false).over(memory);
        CompletableFuture<Void> third = new CompletableFuture<>();
        AtomicInteger begun = new AtomicInteger();
        WarmTier gated = (WarmTier) Proxy.newProxyInstance(
                WarmTier.class.getClassLoader(), new Class<?>[] {WarmTier.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("copyFromHot")) {
                        return method.invoke(ports.warm(), arguments);
                    }
                    if (begun.incrementAndGet() == 3) {
                        third.complete(null);
                    }
                    return third.thenCompose(
                            three -> ports.warm().copyFromHot((EntryRange) arguments[0], (Deadline) arguments[1]));
                });
        SchedulerPorts gatedPorts = new SchedulerPorts(
                ports.store(), ports.records(), ports.hot(), gated, ports.watermarks(), ports.activity());

        PassReport report = scheduler("one", gatedPorts, MONTH).pass(false);

        assertThat(report.failed()).isZero();
        assertThat(report.timelines()).isEqualTo(40);
        assertThat(report.entries()).isEqualTo(8 * (2 + 4 + 6 + 8 + 10));
        for (int i = 0; i < rooms.size(); i++) {
            assertThat(warmThrough(rooms.get(i))).isEqualTo(2 + 2 * (i % 5));
            assertThat(texts(rooms.get(i), Direction.FORWARD)).hasSize(2 + 2 * (i % 5));
        }
        assertThat(scheduler(MONTH).pass(false).due()).isZero();
    }

    @Test
    void oneTimelineThatFails_doesNotKeepTheOthers() {
        fill(ROOM, 45);
        TimelineId broken = TimelineId.conversation("chat", "broken");
        memory.append(TimelineAppend.of(broken, NewEntry.text("ann", "1", "x")), DEADLINE)
                .join();
        now = START.plus(Duration.ofDays(120));
        // A row that is gone though nothing says so.
        memory.hot().release(broken, SequenceId.of(1), DEADLINE).join();

        PassReport report = scheduler(MONTH).pass(false);

        assertThat(report.failed()).isEqualTo(1);
        assertThat(warmThrough(broken)).isZero();
        assertThat(warmThrough(ROOM)).isEqualTo(90);
    }

    @Test
    void policies_ofAFile() {
        TierPolicies policies = parse("hot-age=12h\nhot-entries=500\nchat/hot-age = 7d\n");

        assertThat(policies.hot(ROOM)).isEqualTo(TierLimit.age(Duration.ofDays(7)));
        assertThat(policies.hot(TimelineId.conversation("other", "x")))
                .isEqualTo(
                        new TierLimit(Optional.of(Duration.ofHours(12)), OptionalLong.of(500), OptionalLong.empty()));
        assertThat(parse("").hot(ROOM)).isEqualTo(TierLimit.age(Duration.ofDays(30)));
    }

    @Test
    void policies_wrongKeysAndValues_areNamed() {
        for (String wrong :
                List.of("hot-age=soon", "hot-entries=0", "hot-bytes=many", "warm-age=3d", "chat/hot-agee=3d")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> parse(wrong))
                    .withMessageContaining(wrong.substring(0, wrong.indexOf('=')));
        }
    }

    private static TierPolicies parse(String text) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return TierPolicies.parse(properties);
    }
}
