package io.tideline.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.record.Attachment;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.OwnRetention;
import io.tideline.core.tier.TierLimit;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Retention and holds. */
final class RetentionTest {
    private static final Instant START = Instant.parse("2024-03-01T12:00:00Z");
    private static final TimelineId ROOM = TimelineId.conversation("chat", "room");
    private static final Deadline DEADLINE = Deadline.after(Duration.ofMinutes(5));
    /** Hot for ten days, kept for thirty. */
    private static final TierPolicies POLICIES = TierPolicies.ofAll(
            TierRule.unarchived(TierLimit.age(Duration.ofDays(10)), Optional.of(Duration.ofDays(30))));

    /** Hot for ten days, kept for ever. */
    private static final TierPolicies KEEPING =
            TierPolicies.ofAll(TierRule.unarchived(TierLimit.age(Duration.ofDays(10)), Optional.empty()));

    private final List<StoreScheduler> schedulers = new ArrayList<>();
    private Instant now = START;
    private final InstantSource clock = () -> now;
    private InMemoryTimelineStore memory = new InMemoryTimelineStore(clock, Duration.ofDays(7));

    @AfterEach
    void close() {
        List.copyOf(schedulers).forEach(StoreScheduler::close);
    }

    private StoreScheduler scheduler(String name, FailingPorts ports) {
        return scheduler(name, ports, POLICIES);
    }

    private StoreScheduler scheduler(String name, FailingPorts ports, TierPolicies policies) {
        SchedulerConfig config =
                new SchedulerConfig(name, Duration.ofMinutes(1), 7, 1e9, Duration.ofMinutes(1), Duration.ofSeconds(5));
        StoreScheduler scheduler =
                new StoreScheduler(ports.over(memory), policies, config, clock, new MetricRegistry(), Optional.empty());
        schedulers.add(scheduler);
        return scheduler;
    }

    private StoreScheduler scheduler() {
        return scheduler("one", new FailingPorts(0, false));
    }

    private void afresh() {
        memory = new InMemoryTimelineStore(clock, Duration.ofDays(7));
        now = START;
    }

    /** One entry a day. */
    private void fill(TimelineId timeline, int days) {
        for (int day = 1; day <= days; day++) {
            NewEntry entry = NewEntry.text("ann", "m" + day, "day " + day);
            memory.append(TimelineAppend.of(timeline, entry), DEADLINE).join();
            now = now.plus(Duration.ofDays(1));
        }
    }

    private Watermarks marks(TimelineId timeline) {
        return memory.state(timeline, DEADLINE).join().watermarks();
    }

    private long expired(TimelineId timeline) {
        return marks(timeline).expiredThrough().value();
    }

    private long rows() {
        EntryRange all = EntryRange.of(ROOM, 1, 1_000);
        return memory.hot().digest(all, DEADLINE).join().count()
                + memory.warm().digest(all, DEADLINE).join().count();
    }

    private void assertServed(int expired, int last) {
        TimelinePage page =
                memory.read(ReadQuery.forward(ROOM, 1, 1_000), DEADLINE).join();
        assertThat(page.gaps())
                .containsExactly(new Gap(SequenceId.FIRST, SequenceId.of(expired), Gap.Type.EXPIRED, expired));
        assertThat(page.entries()).hasSize(last - expired);
        assertThat(new String(page.entries().get(0).payload().toByteArray(), UTF_8))
                .isEqualTo("day " + (expired + 1));
    }

    @Test
    void pass_oldEntriesInBothTiers_leaveAGapAndTheirSeqsStay() {
        fill(ROOM, 45);

        PassReport report = scheduler().pass(false);

        assertThat(report.expired()).isEqualTo(15);
        assertThat(rows()).isEqualTo(30);
        assertServed(15, 45);
        memory.append(TimelineAppend.of(ROOM, NewEntry.text("ann", "new", "new")), DEADLINE)
                .join();
        assertThat(memory.heads(List.of(HeadQuery.of(ROOM)), DEADLINE).join().values())
                .allMatch(head -> head.last().value() == 46);
    }

