package io.tideline.sync.consumer;

import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ListQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineDescription;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.internal.Flow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Back ends that read timelines under a name of their own, each at its own pace: what a consumer polls it processes and
 * commits; what it never committed it gets again. Per timeline in order, at least once. One process at a time should poll
 * as a consumer: two get the same.
 */
public final class Consumers implements AutoCloseable {
    /** The most timelines that one commit may name, and one page may bring. */
    public static final int MAX_TIMELINES = 1000;

    private static final int LISTED = 1000;

    private final SyncPorts ports;
    private final ConsumerConfig config;
    private final Object lock = new Object();
    private final LinkedHashMap<ConsumerId, Known> consumers = new LinkedHashMap<>(16, 0.75f, true);

    private record Known(ConsumerState state, Runnable unlisten) {}

    public Consumers(SyncPorts ports, ConsumerConfig config) {
        this.ports = ports;
        this.config = config;
    }

    /**
     * What comes next; the same again until it is committed. Of a timeline that ends before what was committed nothing comes:
     * the page says so, each time.
     */
    public CompletableFuture<ConsumerPage> poll(ConsumerQuery query, Deadline deadline) {
        if (query.timeline().isPresent()) {
            return page(query, Map.of(query.timeline().get(), 0L), deadline)
                    .thenApply(looked -> new ConsumerPage(looked.batches(), looked.beyondHead(), looked.cut()));
        }
        ConsumerState state = state(query.consumer());
        return ports.feed().barrier(deadline).thenCompose(passed -> pollAll(query, state, deadline));
    }

    /** Looks at what is pending, until there is something to bring or nothing left. */
    private CompletableFuture<ConsumerPage> pollAll(ConsumerQuery query, ConsumerState state, Deadline deadline) {
        List<ConsumerPage> page = new ArrayList<>();
        return Flow.repeat(() -> walk(query, state, deadline).thenCompose(walked -> {
                    Map<TimelineId, Long> picked = state.pick(Math.min(MAX_TIMELINES, query.maxEntries()));
                    return page(query, picked, deadline).thenApply(looked -> {
                        state.settle(looked.done());
                        state.settleBeyondHead(picked.keySet(), looked.beyondHead());
                        boolean more = looked.cut() || state.isWalking() || state.holdsMoreThan(picked.size());
                        if (looked.batches().isEmpty() && more) {
                            return true;
                        }
                        state.postpone(looked.batches().stream()
                                .map(ConsumerBatch::timeline)
                                .toList());
                        page.add(new ConsumerPage(looked.batches(), state.beyondHead(), more));
                        return false;
                    });
                }))
                .thenApply(done -> page.get(0));
    }

    /** Goes on with the walk through all conversations until enough is pending, or it is over. */
    private CompletableFuture<Void> walk(ConsumerQuery query, ConsumerState state, Deadline deadline) {
        return Flow.repeat(() -> {
            Optional<ConsumerState.Walk> part = state.walk(query.maxEntries());
            return part.isEmpty()
                    ? CompletableFuture.completedFuture(false)
                    : walk(query.consumer(), state, part.get(), deadline).thenApply(done -> true);
        });
    }

    private CompletableFuture<Void> walk(
            ConsumerId consumer, ConsumerState state, ConsumerState.Walk part, Deadline deadline) {
        @Nullable TimelineId after = part.after().orElse(null);
        ListQuery list = new ListQuery(consumer.app(), TimelineFamily.CONVERSATION, after, LISTED);
        return ports.directory().list(list, deadline).thenCompose(listing -> {
            List<TimelineDescription> found = listing.timelines();
            List<TimelineId> ids =
                    found.stream().map(TimelineDescription::timeline).toList();
            return checkpoints(consumer, ids, deadline).thenAccept(checkpoints -> {
                Map<TimelineId, Long> seen = new LinkedHashMap<>();
                for (TimelineDescription one : found) {
                    long last = one.head().last().value();
                    // One that has gone back has to be looked at, too, so that it is told.
                    boolean moved = last != checkpoints.getOrDefault(one.timeline(), 0L);
                    seen.put(one.timeline(), moved ? last : ConsumerState.NOTHING_NEW);
                }
                state.walked(part, seen, listing.complete());
            });
        });
    }

    /**
     * What was found.
     *
     * @param ranges what is to be read
     * @param done timelines that the consumer has wholly, and up to where
     * @param cut whether something was left out
     */
    private record Heads(
            List<Range> ranges, Map<TimelineId, Long> done, List<ConsumerBeyondHead> beyondHead, boolean cut) {}

    /** The same, read. */
    private record Looked(
            List<ConsumerBatch> batches,
            Map<TimelineId, Long> done,
            List<ConsumerBeyondHead> beyondHead,
            boolean cut) {}

    private record Range(TimelineId timeline, long from, long head, int share) {}

