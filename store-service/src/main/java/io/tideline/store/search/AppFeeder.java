package io.tideline.store.search;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.error.DeadlinePassedException;
import io.tideline.core.error.TidelineException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ListQuery;
import io.tideline.core.store.TimelineDescription;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.internal.Calls;
import io.tideline.store.internal.Repetition;
import io.tideline.store.search.FeedState.Pending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one app's index. Steps follow each other: list a page of timelines while the walk goes on, take those that have
 * moved, ask the index how far it has them, read on, apply. A position is stored with what it stands for, so after a crash
 * the index goes on where its last commit was, and what was lost is read again.
 *
 * <p>A step that fails is taken again at the next {@link #tick}; for a timeline that cannot be read no step fails. Erasures take turns with steps ({@link Turns}).
 */
final class AppFeeder {
    private static final Logger LOG = LoggerFactory.getLogger(AppFeeder.class);
    private static final int LISTED = ListQuery.MAX_LIMIT;

    /** Entries that are older when they are read were imported, or come from the walk: their times tell no lag. */
    private static final long LIVE_MILLIS = Duration.ofHours(1).toMillis();

    /** An erasure removes piece by piece: files are rewritten once, so long after the last one. */
    private static final Duration QUIET = Duration.ofSeconds(30);

    private final AppId app;
    private final SearchPorts ports;
    private final SearchConfig config;
    private final SearchMetrics metrics;
    private final LongSupplier ticker;
    private final EntryDigest digest;
    private final FeedState state;
    private final Turns turns = new Turns();
    private final AtomicBoolean running = new AtomicBoolean();
    private final ErasureSweep sweep;
    private volatile boolean closed;
    private volatile boolean failing;
    private volatile @Nullable MessageIndex index;
    private volatile long removedAt;
    private long committedAt;
    private long sweptAt;
    private volatile boolean dirty;
    /** Whether something was applied that cannot be found yet. Used in turns alone. */
    private volatile boolean hidden;

    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean expunging = new AtomicBoolean();

    AppFeeder(AppId app, SearchPorts ports, SearchConfig config, SearchMetrics metrics, LongSupplier ticker) {
        this.app = app;
        this.ports = ports;
        this.config = config;
        this.metrics = metrics;
        this.ticker = ticker;
        this.digest = new EntryDigest(ports.timelines(), ports.records(), config.textKinds());
        this.state = new FeedState(config.maxPending());
        this.sweep = new ErasureSweep(app, ports.records());
        this.committedAt = ticker.getAsLong();
        this.removedAt = committedAt;
        this.sweptAt = committedAt - config.erasureInterval().toNanos();
    }

    FeedState state() {
        return state;
    }

    /** How many documents there are; 0 while the index is not open. */
    long documents() {
        @Nullable MessageIndex open = index;
        return open == null || !open.isUsable() ? 0 : open.documents();
    }

    /** How long the first of those pending has waited; 0 for none. */
    long behindNanos() {
        return state.oldest()
                .map(told -> Math.max(0, ticker.getAsLong() - told))
                .orElse(0L);
    }

    /** The index, opened if need be. In turn. */
    private CompletableFuture<MessageIndex> opened() {
        @Nullable MessageIndex open = index;
        if (open != null && open.isUsable()) {
            return CompletableFuture.completedFuture(open);
        }
        if (open != null) {
            open.close();
            // What it had and had not committed is gone.
            state.lostTrack();
        }
        return ports.indexes().open(app).thenApply(made -> {
            index = made;
            return made;
        });
    }

    /** The index for queries, opened in turn when it is not. */
    CompletableFuture<MessageIndex> index() {
        @Nullable MessageIndex open = index;
        return open != null && open.isUsable() ? CompletableFuture.completedFuture(open) : turns.take(this::opened);
    }

    /** Has the next step begin, unless one is under way or it has to wait for the tick. */
    void due() {
        if (closed || failing || !running.compareAndSet(false, true)) {
            return;
        }
        var unused = Repetition.whileMore(() -> turns.take(this::step)).whenComplete((done, failure) -> {
            running.set(false);
            wake();
            if (failure != null) {
                failed(failure);
            } else if (state.hasWork()) {
                due();
            }
        });
    }

    /** Who waits for what was told up to a time. */
    private record Waiter(long toldBy, CompletableFuture<@Nullable Void> done) {}

    /**
     * Completes when everything that was committed before this call can be found. Fails (deferred) with {@code
     * DeadlinePassedException} when that takes too long, and as the feed's barrier.
     */
    CompletableFuture<@Nullable Void> upToDate(Deadline deadline) {
        return ports.changes().barrier(deadline).thenCompose(passed -> {
            Waiter waiter = new Waiter(ticker.getAsLong(), new CompletableFuture<>());
            waiters.add(waiter);
            due();
            wake();
            return waiter.done()
                    .orTimeout(Math.max(1, deadline.remainingNanos()), TimeUnit.NANOSECONDS)
                    .whenComplete((done, failure) -> waiters.remove(waiter))
                    .exceptionallyCompose(failure -> CompletableFuture.failedFuture(new DeadlinePassedException(
                            "the search index was not up to date in time", Map.of(), failure)));
        });
    }

    private void wake() {
        for (Waiter waiter : waiters) {
            if (state.isSettled(waiter.toldBy())) {
                waiter.done().complete(null);
            }
        }
    }

    private void failed(Throwable failure) {
        failing = true;
        if (!closed) {
            metrics.failure();
            LOG.warn("the search index is not fed now and will be again, app={}", app, failure);
        }
    }

    /** What comes with time: trying again, commits, erasures of other servers. */
    void tick() {
        failing = false;
        state.retry(ticker.getAsLong());
        if (state.hasWork()) {
            due();
        }
        long now = ticker.getAsLong();
        if (dirty && now - committedAt >= config.commitInterval().toNanos()) {
            committedAt = now;
            report("commit", turns.take(() -> opened().thenCompose(this::commit)));
        }
        if (now - sweptAt >= config.erasureInterval().toNanos()) {
            sweptAt = now;
            report("look for erasures", sweep());
        }
    }

    private CompletableFuture<Void> commit(MessageIndex open) {
        dirty = false;
        return open.commit();
    }

    private void report(String what, CompletableFuture<?> work) {
        var unused = work.whenComplete((done, failure) -> {
            if (failure != null && !closed) {
                metrics.failure();
                LOG.warn("the search index could not {}, app={}", what, app, failure);
            }
        });
    }

    private CompletableFuture<Boolean> step() {
        if (closed) {
            return CompletableFuture.completedFuture(false);
        }
        return opened().thenCompose(open -> walk(open).thenCompose(done -> {
            Map<TimelineId, Pending> picked = state.pick(config.timelinesAtOnce());
            return picked.isEmpty()
                    ? CompletableFuture.completedFuture(state.hasWork())
                    : feed(open, picked).thenApply(fed -> state.hasWork());
        }));
    }

    /** Goes on with the walk until enough is pending or it is over. */
    private CompletableFuture<@Nullable Void> walk(MessageIndex open) {
        return Repetition.whileMore(() -> {
            Optional<FeedState.Walk> part = state.walk(config.timelinesAtOnce());
            return part.isEmpty() || closed
                    ? CompletableFuture.completedFuture(false)
                    : walk(open, part.get()).thenApply(done -> true);
        });
    }

    private CompletableFuture<Void> walk(MessageIndex open, FeedState.Walk part) {
        ListQuery list =
                new ListQuery(app, TimelineFamily.CONVERSATION, part.after().orElse(null), LISTED);
        return ports.directory().list(list, deadline()).thenCompose(listing -> {
            List<String> names = listing.timelines().stream()
                    .map(found -> found.timeline().name())
                    .toList();
            return open.positions(names).thenAccept(positions -> {
                Map<TimelineId, Long> seen = new LinkedHashMap<>();
                for (TimelineDescription found : listing.timelines()) {
                    long last = found.head().last().value();
                    boolean lacking =
                            last > positions.getOrDefault(found.timeline().name(), 0L);
                    seen.put(found.timeline(), lacking ? last : 0L);
                }
                state.walked(part, seen, listing.complete());
            });
        });
    }

    private CompletableFuture<Void> feed(MessageIndex open, Map<TimelineId, Pending> picked) {
        List<String> names = picked.keySet().stream().map(TimelineId::name).toList();
        return open.positions(names).thenCompose(positions -> {
            List<CompletableFuture<Optional<EntryDigest.Piece>>> pieces = new ArrayList<>();
            Map<TimelineId, Long> done = new HashMap<>();
            int share = Math.max(1, config.stepBytes() / picked.size());
            picked.forEach((timeline, told) -> {
                long have = positions.getOrDefault(timeline.name(), 0L);
                if (have >= told.last()) {
                    done.put(timeline, have);
                } else {
                    pieces.add(read(timeline, have + 1, told.last(), share));
                }
            });
            return Calls.all(pieces).thenCompose(read -> {
                List<EntryDigest.Piece> all =
                        pieces.stream().flatMap(piece -> piece.join().stream()).toList();
                if (all.isEmpty() && !hidden) {
                    return settled(picked, done, all);
                }
                IndexBatch batch = batch(picked, all);
                return open.apply(batch).thenCompose(applied -> {
                    hidden = !batch.urgent();
                    return settled(picked, done, all);
                });
            });
        });
    }

    /** Empty when the timeline cannot be read and will not be by trying again at once: it is put aside. */
    private CompletableFuture<Optional<EntryDigest.Piece>> read(TimelineId timeline, long from, long to, int maxBytes) {
        return digest.read(timeline, from, to, maxBytes, deadline())
                .thenApply(Optional::of)
                .exceptionallyCompose(failure -> {
                    if (mayPass(failure)) {
                        return CompletableFuture.failedFuture(failure);
                    }
                    LOG.warn(
                            "a conversation cannot be indexed and is left out until it can, timeline={}",
                            timeline,
                            failure);
                    state.putAside(timeline, ticker.getAsLong());
                    return CompletableFuture.completedFuture(Optional.empty());
                });
    }

    private static boolean mayPass(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return !(cause instanceof TidelineException known) || known.retryable();
    }

    private IndexBatch batch(Map<TimelineId, Pending> picked, List<EntryDigest.Piece> pieces) {
        boolean told = pieces.stream().anyMatch(piece -> toldAt(picked, piece.timeline()) != 0);
        Map<String, Long> positions = new HashMap<>();
        pieces.forEach(piece -> positions.put(piece.timeline().name(), piece.through()));
        List<Conversation> conversations =
                pieces.stream().flatMap(piece -> piece.conversation().stream()).toList();
        return new IndexBatch(
                all(pieces, EntryDigest.Piece::messages),
                all(pieces, EntryDigest.Piece::removed),
                conversations,
                all(pieces, EntryDigest.Piece::members),
                positions,
                told || state.size() <= picked.size() && !state.isWalking());
    }

    private static <T> List<T> all(List<EntryDigest.Piece> pieces, Function<EntryDigest.Piece, List<T>> part) {
        return pieces.stream().flatMap(piece -> part.apply(piece).stream()).toList();
    }

    private static long toldAt(Map<TimelineId, Pending> picked, TimelineId timeline) {
        @Nullable Pending pending = picked.get(timeline);
        return pending == null ? 0 : pending.toldAt();
    }

    private CompletableFuture<Void> settled(
            Map<TimelineId, Pending> picked, Map<TimelineId, Long> done, List<EntryDigest.Piece> pieces) {
        dirty |= !pieces.isEmpty();
        for (EntryDigest.Piece piece : pieces) {
            done.put(piece.timeline(), piece.through());
            metrics.indexed(piece.messages().size());
            long told = toldAt(picked, piece.timeline());
            if (told != 0) {
                long sinceTold = (ticker.getAsLong() - told) / 1_000_000;
                long sinceSent = ports.clock().millis() - piece.newest().toEpochMilli();
                metrics.lag(sinceSent < LIVE_MILLIS ? Math.max(sinceTold, sinceSent) : sinceTold);
            }
        }
        state.settle(done, picked);
        wake();
        return CompletableFuture.completedFuture(null);
    }

    /** Takes out what was erased, after the step that is under way. */
    CompletableFuture<Void> remove(IndexRemoval removal) {
        removedAt = ticker.getAsLong();
        return turns.take(() -> opened().thenCompose(open -> open.remove(removal)))
                .thenRun(() -> dirty = true);
    }

    /** Takes out messages that the timelines do not confirm: recalled, erased or expired since. */
    void forget(List<IndexBatch.Place> places) {
        metrics.stale(places.size());
        IndexBatch batch = new IndexBatch(List.of(), places, List.of(), List.of(), Map.of(), false);
        report(
                "drop what is not there any more",
                turns.take(() -> opened().thenCompose(open -> open.apply(batch)))
                        .thenRun(() -> dirty = true));
    }

    /** Takes out what this server or any other has erased, and has the files rewritten when no more of it comes. */
    private CompletableFuture<Void> sweep() {
        return sweep.look(this::remove, deadline()).thenRun(() -> {
            @Nullable MessageIndex open = index;
            boolean quiet = ticker.getAsLong() - removedAt >= QUIET.toNanos();
            if (quiet && open != null && open.isUsable() && open.hasRemains()) {
                expungeBeside(open);
            }
        });
    }

    private void expungeBeside(MessageIndex open) {
        if (expunging.compareAndSet(false, true)) {
            report("rewrite its files", open.expunge().whenComplete((done, failure) -> expunging.set(false)));
        }
    }

    /** Takes out everything erased, rewrites the files, and answers when nothing of it is in them. */
    CompletableFuture<Boolean> purge() {
        return sweep.look(this::remove, deadline())
                .thenCompose(ended -> turns.take(this::opened))
                .thenCompose(open -> open.hasRemains()
                        ? open.expunge().thenApply(done -> !open.hasRemains())
                        : CompletableFuture.completedFuture(true));
    }

    private Deadline deadline() {
        return Deadline.after(config.requestTimeout());
    }

    /** Ends after the step that is under way; the future completes when the index may be closed. */
    CompletableFuture<Void> end() {
        closed = true;
        return turns.take(() -> {
            @Nullable MessageIndex open = index;
            if (open != null) {
                open.close();
            }
            return CompletableFuture.completedFuture(null);
        });
    }
}
