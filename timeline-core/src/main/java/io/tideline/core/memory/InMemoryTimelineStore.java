package io.tideline.core.memory;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.DeadlinePassedException;
import io.tideline.core.feed.Change;
import io.tideline.core.feed.ChangeFeed;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.record.MarkedHead;
import io.tideline.core.record.ReadMark;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.AttributesChange;
import io.tideline.core.store.ChangeOutcome;
import io.tideline.core.store.CreateOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ListQuery;
import io.tideline.core.store.ReadMarkStore;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineDescription;
import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.store.TimelineListing;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.tier.ActivityIndex;
import io.tideline.core.tier.TableTier;
import io.tideline.core.tier.TierReader;
import io.tideline.core.tier.TierRouter;
import io.tideline.core.tier.TierState;
import io.tideline.core.tier.WarmTier;
import io.tideline.core.tier.WatermarkStore;
import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Timelines in memory: the reference model that tests compare real stores with, and a stand-in for them.
 *
 * <p>One lock around everything; futures are complete when they are returned.
 */
public final class InMemoryTimelineStore
        implements TimelineStore,
                TimelineDirectory,
                RecordStore,
                ReadMarkStore,
                ChangeFeed,
                WatermarkStore,
                ActivityIndex {
    private static final int READ_ATTEMPTS = 3;

    /** Any stable order will do; this one needs no hash. */
    static final Comparator<TimelineId> ORDER = Comparator.comparing(
                    (TimelineId id) -> id.app().value())
            .thenComparing(TimelineId::family)
            .thenComparing(TimelineId::name);

    private final InstantSource clock;
    private final Duration dedupeWindow;
    private final SortedMap<TimelineId, InMemoryTimeline> timelines = new TreeMap<>(ORDER);
    private final InMemoryRecords records = new InMemoryRecords();
    private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
    private volatile TierReader cold = TierReader.empty();

    /** @param dedupeWindow how long a client message id is remembered */
    public InMemoryTimelineStore(InstantSource clock, Duration dedupeWindow) {
        this.clock = clock;
        this.dedupeWindow = dedupeWindow;
    }

    @Override
    public synchronized CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
        if (deadline.hasPassed()) {
            return CompletableFuture.failedFuture(
                    new DeadlinePassedException("deadline passed before the append began", Map.of(), null));
        }
        InMemoryTimeline timeline = timelines.computeIfAbsent(append.timeline(), this::newTimeline);
        AppendOutcome outcome = timeline.append(append, records, clock.instant());
        if (outcome instanceof AppendOutcome.Appended) {
            List<Change> changes =
                    List.of(new Change(append.timeline(), timeline.head().last()));
            listeners.forEach(listener -> listener.changed(changes));
        }
        return CompletableFuture.completedFuture(outcome);
    }

    private InMemoryTimeline newTimeline(TimelineId id) {
        return new InMemoryTimeline(id.family(), dedupeWindow);
    }

    /** Which reader serves what is up to the cold watermark; without one, nothing is there. */
    public void archive(TierReader reader) {
        cold = reader;
    }

    @Override
    public CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline) {
        return attempt(query, deadline, 0);
    }

    private CompletableFuture<TimelinePage> attempt(ReadQuery query, Deadline deadline, int attempt) {
        TierRouter router = new TierRouter(hot(), warm(), cold);
        return router.read(query, head(query.timeline()), deadline).thenCompose(page -> {
            if (page.isPresent()) {
                return CompletableFuture.completedFuture(page.get());
            }
            return attempt < READ_ATTEMPTS
                    ? attempt(query, deadline, attempt + 1)
                    : CompletableFuture.failedFuture(new CorruptDataException(
                            "entries are missing and nothing explains it",
                            Map.of("timeline", query.timeline().toString()),
                            null));
        });
    }

    private synchronized Head head(TimelineId id) {
        @Nullable InMemoryTimeline timeline = timelines.get(id);
        return timeline == null ? Head.EMPTY : timeline.head();
    }

    /** The hot tier, for those who move entries. */
    public TableTier hot() {
        return new InMemoryTableTier(this, InMemoryTimeline::hot);
    }

    /** The warm tier. */
    public WarmTier warm() {
        return new InMemoryWarmTier(this);
    }

    /** Runs {@code work} on a timeline, which need not exist, under the lock. */
    synchronized <T> T locked(TimelineId id, Function<InMemoryTimeline, T> work) {
        @Nullable InMemoryTimeline timeline = timelines.get(id);
        return work.apply(timeline == null ? newTimeline(id) : timeline);
    }

    /** The same where a timeline comes into being by it. */
    synchronized <T> T lockedExisting(TimelineId id, Function<InMemoryTimeline, T> work) {
        return work.apply(timelines.computeIfAbsent(id, made -> new InMemoryTimeline(made.family(), dedupeWindow)));
    }

    @Override
    public CompletableFuture<TierState> state(TimelineId timeline, Deadline deadline) {
        return CompletableFuture.completedFuture(locked(timeline, InMemoryTimeline::state));
    }

    @Override
    public CompletableFuture<Boolean> replace(
            TimelineId timeline, TierState expected, TierState next, Deadline deadline) {
        if (next.epoch() != expected.epoch() + 1) {
            throw new IllegalArgumentException(
                    "epoch: " + next.epoch() + " (expected: " + (expected.epoch() + 1) + ")");
        }
        return CompletableFuture.completedFuture(lockedExisting(timeline, found -> found.replace(expected, next)));
    }

    @Override
    public synchronized CompletableFuture<ActivityPage> through(
            LocalDate day, Optional<Activity> after, int max, Deadline deadline) {
        if (max < 1 || max > ActivityIndex.MAX_PAGE) {
            throw new IllegalArgumentException("max: " + max + " (expected: 1.." + ActivityIndex.MAX_PAGE + ")");
        }
        Comparator<Activity> order =
                Comparator.comparing(Activity::timeline, ORDER).thenComparing(Activity::day);
        List<Activity> found = timelines.entrySet().stream()
                .flatMap(e -> e.getValue().activity().stream().map(d -> new Activity(e.getKey(), d)))
                .filter(activity -> !activity.day().isAfter(day))
                .filter(activity ->
                        after.map(a -> order.compare(activity, a) > 0).orElse(true))
                .limit(max + 1L)
                .toList();
        boolean complete = found.size() <= max;
        List<Activity> page = complete ? found : found.subList(0, max);
        return CompletableFuture.completedFuture(
                new ActivityPage(page, complete ? Optional.empty() : Optional.of(page.get(max - 1))));
    }

    @Override
    public CompletableFuture<Void> settle(TimelineId timeline, LocalDate day, Deadline deadline) {
        locked(timeline, found -> found.settle(day));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline) {
        checkCount("queries", queries.size(), MAX_HEADS);
        Map<TimelineId, Head> heads = new HashMap<>();
        for (HeadQuery query : queries) {
            @Nullable InMemoryTimeline timeline = timelines.get(query.timeline());
            if (timeline != null && !timeline.head().last().isNone()) {
                heads.put(query.timeline(), timeline.head());
            }
        }
        return CompletableFuture.completedFuture(heads);
    }

    @Override
    public synchronized CompletableFuture<Void> raiseMarks(List<ReadMark> marks, Deadline deadline) {
        for (ReadMark mark : marks) {
            timelines
                    .computeIfAbsent(mark.timeline(), this::newTimeline)
                    .mark(mark.reader(), mark.through(), mark.counted());
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletableFuture<Map<TimelineId, MarkedHead>> markedHeads(
            String reader, List<HeadQuery> queries, Deadline deadline) {
        checkCount("queries", queries.size(), MAX_HEADS);
        Map<TimelineId, MarkedHead> heads = new HashMap<>();
        for (HeadQuery query : queries) {
            @Nullable InMemoryTimeline timeline = timelines.get(query.timeline());
            if (timeline != null && !timeline.head().last().isNone()) {
                heads.put(query.timeline(), timeline.markedHead(reader));
            }
        }
        return CompletableFuture.completedFuture(heads);
    }

    @Override
    public synchronized CompletableFuture<MarkPage> marks(
            TimelineId timeline, Optional<String> after, int maxMarks, Deadline deadline) {
        checkPage("maxMarks", maxMarks);
        @Nullable InMemoryTimeline found = timelines.get(timeline);
        List<ReadMark> marks = found == null
                ? List.of()
                : found.marks().entrySet().stream()
                        .filter(e -> after.map(a -> e.getKey().compareTo(a) > 0).orElse(true))
                        .limit(maxMarks + 1L)
                        .map(e -> new ReadMark(
                                timeline,
                                e.getKey(),
                                e.getValue().through(),
                                e.getValue().counted()))
                        .toList();
        boolean complete = marks.size() <= maxMarks;
        return CompletableFuture.completedFuture(new MarkPage(complete ? marks : marks.subList(0, maxMarks), complete));
    }

    @Override
    public synchronized CompletableFuture<Void> raise(List<TimelineRecord> toRaise, Deadline deadline) {
        checkCount("records", toRaise.size(), MAX_RECORDS);
        toRaise.forEach(record -> record.key().kind().requireNotAttachedOnly());
        toRaise.forEach(records::raise);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletableFuture<Boolean> replace(
            TimelineRecord next, long expectedVersion, Deadline deadline) {
        next.key().kind().requireNotAttachedOnly();
        if (next.version() <= expectedVersion) {
            throw new IllegalArgumentException(
                    "version: " + next.version() + " (expected: above " + expectedVersion + ")");
        }
        long stored = records.find(next.key()).map(TimelineRecord::version).orElse(0L);
        if (stored == expectedVersion) {
            records.raise(next);
        }
        return CompletableFuture.completedFuture(stored == expectedVersion);
    }

    @Override
    public synchronized CompletableFuture<Map<RecordKey, TimelineRecord>> get(List<RecordKey> keys, Deadline deadline) {
        checkCount("keys", keys.size(), MAX_RECORDS);
        Map<RecordKey, TimelineRecord> found = new HashMap<>();
        keys.forEach(key -> records.find(key).ifPresent(record -> found.put(key, record)));
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public synchronized CompletableFuture<RecordPage> scan(RecordScan scan, Deadline deadline) {
        return CompletableFuture.completedFuture(records.scan(scan));
    }

    @Override
    public synchronized CompletableFuture<RecordPage> scanAll(
            RecordKind kind, Optional<RecordKey> after, int maxRows, Deadline deadline) {
        if (!kind.liesApart()) {
            throw new IllegalArgumentException("kind: " + kind + " (expected: one that lies apart)");
        }
        checkPage("maxRows", maxRows);
        return CompletableFuture.completedFuture(records.scanAll(kind, after, maxRows));
    }

    @Override
    public synchronized CompletableFuture<Void> remove(List<RecordKey> keys, long throughVersion, Deadline deadline) {
        checkCount("keys", keys.size(), MAX_RECORDS);
        keys.forEach(key -> key.kind().requireNotAttachedOnly());
        keys.forEach(key -> records.remove(key, throughVersion));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Runnable listen(ChangeListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Listeners hear of a move before the append is answered. */
    @Override
    public CompletableFuture<Void> barrier(Deadline deadline) {
        return CompletableFuture.completedFuture(null);
    }

    private static void checkPage(String what, int most) {
        if (most < 1 || most > RecordScan.MAX_ROWS) {
            throw new IllegalArgumentException(what + ": " + most + " (expected: 1.." + RecordScan.MAX_ROWS + ")");
        }
    }

    private static void checkCount(String what, int count, int most) {
        if (count > most) {
            throw new IllegalArgumentException(what + ": " + count + " (expected: 0.." + most + ")");
        }
    }

    @Override
    public synchronized CompletableFuture<CreateOutcome> create(
            TimelineId id, Attributes attributes, Deadline deadline) {
        @Nullable InMemoryTimeline existing = timelines.get(id);
        if (existing != null) {
            return CompletableFuture.completedFuture(new CreateOutcome.AlreadyExists(existing.describe(id)));
        }
        InMemoryTimeline created = newTimeline(id);
        created.setAttributes(attributes.values());
        timelines.put(id, created);
        return CompletableFuture.completedFuture(new CreateOutcome.Created(created.describe(id)));
    }

    @Override
    public synchronized CompletableFuture<Optional<TimelineDescription>> describe(
            TimelineId id, SequenceId floor, Deadline deadline) {
        return CompletableFuture.completedFuture(
                Optional.ofNullable(timelines.get(id)).map(timeline -> timeline.describe(id)));
    }

    @Override
    public synchronized CompletableFuture<ChangeOutcome> change(AttributesChange change, Deadline deadline) {
        @Nullable InMemoryTimeline timeline = timelines.get(change.timeline());
        if (timeline == null) {
            return CompletableFuture.completedFuture(new ChangeOutcome.NoSuchTimeline());
        }
        ChangeOutcome outcome = change.applyTo(timeline.describe(change.timeline()));
        if (outcome instanceof ChangeOutcome.Changed changed) {
            timeline.setAttributes(changed.description().attributes().values());
        }
        return CompletableFuture.completedFuture(outcome);
    }

    @Override
    public synchronized CompletableFuture<TimelineListing> list(ListQuery query, Deadline deadline) {
        List<TimelineDescription> found = timelines.entrySet().stream()
                .filter(e -> e.getKey().app().equals(query.app()) && e.getKey().family() == query.family())
                .filter(e ->
                        query.start().map(s -> ORDER.compare(e.getKey(), s) > 0).orElse(true))
                .limit(query.limit() + 1L)
                .map(e -> e.getValue().describe(e.getKey()))
                .toList();
        boolean complete = found.size() <= query.limit();
        return CompletableFuture.completedFuture(
                new TimelineListing(complete ? found : found.subList(0, query.limit()), complete));
    }
}