    private CompletableFuture<Looked> page(ConsumerQuery query, Map<TimelineId, Long> picked, Deadline deadline) {
        List<HeadQuery> queries = new ArrayList<>();
        picked.forEach((timeline, last) -> queries.add(new HeadQuery(timeline, SequenceId.of(last))));
        List<TimelineId> timelines = List.copyOf(picked.keySet());
        return Flow.combine(
                ports.store().heads(queries, deadline),
                checkpoints(query.consumer(), timelines, deadline),
                (heads, checkpoints) -> lookAgain(timelines, heads, checkpoints, deadline)
                        .thenCompose(sure ->
                                read(query, ranges(timelines, sure, checkpoints, query.maxEntries()), deadline)));
    }

    /** A checkpoint beyond a head may have been raised since the head was read, by another process of this consumer. */
    private CompletableFuture<Map<TimelineId, Head>> lookAgain(
            List<TimelineId> timelines,
            Map<TimelineId, Head> heads,
            Map<TimelineId, Long> checkpoints,
            Deadline deadline) {
        List<HeadQuery> beyond = timelines.stream()
                .filter(timeline -> checkpoints.getOrDefault(timeline, 0L)
                        > heads.getOrDefault(timeline, Head.EMPTY).last().value())
                .map(HeadQuery::of)
                .toList();
        if (beyond.isEmpty()) {
            return CompletableFuture.completedFuture(heads);
        }
        return ports.store().heads(beyond, deadline).thenApply(again -> {
            Map<TimelineId, Head> sure = new HashMap<>(heads);
            sure.putAll(again);
            return sure;
        });
    }

    private static Heads ranges(
            List<TimelineId> timelines,
            Map<TimelineId, Head> heads,
            Map<TimelineId, Long> checkpoints,
            int maxEntries) {
        List<Range> ranges = new ArrayList<>();
        Map<TimelineId, Long> done = new HashMap<>();
        List<ConsumerBeyondHead> beyondHead = new ArrayList<>();
        int left = maxEntries;
        boolean cut = false;
        for (TimelineId timeline : timelines) {
            SequenceId head = heads.getOrDefault(timeline, Head.EMPTY).last();
            SequenceId committed = SequenceId.of(checkpoints.getOrDefault(timeline, 0L));
            long behind = head.value() - committed.value();
            int share = (int) Math.min(left, Math.max(0, behind));
            cut |= share < behind;
            left -= share;
            if (behind < 0) {
                beyondHead.add(new ConsumerBeyondHead(timeline, committed, head));
            } else if (behind == 0) {
                done.put(timeline, head.value());
            } else if (share > 0) {
                ranges.add(new Range(timeline, committed.value() + 1, head.value(), share));
            }
        }
        return new Heads(ranges, done, beyondHead, cut);
    }

    /** Some timelines at a time, so that little more is read than a page holds. */
    private CompletableFuture<Looked> read(ConsumerQuery query, Heads heads, Deadline deadline) {
        Filling filling = new Filling(query.maxBytes());
        return Flow.repeatOver(heads.ranges(), config.readsInFlight(), some -> {
                    if (filling.full) {
                        return CompletableFuture.completedFuture(null);
                    }
                    // One that has more than its share goes on with the next page.
                    int share = Math.max(1, filling.left() / some.size());
                    return Flow.map(some, config.readsInFlight(), range -> read(range, share, deadline))
                            .thenAccept(filling::add);
                })
                .thenApply(read -> {
                    boolean partly = filling.batches.stream()
                            .anyMatch(batch -> batch.head().isAfter(batch.through()));
                    return new Looked(
                            filling.batches, heads.done(), heads.beyondHead(), heads.cut() || filling.full || partly);
                });
    }

    /** The batches of a page. Written by one round of reads after the other. */
    private static final class Filling {
        private final List<ConsumerBatch> batches = new ArrayList<>();
        private final int maxBytes;
        private long bytes;
        /** Whether something was read, or might have been, that has no place. */
        private boolean full;

        Filling(int maxBytes) {
            this.maxBytes = maxBytes;
        }

        int left() {
            return (int) Math.max(0, maxBytes - bytes);
        }

        void add(List<ConsumerBatch> read) {
            for (ConsumerBatch batch : read) {
                long more = batch.entries().stream()
                        .mapToLong(entry -> entry.payload().size())
                        .sum();
                full |= !batches.isEmpty() && bytes + more > maxBytes;
                if (full) {
                    return;
                }
                bytes += more;
                batches.add(batch);
            }
        }
    }

    private CompletableFuture<ConsumerBatch> read(Range range, int maxBytes, Deadline deadline) {
        ReadQuery read = new ReadQuery(
                range.timeline(),
                SequenceId.of(range.from()),
                SequenceId.of(range.head()),
                Direction.FORWARD,
                range.share(),
                maxBytes,
                SequenceId.of(range.head()));
        return ports.store()
                .read(read, deadline)
                .thenApply(page -> new ConsumerBatch(
                        range.timeline(),
                        page.entries(),
                        page.gaps(),
                        page.next().plus(-1),
                        SequenceId.of(range.head())));
    }