    @Test
    void pass_timelineThatIsNotHotAnyMore_isFound() {
        fill(ROOM, 12);
        now = now.plus(Duration.ofDays(12));
        StoreScheduler scheduler = scheduler();
        scheduler.pass(false);
        assertThat(marks(ROOM).warmThrough().value()).isEqualTo(12);
        assertThat(expired(ROOM)).isZero();

        now = START.plus(Duration.ofDays(30 + 5)).plusSeconds(1);
        scheduler.pass(false);
        assertThat(expired(ROOM)).isBetween(4L, 6L);

        now = START.plus(Duration.ofDays(100));
        scheduler.pass(false);
        assertThat(expired(ROOM)).isEqualTo(12);
        assertThat(rows()).isZero();
    }

    @Test
    void pass_howeverMuchExpires_itsRunningCountIsKept() {
        for (int days = 0; days <= 12; days++) {
            afresh();
            for (int day = 1; day <= 12; day++) {
                Counting counting = day % 3 == 1 ? Counting.SILENT : Counting.COUNTED;
                memory.append(TimelineAppend.of(ROOM, entry("m" + day, counting)), DEADLINE)
                        .join();
                now = now.plus(Duration.ofDays(1));
            }
            List<SequenceId> erased = List.of(SequenceId.of(5), SequenceId.of(6), SequenceId.of(12));
            memory.hot().erase(ROOM, erased, DEADLINE).join();
            List<Long> counted = List.of(0L, 0L, 1L, 2L, 2L, 3L, 4L, 4L, 5L, 6L, 6L, 7L, 8L);
            now = START.plus(Duration.ofDays(29 + days)).plusSeconds(1);

            scheduler().pass(false);

            long expired = expired(ROOM);
            // What was erased goes with what is before it only where nothing is left behind it.
            assertThat(expired).isIn((long) days, days - 1L, days - 2L);
            assertThat(marks(ROOM).expiredCounted()).as("through " + expired).isEqualTo(counted.get((int) expired));
        }
    }

    private static NewEntry entry(String id, Counting counting) {
        return new NewEntry(
                new SenderId("ann"),
                new ClientMessageId(id),
                new MessageKind("text"),
                Payload.utf8("text"),
                MessageId.NONE,
                counting);
    }

    @Test
    void pass_dryRun_saysSoAndDropsNothing() {
        fill(ROOM, 45);

        assertThat(scheduler().pass(true).expired()).isEqualTo(15);

        assertThat(rows()).isEqualTo(45);
        assertThat(expired(ROOM)).isZero();
    }

    @Test
    void die_atAnyCall_theNextFinishes() {
        boolean finished = false;
        for (int call = 1; !finished; call++) {
            for (boolean done : new boolean[] {false, true}) {
                afresh();
                fill(ROOM, 25);
                scheduler("before", new FailingPorts(0, false)).pass(false);
                now = START.plus(Duration.ofDays(45)).minus(Duration.ofHours(1));
                FailingPorts failing = new FailingPorts(call, done);
                try {
                    scheduler("first", failing).pass(false);
                } catch (RuntimeException e) {
                    // It is dead.
                }
                finished = failing.calls() < call;
                now = now.plus(Duration.ofMinutes(2));

                PassReport report =
                        scheduler("second", new FailingPorts(0, false)).pass(false);

                assertThat(report.failed()).isZero();
                assertServed(15, 25);
                assertThat(rows()).as("dead at " + call).isEqualTo(10);
            }
        }
    }

    @Test
    void hold_betweenAnyTwoSteps_nothingExpiresOnceItIsSet() {
        boolean finished = false;
        for (int call = 1; !finished; call++) {
            afresh();
            fill(ROOM, 45);
            FailingPorts ports = new FailingPorts(0, false);
            AtomicLong expiredAtHold = new AtomicLong(-1);
            int when = call;
            StoreScheduler other = scheduler("other", new FailingPorts(0, false));
            ports.beforeEach(() -> {
                if (ports.calls() == when - 1) {
                    other.holds().hold(ROOM, true, DEADLINE).join();
                    expiredAtHold.set(expired(ROOM));
                }
            });

            scheduler("one", ports).pass(false);

            finished = ports.calls() < call;
            if (!finished) {
                now = now.plus(Duration.ofMinutes(2));
                other.pass(false);
                assertThat(expired(ROOM)).as("held at " + call).isEqualTo(expiredAtHold.get());
                assertThat(rows()).isEqualTo(45 - expired(ROOM));
            }
        }
    }

