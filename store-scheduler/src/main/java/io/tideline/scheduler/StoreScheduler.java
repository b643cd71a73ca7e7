package io.tideline.scheduler;

import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
import io.tideline.core.record.RecordScan;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.tier.ActivityIndex.Activity;
import io.tideline.core.tier.ActivityIndex.ActivityPage;
import io.tideline.core.tier.OwnRetention;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.scheduler.PassReport.State;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes over the timelines with entries that are due, one pass at a time, on a thread of its own. A timeline whose move
 * fails is left for the next pass.
 */
public final class StoreScheduler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreScheduler.class);
    private static final int PAGE = 1000;

    private final SchedulerPorts ports;
    private final TierPolicies policies;
    private final SchedulerConfig config;
    private final InstantSource clock;
    private final SchedulerLease lease;
    private final PassRegister passes;
    private final TierHolds holds;
    private final TierRetentions retentions;
    private final RetentionRegister given;
    private final OwnVisits ownVisits = new OwnVisits();
    private final TimelineRules rules;
    private final TierSurvey survey;
    private final MovePlanner planner;
    private final KeptIndex kept;
    private final TimelineExpiry expiry;
    private final TimelineMover mover;
    private final MovePace pace;
    private final Timer passTimes;
    private final Timer unitTimes;
    private final Meter movedEntries;
    private final Meter movedBytes;
    private final Meter expiredEntries;
    private final Meter failures;
    private final AtomicLong due = new AtomicLong();
    private final AtomicLong lagDays = new AtomicLong();
    private final ScheduledExecutorService executor;
    private LocalDate keptThrough = LocalDate.MIN;
    private volatile boolean closed;

    /** Does nothing by itself before {@link #start()}. */
    public StoreScheduler(
            SchedulerPorts ports,
            TierPolicies policies,
            SchedulerConfig config,
            InstantSource clock,
            MetricRegistry metrics) {
        this(ports, policies, config, clock, metrics, Optional.of(new ForegroundProbe(ports.store())));
    }

    /** @param probe empty for a pace that does not adapt */
    StoreScheduler(
            SchedulerPorts ports,
            TierPolicies policies,
            SchedulerConfig config,
            InstantSource clock,
            MetricRegistry metrics,
            Optional<ForegroundProbe> probe) {
        this.ports = ports;
        this.policies = policies;
        this.config = config;
        this.clock = clock;
        this.lease = new SchedulerLease(ports.records(), config, clock);
        this.passes = new PassRegister(ports.records());
        this.holds = new TierHolds(ports.records(), ports.watermarks());
        this.retentions = new TierRetentions(ports.records(), ports.watermarks());
        this.given = new RetentionRegister(ports.records());
        this.rules = new TimelineRules(ports.records(), policies);
        this.survey = new TierSurvey(ports, rules, holds, retentions, clock);
        this.planner = new MovePlanner(ports, config, clock);
        this.kept = new KeptIndex(ports.records());
        this.expiry = new TimelineExpiry(ports, holds, rules, planner, config);
        this.mover = new TimelineMover(ports, kept, config);
        this.pace = new MovePace(config, probe);
        this.passTimes = metrics.timer("tiers.pass");
        this.unitTimes = metrics.timer("tiers.unit");
        this.movedEntries = metrics.meter("tiers.moved.entries");
        this.movedBytes = metrics.meter("tiers.moved.bytes");
        this.expiredEntries = metrics.meter("tiers.expired.entries");
        this.failures = metrics.meter("tiers.failures");
        metrics.gauge("tiers.due.timelines", () -> due::get);
        metrics.gauge("tiers.lag.days", () -> lagDays::get);
        metrics.gauge("tiers.pace.entries", () -> pace::rate);
        this.executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "tideline-store-scheduler");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins to pass, again and again. */
    public void start() {
        var unused = executor.scheduleWithFixedDelay(
                this::passAndTell,
                config.interval().toMillis(),
                config.interval().toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** What could not be given back runs out. */
    private void giveBack() {
        try {
            await(lease.release());
        } catch (RuntimeException e) {
            LOG.debug("the lease was not given back and will run out", e);
        }
    }

    private void passAndTell() {
        try {
            PassReport report = pass(false, false);
            if (report.due() > 0) {
                LOG.info(
                        "moved entries={} bytes={} timelines={} failed={}",
                        report.entries(),
                        report.bytes(),
                        report.due(),
                        report.failed());
            }
        } catch (RuntimeException e) {
            failures.mark();
            LOG.warn("a pass has ended early, the next one goes on", e);
        }
    }

    /**
     * One pass out of turn, after the one under way.
     *
     * @param dryRun whether to plan only
     */
    public CompletableFuture<PassReport> run(boolean dryRun) {
        try {
            return CompletableFuture.supplyAsync(() -> pass(dryRun), executor);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new CancellationException("the scheduler is closed"));
        }
    }

    /** From now on no process of the installation begins another unit, until it is said otherwise. */
    public CompletableFuture<Void> pause(boolean paused) {
        return lease.pause(paused);
    }

    /** Whether it is paused, and who works. Once it is paused and nobody works, nothing is moved by anybody. */
    public CompletableFuture<SchedulerStatus> status() {
        return lease.status();
    }

    /** How the last pass of any server ended; empty before the first one. */
    public CompletableFuture<Optional<LastPass>> lastPass() {
        return passes.last(deadline());
    }

    /** Which tier has what of timelines. */
    public TierSurvey survey() {
        return survey;
    }

    /** Conversations and apps of which nothing expires. */
    public TierHolds holds() {
        return holds;
    }

    /** Conversations that are kept for another time than the policy says. */
    public TierRetentions retentions() {
        return retentions;
    }

    /** How long entries of a timeline are kept unless they are held, by its conversation's own or the policy; empty: for ever. */
    public CompletableFuture<Optional<Duration>> retentionOf(TimelineId timeline, Deadline deadline) {
        return rules.of(timeline, deadline).thenApply(TierRule::retention);
    }

    public TierPolicies policies() {
        return policies;
    }

    /** What the scheduler works on. */
    public SchedulerPorts ports() {
        return ports;
    }

    /** Blocks. For the scheduler's thread, and for tests. */
    PassReport pass(boolean dryRun) {
        return pass(dryRun, true);
    }

    private PassReport pass(boolean dryRun, boolean allKept) {
        if (!dryRun) {
            SchedulerLease.Turn turn = await(lease.take());
            if (turn != SchedulerLease.Turn.MINE) {
                return PassReport.nothing(turn == SchedulerLease.Turn.PAUSED ? State.PAUSED : State.STANDBY);
            }
            try {
                return passOnce(false, allKept);
            } finally {
                giveBack();
            }
        }
        return passOnce(true, allKept);
    }

    private PassReport passOnce(boolean dryRun, boolean allKept) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        LocalDate through = policies.leastAge()
                .map(age -> LocalDate.ofInstant(clock.instant().minus(age), ZoneOffset.UTC))
                .orElse(today);
        Pass pass = new Pass(dryRun, today);
        boolean ended = false;
        try {
            State state = visitAll(pass, through, allKept);
            ended = true;
            pass.note(state == State.DONE ? LastPass.Outcome.DONE : LastPass.Outcome.INTERRUPTED);
            return pass.report(state);
        } finally {
            if (!ended) {
                pass.note(LastPass.Outcome.FAILED);
            }
        }
    }

    private State visitAll(Pass pass, LocalDate through, boolean allKept) {
        Optional<Activity> after = Optional.empty();
        do {
            ActivityPage page = await(ports.activity().through(through, after, PAGE, deadline()));
            if (!pass.visitAll(pass.firstDays(page.activities()))) {
                return State.PAUSED;
            }
            after = page.next();
        } while (after.isPresent() && !closed);
        if (!expireKept(pass, allKept) || !expireOwn(pass, allKept)) {
            return State.PAUSED;
        }
        if (!pass.dryRun) {
            due.set(pass.due);
            lagDays.set(pass.lagDays);
        }
        return State.DONE;
    }

    /** Days that are over as a whole, of timelines with entries outside the hot tier. False when the pass has to end. */
    private boolean expireKept(Pass pass, boolean again) {
        Optional<Duration> least = policies.leastRetention();
        if (least.isEmpty()) {
            return true;
        }
        LocalDate through = LocalDate.ofInstant(clock.instant().minus(least.get()), ZoneOffset.UTC)
                .minusDays(1);
        // Whole days: once a day is enough, unless somebody asks.
        if (!again && through.equals(keptThrough)) {
            return true;
        }
        long failedBefore = pass.failed;
        Optional<KeptIndex.Kept> after = Optional.empty();
        List<KeptIndex.Kept> page;
        do {
            page = await(kept.through(through, after, PAGE, deadline()));
            for (KeptIndex.Kept row : page) {
                if (!pass.visitKept(row)) {
                    return false;
                }
                after = Optional.of(row);
            }
        } while (page.size() == PAGE && !closed);
        if (!pass.dryRun && pass.failed == failedBefore) {
            keptThrough = through;
        }
        return true;
    }

    /**
     * Conversations with a retention of their own, in whatever tier their entries are and whatever becomes of their app's.
     * False when the pass has to end.
     */
    private boolean expireOwn(Pass pass, boolean again) {
        Set<TimelineId> found = new HashSet<>();
        Optional<TimelineId> after = Optional.empty();
        List<TimelineId> page;
        do {
            page = await(given.given(after, PAGE, deadline()));
            Map<TimelineId, OwnRetention> own = await(given.of(page, deadline()));
            for (TimelineId conversation : page) {
                after = Optional.of(conversation);
                @Nullable OwnRetention retention = own.get(conversation);
                if (retention == null || retention.keep().isEmpty()) {
                    continue;
                }
                found.add(conversation);
                Instant now = clock.instant();
                if (again || ownVisits.isDue(conversation, retention.keep().get(), now)) {
                    long failedBefore = pass.failed;
                    if (!pass.visitOwn(conversation)) {
                        return false;
                    }
                    if (!pass.dryRun && pass.failed == failedBefore) {
                        ownVisits.visited(conversation, now);
                    }
                }
            }
        } while (page.size() == PAGE && !closed);
        ownVisits.retain(found);
        return true;
    }

    /** What was found to be done for a timeline. */
    private record Look(TimelineExpiry.Expired expired, Optional<MovePlan> plan) {}

    /** One pass under way. */
    private final class Pass {
        private final boolean dryRun;
        private final LocalDate today;
        private final Instant begun = clock.instant();
        private final List<MovePlan> plans = new ArrayList<>();
        /** Of a dry run: a timeline may be found in more ways than one, and what was planned once is still there. */
        private final Set<TimelineId> planned = ConcurrentHashMap.newKeySet();

        private Optional<TimelineId> visited = Optional.empty();
        private long timelines;
        private long due;
        private long entries;
        private long bytes;
        private long expired;
        private long failed;
        private long lagDays;

        Pass(boolean dryRun, LocalDate today) {
            this.dryRun = dryRun;
            this.today = today;
        }

        /** The days of a timeline follow each other: the first one stands for all. */
        List<Activity> firstDays(List<Activity> activities) {
            List<Activity> first = new ArrayList<>();
            for (Activity activity : activities) {
                if (!visited.equals(Optional.of(activity.timeline()))) {
                    visited = Optional.of(activity.timeline());
                    first.add(activity);
                }
            }
            return first;
        }

        /** False when the pass has to end. */
        boolean visitAll(List<Activity> activities) {
            int at = 0;
            while (at < activities.size()) {
                int end = Math.min(activities.size(), at + pace.timelinesAtOnce());
                if (!visitTogether(activities.subList(at, end))) {
                    return false;
                }
                at = end;
            }
            return true;
        }

        /** A round trip takes as long for several timelines as for one. False when the pass has to end. */
        private boolean visitTogether(List<Activity> activities) {
            if (closed || (!dryRun && await(lease.take()) != SchedulerLease.Turn.MINE)) {
                return false;
            }
            timelines += activities.size();
            List<Visit> visits = activities.stream().map(Visit::new).toList();
            List<Visit> moves = new ArrayList<>();
            each(visits, this::look).forEach((visit, look) -> {
                count(look.expired());
                look.plan().ifPresent(plan -> note(visit, plan));
                moves.add(visit);
            });
            return dryRun || move(moves);
        }

        /** What has expired is dropped before it would be moved. */
        private CompletableFuture<Look> look(Visit visit) {
            return rules.of(visit.timeline(), deadline()).thenCompose(rule -> expire(visit.timeline(), rule)
                    .thenCompose(expired ->
                            planner.plan(visit.timeline(), rule.hot()).thenApply(plan -> new Look(expired, plan))));
        }

        private void note(Visit visit, MovePlan plan) {
            visit.due(plan);
            due++;
            lagDays = Math.max(
                    lagDays, today.toEpochDay() - visit.activity().day().toEpochDay());
            if (plans.size() < PassReport.MAX_PLANS) {
                plans.add(plan);
            }
            entries += dryRun ? plan.entries() : 0;
        }

        /** Begins a step of all, and waits for them. A timeline whose step fails is left for the next pass. */
        private <T> Map<Visit, T> each(Collection<Visit> visits, Function<Visit, CompletableFuture<T>> step) {
            Map<Visit, CompletableFuture<T>> begun = new LinkedHashMap<>();
            for (Visit visit : visits) {
                begun.put(visit, CompletableFuture.completedFuture(visit).thenCompose(step));
            }
            Map<Visit, T> done = new LinkedHashMap<>();
            begun.forEach((visit, result) -> {
                try {
                    done.put(visit, await(result));
                } catch (RuntimeException e) {
                    fail(visit.timeline(), e);
                }
            });
            return done;
        }

        private void fail(TimelineId timeline, RuntimeException e) {
            failed++;
            failures.mark();
            LOG.warn("left for the next pass timeline={}", timeline, e);
        }

        /** False when the pass has to end. */
        boolean visitKept(KeptIndex.Kept row) {
            TimelineId timeline = row.timeline();
            if (!policies.anyExpires(timeline.app())) {
                return true;
            }
            if (closed || (!dryRun && await(lease.take()) != SchedulerLease.Turn.MINE)) {
                return false;
            }
            try {
                TimelineExpiry.Expired outcome = expireNow(timeline);
                if (!dryRun && !outcome.held()) {
                    await(kept.advance(
                            row, await(planner.dayOf(timeline, outcome.through().next())), deadline()));
                }
            } catch (RuntimeException e) {
                fail(timeline, e);
            }
            return true;
        }

        /** The conversation, then what its members have to themselves. False when the pass has to end. */
        boolean visitOwn(TimelineId conversation) {
            if (!expireOrFail(conversation)) {
                return false;
            }
            if (conversation.family() != TimelineFamily.CONVERSATION) {
                return true;
            }
            RecordScan members = RecordScan.all(conversation, PAGE, RecordKind.MEMBER);
            RecordPage page;
            do {
                page = await(ports.records().scan(members, deadline()));
                for (TimelineId personal : personal(conversation, page)) {
                    if (!expireOrFail(personal)) {
                        return false;
                    }
                }
                if (!page.records().isEmpty()) {
                    members = members.withAfter(
                            page.records().get(page.records().size() - 1).key());
                }
            } while (!page.complete() && !closed);
            return true;
        }

        /** Of members, present and former, those timelines that there are. */
        private List<TimelineId> personal(TimelineId conversation, RecordPage members) {
            if (members.records().isEmpty()) {
                return List.of();
            }
            ConversationId id = new ConversationId(conversation.name());
            List<HeadQuery> asked = members.records().stream()
                    .map(record -> new UserId(record.key().text(0)))
                    .map(user -> HeadQuery.of(id.personalTimeline(conversation.app(), user)))
                    .toList();
            return List.copyOf(await(ports.store().heads(asked, deadline())).keySet());
        }

        /** False when the pass has to end. */
        private boolean expireOrFail(TimelineId timeline) {
            if (closed || (!dryRun && await(lease.take()) != SchedulerLease.Turn.MINE)) {
                return false;
            }
            try {
                expireNow(timeline);
            } catch (RuntimeException e) {
                fail(timeline, e);
            }
            return true;
        }

        private TimelineExpiry.Expired expireNow(TimelineId timeline) {
            return count(await(rules.of(timeline, deadline()).thenCompose(rule -> expire(timeline, rule))));
        }

        private TimelineExpiry.Expired count(TimelineExpiry.Expired outcome) {
            expired += outcome.entries();
            expiredEntries.mark(dryRun ? 0 : outcome.entries());
            return outcome;
        }

        private CompletableFuture<TimelineExpiry.Expired> expire(TimelineId timeline, TierRule rule) {
            boolean known = dryRun && !planned.add(timeline);
            return known || rule.retention().isEmpty()
                    ? CompletableFuture.completedFuture(new TimelineExpiry.Expired(SequenceId.NONE, 0, true))
                    : expiry.expire(timeline, dryRun);
        }

        /**
         * Moves in rounds, each of which is as long as a unit, of one timeline or of several small ones. Those with nothing
         * due are visited too: a move that was committed by somebody who died then is finished by moving nothing more.
         * False when the scheduler was paused, or another process has taken the lease.
         */
        private boolean move(List<Visit> visits) {
            List<Visit> open = new ArrayList<>(visits);
            while (!open.isEmpty()) {
                Map<Visit, Integer> shares = pace.shares(open);
                open.removeAll(shares.keySet());
                Map<Visit, TimelineMover.Moved> moved = moveRound(shares);
                List<Visit> settled = new ArrayList<>();
                moved.forEach((visit, outcome) -> {
                    try {
                        (visit.moved(outcome) ? settled : open).add(visit);
                    } catch (IllegalStateException e) {
                        fail(visit.timeline(), e);
                    }
                });
                each(settled, visit -> ports.activity()
                        .settle(visit.timeline(), today.minusDays(1), deadline())
                        .thenApply(done -> visit));
                tally(moved);
                if (!open.isEmpty() && (closed || await(lease.take()) != SchedulerLease.Turn.MINE)) {
                    return false;
                }
            }
            return true;
        }

        private Map<Visit, TimelineMover.Moved> moveRound(Map<Visit, Integer> shares) {
            TimelineId first = shares.keySet().iterator().next().timeline();
            Runnable ended = pace.watch(first);
            try (Timer.Context unused = unitTimes.time()) {
                return each(
                        shares.keySet(),
                        visit -> mover.moveUnit(
                                visit.timeline(),
                                visit.activity().day(),
                                visit.through(),
                                Objects.requireNonNull(shares.get(visit))));
            } finally {
                ended.run();
            }
        }

        private void tally(Map<Visit, TimelineMover.Moved> moved) {
            long movedNow = 0;
            for (TimelineMover.Moved outcome : moved.values()) {
                movedNow += outcome.entries();
                bytes += outcome.bytes();
                movedBytes.mark(outcome.bytes());
            }
            entries += movedNow;
            movedEntries.mark(movedNow);
            if (movedNow > 0) {
                await(pace.rest(moved.keySet().iterator().next().timeline(), Math.toIntExact(movedNow)));
            }
        }

        /** What cannot be noted is told by the next pass; it is no reason to fail. */
        void note(LastPass.Outcome outcome) {
            if (dryRun) {
                return;
            }
            Instant now = clock.instant();
            Duration took = now.isBefore(begun) ? Duration.ZERO : Duration.between(begun, now);
            passTimes.update(took);
            try {
                await(passes.note(
                        new LastPass(config.name(), outcome, now, took, due, entries, bytes, expired, failed, lagDays),
                        deadline()));
            } catch (RuntimeException e) {
                LOG.debug("how the pass ended could not be noted", e);
            }
        }

        PassReport report(State state) {
            return new PassReport(state, timelines, due, entries, bytes, expired, failed, plans);
        }
    }

    private <T> T await(CompletableFuture<T> future) {
        Duration limit = config.requestTimeout().multipliedBy(10);
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the scheduler is closed");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer within " + limit, e);
        }
    }

    private Deadline deadline() {
        return Deadline.after(config.requestTimeout());
    }

    /** Ends with the unit under way; what it leaves is finished by the next pass of whoever has the lease. */
    @Override
    public void close() {
        closed = true;
        executor.shutdown();
        try {
            if (!executor.awaitTermination(2, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
            giveBack();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
