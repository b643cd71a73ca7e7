package io.tideline.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tideline.core.check.ContiguityCheck;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Drives a store and its directory on behalf of a test: waits with a limit, hands out names that nobody has used, and
 * remembers every timeline that was written to, so that {@link #verify()} can go through them afterwards. Thread safe.
 */
public final class TimelineProbe {
    /** The longest that anything is waited for; only a broken or hanging store comes near. */
    public static final Duration LIMIT = Duration.ofSeconds(30);

    private static final String RUN = UUID.randomUUID().toString().substring(0, 8);
    private static final AtomicLong NAMES = new AtomicLong();

    private final Supplier<TimelineStore> store;
    private final Supplier<TimelineDirectory> directory;
    private final Set<TimelineId> written = ConcurrentHashMap.newKeySet();

    /** The ports are asked for at every use: a test may put others in their place while it runs. */
    public TimelineProbe(Supplier<TimelineStore> store, Supplier<TimelineDirectory> directory) {
        this.store = store;
        this.directory = directory;
    }

    /** The value of {@code future}, at most {@link #LIMIT} from now; fails the test when it holds a failure. */
    public static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            return fail("future failed", e.getCause());
        } catch (TimeoutException e) {
            return fail("no answer within " + LIMIT, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return fail("interrupted", e);
        }
    }

    /** What {@code future} fails with; fails the test when it holds a value. */
    public static Throwable awaitFailure(CompletableFuture<?> future) {
        return await(future.handle((value, failure) -> failure == null
                ? new AssertionError("expected a failure, got " + value)
                : failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure));
    }

    /** Runs {@code work} with 0 to {@code threads - 1}, each in a thread of its own, and waits for all of them. */
    public static void inParallel(int threads, IntConsumer work) {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            await(CompletableFuture.allOf(IntStream.range(0, threads)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> work.accept(i), executor))
                    .toArray(CompletableFuture<?>[]::new)));
        } finally {
            executor.shutdownNow();
        }
    }

    public static Deadline soon() {
        return Deadline.after(LIMIT);
    }

    /** Entries of {@code sender} named {@code prefix-first} and so on; the text is the name. */
    public static NewEntry[] entries(String sender, String prefix, int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> NewEntry.text(sender, prefix + "-" + i, prefix + "-" + i))
                .toArray(NewEntry[]::new);
    }

    public TimelineStore store() {
        return store.get();
    }

    public TimelineDirectory directory() {
        return directory.get();
    }

    /** An app that nobody has used, not even in an earlier run against the same store. */
    public AppId freshApp() {
        return new AppId("contract-" + RUN + "-" + NAMES.incrementAndGet());
    }

    /** A conversation that nobody has used. */
    public TimelineId fresh() {
        return new TimelineId(
                new AppId("contract-" + RUN), TimelineFamily.CONVERSATION, "timeline-" + NAMES.incrementAndGet());
    }

    /** A fresh conversation that holds {@code count} entries of alice, whose texts are m-1, m-2 and so on. */
    public TimelineId filled(int count) {
        TimelineId timeline = fresh();
        append(timeline, entries("alice", "m", 1, count));
        return timeline;
    }

    /** Begins an append and does not wait for it. */
    public CompletableFuture<AppendOutcome> fire(TimelineId timeline, NewEntry... entries) {
        written.add(timeline);
        return store().append(TimelineAppend.of(timeline, entries), soon());
    }

    /** Appends, with whatever the append brings along and demands. */
    public AppendOutcome tryAppend(TimelineAppend append) {
        written.add(append.timeline());
        return await(store().append(append, soon()));
    }

    public AppendOutcome tryAppend(TimelineId timeline, NewEntry... entries) {
        return await(fire(timeline, entries));
    }

    /** Appends, and fails the test on a conflict. */
    public List<Receipt> append(TimelineId timeline, NewEntry... entries) {
        return receipts(tryAppend(timeline, entries));
    }

    /** The receipts of {@code outcome}; fails the test when it is a conflict. */
    public static List<Receipt> receipts(AppendOutcome outcome) {
        return outcome instanceof AppendOutcome.Appended appended
                ? appended.receipts()
                : fail("expected receipts, got " + outcome);
    }

    public TimelinePage read(ReadQuery query) {
        return await(store().read(query, soon()));
    }

    /** Every entry from seq 1, by as many pages as it takes. */
    public List<Entry> readAll(TimelineId timeline) {
        List<Entry> entries = new ArrayList<>();
        forEachPage(timeline, page -> entries.addAll(page.entries()));
        return entries;
    }

    private void forEachPage(TimelineId timeline, Consumer<TimelinePage> reader) {
        ReadQuery query = ReadQuery.forward(timeline, 1, ReadQuery.MAX_ENTRIES);
        TimelinePage page = read(query);
        reader.accept(page);
        while (page.stop() == TimelinePage.StopReason.PAGE_FULL) {
            assertThat(page.next()).as("a full page goes on").isGreaterThan(query.from());
            query = query.withFrom(page.next());
            page = read(query);
            reader.accept(page);
        }
    }

    public Map<TimelineId, Head> heads(TimelineId... timelines) {
        return await(store().heads(
                        IntStream.range(0, timelines.length)
                                .mapToObj(i -> HeadQuery.of(timelines[i]))
                                .toList(),
                        soon()));
    }

    /** The last seq by the head; {@link SequenceId#NONE} when the store knows no head. */
    public SequenceId last(TimelineId timeline) {
        return heads(timeline).getOrDefault(timeline, Head.EMPTY).last();
    }

    public Optional<TimelineDescription> describe(TimelineId timeline) {
        return await(directory().describe(timeline, SequenceId.NONE, soon()));
    }

    /** Goes through every timeline that was written to; for the end of a test, when no append is under way. */
    public void verify() {
        for (TimelineId timeline : written) {
            ContiguityCheck check = new ContiguityCheck(100_000);
            forEachPage(timeline, check::add);
            SequenceId head = last(timeline);
            ContiguityCheck.Report report = check.finish(head);
            assertThat(report.findings()).as("findings in %s", timeline).isEmpty();
            assertThat(report.last()).as("last row and head of %s", timeline).isEqualTo(head);
        }
    }
}