    @Test
    void hold_ofConversationOrApp_untilLifted() {
        TimelineId other = TimelineId.conversation("other", "room");
        fill(ROOM, 2);
        fill(other, 2);
        now = START.plus(Duration.ofDays(365));
        StoreScheduler scheduler = scheduler();
        scheduler.holds().hold(ROOM, true, DEADLINE).join();
        scheduler.holds().hold(new AppId("other"), true, DEADLINE).join();

        scheduler.pass(false);
        assertThat(List.of(expired(ROOM), expired(other))).containsExactly(0L, 0L);
        assertThat(marks(ROOM).warmThrough().value()).isEqualTo(2);

        scheduler.holds().hold(ROOM, false, DEADLINE).join();
        scheduler.pass(false);
        assertThat(List.of(expired(ROOM), expired(other))).containsExactly(2L, 0L);

        scheduler.holds().hold(new AppId("other"), false, DEADLINE).join();
        scheduler.pass(false);
        assertThat(List.of(expired(ROOM), expired(other))).containsExactly(2L, 2L);
    }

    private StoreScheduler keeping() {
        return scheduler("one", new FailingPorts(0, false), KEEPING);
    }

    private static Optional<OwnRetention> days(int days) {
        return Optional.of(OwnRetention.of(Duration.ofDays(days)));
    }

    @Test
    void ownRetention_whereThePolicyKeepsEverything_isFoundInWhateverTier() {
        TimelineId other = TimelineId.conversation("chat", "other");
        fill(ROOM, 12);
        now = START;
        fill(other, 12);
        StoreScheduler scheduler = keeping();
        now = START.plus(Duration.ofDays(40));
        scheduler.pass(false);
        assertThat(marks(ROOM).warmThrough().value()).as("not hot any more").isEqualTo(12);

        scheduler.retentions().set(ROOM, days(35), DEADLINE).join();
        PassReport planned = scheduler.pass(true);
        PassReport report = scheduler.pass(false);

        assertThat(planned.expired()).isEqualTo(5);
        assertThat(report.expired()).isEqualTo(5);
        assertThat(List.of(expired(ROOM), expired(other))).containsExactly(5L, 0L);
        assertServed(5, 12);
    }

    @Test
    void ownRetention_shorterThanWhatIsHot_expiresHotEntries() {
        fill(ROOM, 8);
        StoreScheduler scheduler = keeping();
        scheduler.retentions().set(ROOM, days(3), DEADLINE).join();

        scheduler.pass(false);

        assertThat(expired(ROOM)).isEqualTo(5);
        assertThat(marks(ROOM).warmThrough().value()).isLessThanOrEqualTo(5);
        assertServed(5, 8);
    }

    @Test
    void ownRetention_forEverOrLonger_keepsWhatThePolicyDrops() {
        TimelineId longer = TimelineId.conversation("chat", "longer");
        TimelineId asPolicy = TimelineId.conversation("chat", "policy");
        for (TimelineId timeline : List.of(ROOM, longer, asPolicy)) {
            now = START;
            fill(timeline, 10);
        }
        StoreScheduler scheduler = scheduler();
        scheduler
                .retentions()
                .set(ROOM, Optional.of(OwnRetention.FOR_EVER), DEADLINE)
                .join();
        scheduler.retentions().set(longer, days(38), DEADLINE).join();
        now = START.plus(Duration.ofDays(40));

        scheduler.pass(false);
        now = now.plus(Duration.ofDays(1));
        scheduler.pass(false);

        assertThat(List.of(expired(ROOM), expired(longer), expired(asPolicy))).containsExactly(0L, 3L, 10L);

        scheduler.retentions().set(ROOM, Optional.empty(), DEADLINE).join();
        scheduler.pass(false);
        assertThat(expired(ROOM)).as("the policy's again").isEqualTo(10);
    }

    @Test
    void ownRetention_countsForPersonalTimelinesAndNotForWhatIsHeld() {
        TimelineId personal = new TimelineId(new AppId("chat"), TimelineFamily.PERSONAL, "room/ann");
        memory.append(
                        new TimelineAppend(
                                ROOM,
                                List.of(NewEntry.text("ann", "joined", "joined")),
                                List.of(Attachment.of(0, RecordKind.MEMBER, Payload.EMPTY, KeyPart.of("ann"))),
                                List.of(),
                                SequenceId.NONE),
                        DEADLINE)
                .join();
        memory.append(TimelineAppend.of(personal, NewEntry.text("ann", "p", "for ann")), DEADLINE)
                .join();
        now = now.plus(Duration.ofDays(30));
        StoreScheduler scheduler = keeping();
        scheduler.pass(false);
        scheduler.retentions().set(personal, days(20), DEADLINE).join();
        scheduler.holds().hold(ROOM, true, DEADLINE).join();

        scheduler.pass(false);
        assertThat(List.of(expired(ROOM), expired(personal))).as("held").containsExactly(0L, 0L);

        scheduler.holds().hold(ROOM, false, DEADLINE).join();
        scheduler.pass(false);
        assertThat(List.of(expired(ROOM), expired(personal))).containsExactly(1L, 1L);
    }