    /**
     * Raises checkpoints, all of them or none.
     *
     * @param through per timeline the last seq that is processed, at most {@value #MAX_TIMELINES}
     */
    public CompletableFuture<CommitOutcome> commit(
            ConsumerId consumer, Map<TimelineId, SequenceId> through, Deadline deadline) {
        if (through.size() > MAX_TIMELINES) {
            throw new IllegalArgumentException(
                    "through: " + through.size() + " timelines (expected: 0.." + MAX_TIMELINES + ")");
        }
        List<HeadQuery> queries = through.keySet().stream().map(HeadQuery::of).toList();
        return ports.store().heads(queries, deadline).thenCompose(heads -> {
            List<TimelineRecord> records = new ArrayList<>();
            Map<TimelineId, Long> done = new HashMap<>();
            for (Map.Entry<TimelineId, SequenceId> entry : through.entrySet()) {
                SequenceId head = heads.getOrDefault(entry.getKey(), Head.EMPTY).last();
                if (entry.getValue().isAfter(head)) {
                    return CompletableFuture.completedFuture(new CommitOutcome.BeyondHead(entry.getKey(), head));
                }
                if (!entry.getValue().isNone()) {
                    RecordKey key = key(consumer, entry.getKey());
                    records.add(new TimelineRecord(key, entry.getValue().value(), Payload.EMPTY));
                    done.put(entry.getKey(), entry.getValue().value());
                }
            }
            return ports.records().raise(records, deadline).thenApply(raised -> {
                settle(consumer, done);
                return new CommitOutcome.Committed();
            });
        });
    }

    /** How far the consumer has committed each of these; timelines of which it never did are absent. */
    public CompletableFuture<Map<TimelineId, SequenceId>> committed(
            ConsumerId consumer, List<TimelineId> timelines, Deadline deadline) {
        return checkpoints(consumer, timelines, deadline).thenApply(found -> {
            Map<TimelineId, SequenceId> committed = new HashMap<>();
            found.forEach((timeline, seq) -> committed.put(timeline, SequenceId.of(seq)));
            return committed;
        });
    }

    private CompletableFuture<Map<TimelineId, Long>> checkpoints(
            ConsumerId consumer, List<TimelineId> timelines, Deadline deadline) {
        List<RecordKey> keys =
                timelines.stream().map(timeline -> key(consumer, timeline)).toList();
        return ports.records().get(keys, deadline).thenApply(found -> {
            Map<TimelineId, Long> checkpoints = new HashMap<>();
            for (TimelineId timeline : timelines) {
                @Nullable TimelineRecord record = found.get(key(consumer, timeline));
                if (record != null) {
                    checkpoints.put(timeline, record.version());
                }
            }
            return checkpoints;
        });
    }

    /** A conversation's name alone; a timeline of another family has the family's code before its name. */
    private static RecordKey key(ConsumerId consumer, TimelineId timeline) {
        KeyPart name = KeyPart.of(timeline.name());
        return timeline.family() == TimelineFamily.CONVERSATION
                ? RecordKey.of(consumer.registry(), RecordKind.CONSUMER_CHECKPOINT, name)
                : RecordKey.of(
                        consumer.registry(),
                        RecordKind.CONSUMER_CHECKPOINT,
                        KeyPart.of(timeline.family().code()),
                        name);
    }

    private void settle(ConsumerId consumer, Map<TimelineId, Long> done) {
        @Nullable Known known;
        synchronized (lock) {
            known = consumers.get(consumer);
        }
        if (known != null) {
            known.state().settle(done);
        }
    }

    /** The consumer's state. It listens before it looks, so that nothing moves unheard in between. */
    private ConsumerState state(ConsumerId consumer) {
        synchronized (lock) {
            @Nullable Known known = consumers.get(consumer);
            if (known != null) {
                return known.state();
            }
        }
        List<Runnable> dropped = new ArrayList<>();
        ConsumerState made = new ConsumerState(consumer.app(), config.maxPending());
        Runnable unlisten = ports.feed().listen(made);
        ConsumerState state;
        synchronized (lock) {
            @Nullable Known known = consumers.get(consumer);
            if (known == null) {
                consumers.put(consumer, new Known(made, unlisten));
                state = made;
                if (consumers.size() > config.maxConsumers()) {
                    ConsumerId eldest = consumers.keySet().iterator().next();
                    @Nullable Known removed = consumers.remove(eldest);
                    if (removed != null) {
                        dropped.add(removed.unlisten());
                    }
                }
            } else {
                state = known.state();
                dropped.add(unlisten);
            }
        }
        dropped.forEach(Runnable::run);
        return state;
    }

    /** Stops listening. */
    @Override
    public void close() {
        List<Known> all;
        synchronized (lock) {
            all = List.copyOf(consumers.values());
            consumers.clear();
        }
        all.forEach(known -> known.unlisten().run());
    }
}
