package io.tideline.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.archive.Archive;
import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveStatus;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.archive.ColdContent;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.tier.ActivityIndex;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.Tier;
import io.tideline.core.tier.TierLimit;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What tiers have of a timeline, and what of it is late. Entries are written one a day, seq 1 on the first. */
final class TierSurveyTest {
    private static final Instant START = Instant.parse("2024-03-01T12:00:00Z");
    private static final TimelineId ROOM = TimelineId.conversation("chat", "room");
    private static final Deadline DEADLINE = Deadline.after(Duration.ofMinutes(5));
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private Instant now = START;
    private final InstantSource clock = () -> now;
    private final InMemoryTimelineStore memory = new InMemoryTimelineStore(clock, Duration.ofDays(7));
    private final MetricRegistry metrics = new MetricRegistry();
    private final List<StoreScheduler> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(StoreScheduler::close);
    }

    private StoreScheduler scheduler(TierLimit hot, TierLimit warm, Optional<Duration> retention) {
        return scheduler(
                new FailingPorts(0, false).over(memory), TierPolicies.ofAll(new TierRule(hot, warm, retention)));
    }

    private StoreScheduler scheduler(SchedulerPorts ports, TierPolicies policies) {
        SchedulerConfig config = new SchedulerConfig("one", MINUTE, 7, 1e9, MINUTE, Duration.ofSeconds(5));
        StoreScheduler scheduler = new StoreScheduler(ports, policies, config, clock, metrics, Optional.empty());
        opened.add(scheduler);
        return scheduler;
    }

    private void fill(int days) {
        for (int day = 1; day <= days; day++) {
            NewEntry entry = NewEntry.text("ann", "m" + day, "day " + day);
            memory.append(TimelineAppend.of(ROOM, entry), DEADLINE).join();
            now = now.plus(Duration.ofDays(1));
        }
    }

    private static TierSummary survey(StoreScheduler scheduler, Optional<Archive> archive, long last) {
        return scheduler
                .survey()
                .of(ROOM, SequenceId.of(last), archive, DEADLINE)
                .join();
    }

    private static TierSummary.Content of(TierSummary summary, Tier tier) {
        return summary.contents().stream()
                .filter(content -> content.tier() == tier)
                .findFirst()
                .orElseThrow();
    }

    private static TierLimit entries(long limit) {
        return new TierLimit(Optional.empty(), OptionalLong.of(limit), OptionalLong.empty());
    }

    private static TierLimit bytes(long limit) {
        return new TierLimit(Optional.empty(), OptionalLong.empty(), OptionalLong.of(limit));
    }

    @Test
    void survey_hotEntriesThatAreTooOld_areLateUntilAPass() {
        fill(40);
        StoreScheduler scheduler = scheduler(TierLimit.age(Duration.ofDays(30)), TierLimit.NONE, Optional.empty());

        TierSummary before = survey(scheduler, Optional.empty(), 40);
        scheduler.pass(false);
        TierSummary after = survey(scheduler, Optional.empty(), 40);

        assertThat(of(before, Tier.HOT).lag()).contains(Duration.ofDays(40));
        assertThat(of(after, Tier.HOT).lag()).isEmpty();
        assertThat(of(after, Tier.HOT).first()).isEqualTo(SequenceId.of(11));
        assertThat(of(after, Tier.HOT).entries()).isEqualTo(30);
        assertThat(of(after, Tier.WARM).entries()).isEqualTo(10);
        assertThat(of(after, Tier.WARM).lag()).as("nothing is archived").isEmpty();
        assertThat(after.contents()).hasSize(2);
    }

    @Test
    void survey_moreEntriesOrBytesThanTheLimit_areLate() {
        fill(10);

        assertThat(of(survey(scheduler(entries(10), TierLimit.NONE, Optional.empty()), Optional.empty(), 10), Tier.HOT)
                        .lag())
                .isEmpty();
        assertThat(of(survey(scheduler(entries(9), TierLimit.NONE, Optional.empty()), Optional.empty(), 10), Tier.HOT)
                        .lag())
                .contains(Duration.ofDays(10));
        TierSummary.Content hot =
                of(survey(scheduler(bytes(1), TierLimit.NONE, Optional.empty()), Optional.empty(), 10), Tier.HOT);
        assertThat(hot.lag()).contains(Duration.ofDays(10));
        assertThat(of(
                                survey(
                                        scheduler(bytes(hot.bytes()), TierLimit.NONE, Optional.empty()),
                                        Optional.empty(),
                                        10),
                                Tier.HOT)
                        .lag())
                .isEmpty();
    }

    @Test
    void survey_warmEntriesThatAreDueForTheArchive_areLateUnlessHeld() {
        fill(40);
        StoreScheduler scheduler =
                scheduler(TierLimit.age(Duration.ofDays(10)), TierLimit.age(Duration.ofDays(35)), Optional.empty());
        scheduler.pass(false);

        assertThat(of(survey(scheduler, Optional.empty(), 40), Tier.WARM).lag()).contains(Duration.ofDays(40));
        scheduler.holds().hold(ROOM, true, DEADLINE).join();
        TierSummary held = survey(scheduler, Optional.empty(), 40);

        assertThat(held.held()).isTrue();
        assertThat(of(held, Tier.WARM).lag()).isEmpty();
    }

    @Test
    void survey_entriesInFiles_areCountedByTheLocatorAndLateByRetention() {
        fill(40);
        scheduler(TierLimit.age(Duration.ofDays(10)), TierLimit.NONE, Optional.empty())
                .pass(false);
        archive(20);
        Optional<Archive> files = Optional.of(new Files());
        StoreScheduler keeping =
                scheduler(TierLimit.age(Duration.ofDays(10)), TierLimit.NONE, Optional.of(Duration.ofDays(41)));
        StoreScheduler dropping =
                scheduler(TierLimit.age(Duration.ofDays(10)), TierLimit.NONE, Optional.of(Duration.ofDays(39)));

        TierSummary.Content cold = of(survey(keeping, files, 40), Tier.COLD);
        assertThat(cold)
                .isEqualTo(new TierSummary.Content(
                        Tier.COLD, SequenceId.FIRST, SequenceId.of(20), 19, 1234, 0, Optional.empty()));
        assertThat(of(survey(dropping, files, 40), Tier.COLD).lag()).contains(Duration.ofDays(40));
        assertThat(of(survey(dropping, files, 40), Tier.WARM).lag()).isEmpty();
        assertThat(survey(dropping, Optional.empty(), 40).contents())
                .as("no archive, nothing said of files")
                .hasSize(2);
    }

    /** Readers find entries up to {@code through} where they were; the watermarks say that they are in files. */
    private void archive(long through) {
        memory.archive(memory.warm());
        TierState state = memory.state(ROOM, DEADLINE).join();
        TierState next = state.moved(state.watermarks().withColdThrough(SequenceId.of(through)));
        assertThat(memory.replace(ROOM, state, next, DEADLINE).join()).isTrue();
    }

    /** Files whose locator has a hole of one entry. */
    private static final class Files implements Archive {
        @Override
        public CompletableFuture<ArchiveStatus> status(Deadline deadline) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<ColdContent> content(EntryRange range, Deadline deadline) {
            return CompletableFuture.completedFuture(
                    new ColdContent(range.first(), range.last(), range.length() - 1, 2, 1234));
        }

        @Override
        public CompletableFuture<ArchiveReport> perform(ArchiveTask task, ArchiveProgress progress) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void pass_andItsUnits_areTimed() {
        fill(40);
        StoreScheduler scheduler = scheduler(TierLimit.age(Duration.ofDays(30)), TierLimit.NONE, Optional.empty());

        scheduler.pass(true);
        assertThat(metrics.timer("tiers.pass").getCount())
                .as("a dry run is none")
                .isZero();
        scheduler.pass(false);

        assertThat(metrics.timer("tiers.pass").getCount()).isEqualTo(1);
        assertThat(metrics.timer("tiers.unit").getCount()).as("7 and 3 entries").isEqualTo(2);
    }

    @Test
    void lastPass_isToldByWhomeverIsAsked() {
        fill(40);
        StoreScheduler scheduler = scheduler(TierLimit.age(Duration.ofDays(30)), TierLimit.NONE, Optional.empty());
        assertThat(scheduler.lastPass().join()).isEmpty();
        assertThat(scheduler.pass(true).due()).isEqualTo(1);
        assertThat(scheduler.lastPass().join()).as("a dry run is none").isEmpty();

        PassReport report = scheduler.pass(false);

        StoreScheduler other = scheduler(entries(1), TierLimit.NONE, Optional.empty());
        assertThat(other.lastPass().join())
                .contains(new LastPass(
                        "one", LastPass.Outcome.DONE, now, Duration.ZERO, 1, 10, report.bytes(), 0, 0, 40));
    }

    @Test
    void lastPass_thatFailed_isToldToo() {
        fill(40);
        SchedulerPorts ports = new FailingPorts(0, false).over(memory);
        SchedulerPorts broken = new SchedulerPorts(
                ports.store(), ports.records(), ports.hot(), ports.warm(), ports.watermarks(), new ActivityIndex() {
                    @Override
                    public CompletableFuture<ActivityPage> through(
                            LocalDate day, Optional<Activity> after, int max, Deadline deadline) {
                        return CompletableFuture.failedFuture(new IllegalStateException("no index"));
                    }

                    @Override
                    public CompletableFuture<Void> settle(TimelineId timeline, LocalDate day, Deadline deadline) {
                        return CompletableFuture.failedFuture(new IllegalStateException("no index"));
                    }
                });
        StoreScheduler scheduler = scheduler(broken, TierPolicies.DEFAULT);

        assertThatThrownBy(() -> scheduler.pass(false)).hasMessage("no index");

        assertThat(scheduler.lastPass().join())
                .hasValueSatisfying(pass -> assertThat(pass.outcome()).isEqualTo(LastPass.Outcome.FAILED));
    }
}