    @Test
    void ownRetention_setBetweenAnyTwoSteps_nothingExpiresOnceItIsForEver() {
        boolean finished = false;
        for (int call = 1; !finished; call++) {
            afresh();
            fill(ROOM, 45);
            FailingPorts ports = new FailingPorts(0, false);
            AtomicLong expiredWhenSet = new AtomicLong(-1);
            int when = call;
            StoreScheduler other = scheduler("other", new FailingPorts(0, false));
            ports.beforeEach(() -> {
                if (ports.calls() == when - 1) {
                    other.retentions()
                            .set(ROOM, Optional.of(OwnRetention.FOR_EVER), DEADLINE)
                            .join();
                    expiredWhenSet.set(expired(ROOM));
                }
            });

            scheduler("one", ports).pass(false);

            finished = ports.calls() < call;
            if (!finished) {
                assertThat(expired(ROOM)).as("set at " + call).isEqualTo(expiredWhenSet.get());
            }
        }
    }

    @Test
    void ownVisits_areAsOftenAsTheRetentionAsksFor() {
        OwnVisits visits = new OwnVisits();
        Duration month = Duration.ofDays(30);
        Duration day = Duration.ofDays(1);

        assertThat(visits.isDue(ROOM, month, now)).isTrue();
        visits.visited(ROOM, now);

        assertThat(visits.isDue(ROOM, month, now.plus(Duration.ofHours(23)))).isFalse();
        assertThat(visits.isDue(ROOM, month, now.plus(Duration.ofHours(24)))).isTrue();
        assertThat(visits.isDue(ROOM, day, now.plus(Duration.ofMinutes(59)))).isFalse();
        assertThat(visits.isDue(ROOM, day, now.plus(Duration.ofHours(1)))).isTrue();
        assertThat(visits.isDue(ROOM, month, now.minus(day)))
                .as("the clock stepped back")
                .isTrue();
    }

    @Test
    void clockThatStepsBack_dropsAndMovesNothing() {
        fill(ROOM, 5);
        now = START.minus(Duration.ofDays(400));

        PassReport report = scheduler().pass(false);

        assertThat(report.entries() + report.expired()).isZero();
        assertThat(rows()).isEqualTo(5);
    }

    @Test
    void policies_ofKinds_theNarrowestCounts() {
        Properties properties = new Properties();
        properties.setProperty("hot-age.channel", "1d");
        properties.setProperty("chat/hot-age", "2d");
        properties.setProperty("chat/retention.direct", "3d");

        TierPolicies policies = TierPolicies.parse(properties);

        AppId chat = new AppId("chat");
        AppId other = new AppId("other");
        assertThat(policies.rule(other, TimelineKind.CHANNEL).hot()).isEqualTo(TierLimit.age(Duration.ofDays(1)));
        assertThat(policies.rule(other, TimelineKind.GROUP))
                .isEqualTo(TierPolicies.DEFAULT.rule(other, TimelineKind.PLAIN));
        assertThat(policies.rule(chat, TimelineKind.CHANNEL).hot()).isEqualTo(TierLimit.age(Duration.ofDays(2)));
        assertThat(policies.rule(chat, TimelineKind.DIRECT))
                .isEqualTo(TierRule.unarchived(TierLimit.NONE, Optional.of(Duration.ofDays(3))));
    }

    @Test
    void policies_wrongKindOrRetention_isNamed() {
        for (String wrong : List.of("hot-age.chanel", "retention", "chat/retention.plain")) {
            Properties properties = new Properties();
            properties.setProperty(wrong, "0d");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TierPolicies.parse(properties))
                    .withMessageContaining(wrong.contains("chanel") ? "chanel" : "retention");
        }
    }
}
