package io.tideline.store.history;

import io.tideline.core.message.ConversationPage;
import io.tideline.core.message.ConversationReader;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import io.tideline.store.StorePorts;
import io.tideline.store.internal.Calls;
import io.tideline.store.message.HistoryQuery;
import io.tideline.store.message.HistoryReader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * History besides its pages, which {@link HistoryReader} makes for users and this for back ends: single messages, what
 * stands around one, where a time is, and how much a range holds. Reads a few entries for each, whatever tier they are in.
 *
 * <p>Futures fail and complete as those of {@link io.tideline.core.store.TimelineStore}. Refusals of every method:
 * CONVERSATION_NOT_FOUND, NOT_MEMBER.
 */
public final class HistoryService {
    /** The most messages that one call asks for, by seq or by id. */
    public static final int MAX_MESSAGES = 100;

    /** The most entries on each side of a message. */
    public static final int MAX_CONTEXT = 500;

    private final HistoryReader reader;
    private final ConversationReader all;
    private final EntrySearch search;
    private final VisibleSpans spans;
    private final MessagesBySeq bySeq;
    private final MessageIdSearch byId;

    public HistoryService(StorePorts ports) {
        this.reader = new HistoryReader(ports);
        this.all = new ConversationReader(ports.timelines(), ports.records(), new MessageCodec());
        this.search = new EntrySearch(ports.timelines());
        this.spans = new VisibleSpans(ports);
        this.bySeq = new MessagesBySeq(this::page);
        this.byId = new MessageIdSearch(ports.timelines(), search);
    }

    /** One page, for a user as {@link HistoryReader} makes it, for a back end of all that there is. */
    public CompletableFuture<Outcome<ConversationPage>> page(HistoryScope scope, ReadQuery query, Deadline deadline) {
        if (scope.viewer().isPresent()) {
            HistoryQuery users = new HistoryQuery(
                    scope.app(),
                    scope.conversation(),
                    scope.viewer().get(),
                    query.from(),
                    query.to(),
                    query.direction(),
                    query.maxEntries(),
                    query.maxBytes(),
                    query.floor());
            return reader.read(users, deadline);
        }
        return spans.find(scope, deadline)
                .thenCompose(
                        found -> found.then(span -> all.readAll(query, deadline).thenApply(Outcome::done)));
    }

    /**
     * Messages by their seqs.
     *
     * @param seqs 1 to {@value #MAX_MESSAGES}, in any order
     */
    public CompletableFuture<Outcome<FoundMessages>> messages(
            HistoryScope scope, List<SequenceId> seqs, Deadline deadline) {
        checkCount("seqs", seqs.size());
        return Calls.guarded(() -> spans.find(scope, deadline)
                .thenCompose(found -> found.then(span -> bySeq.read(scope, span, seqs, List.of(), deadline))));
    }

    /**
     * Messages by their ids. Ids are roughly in the order of seqs, so each is looked for by halving and then among at most
     * {@value MessageIdSearch#MAX_SCANNED} entries; in a conversation busier than that an id may be answered as unknown.
     *
     * @param ids 1 to {@value #MAX_MESSAGES}
     */
    public CompletableFuture<Outcome<FoundMessages>> messagesById(
            HistoryScope scope, List<MessageId> ids, Deadline deadline) {
        checkCount("ids", ids.size());
        return Calls.guarded(() -> spans.find(scope, deadline)
                .thenCompose(found -> found.then(span -> byId.find(scope.timeline(), span, ids, deadline)
                        .thenCompose(
                                located -> bySeq.read(scope, span, located.seqs(), located.unknown(), deadline)))));
    }

    private static void checkCount(String what, int count) {
        if (count < 1 || count > MAX_MESSAGES) {
            throw new IllegalArgumentException(what + ": " + count + " (expected: 1.." + MAX_MESSAGES + ")");
        }
    }

    /**
     * A message, or what is left of it, with its neighbours.
     *
     * <p>Refusals: also SEQUENCE_BEYOND_HEAD.
     *
     * @param before entries and the message itself are in one page: 0 to {@value #MAX_CONTEXT}
     * @param after 0 to {@value #MAX_CONTEXT}
     */
    public CompletableFuture<Outcome<MessageContext>> context(
            HistoryScope scope, SequenceId seq, int before, int after, Deadline deadline) {
        checkContext("before", before);
        checkContext("after", after);
        ReadQuery back = query(scope.timeline(), seq, Direction.BACKWARD, before + 1);
        ReadQuery forth = query(scope.timeline(), seq.next(), Direction.FORWARD, Math.max(1, after));
        return Calls.guarded(() -> page(scope, back, deadline)
                .thenCompose(read -> read.then(earlier -> {
                    if (earlier.stop() == StopReason.BEYOND_HEAD || seq.isAfter(earlier.last())) {
                        return CompletableFuture.completedFuture(
                                Outcome.refused(Refusal.SEQUENCE_BEYOND_HEAD, "last_seq", earlier.last()));
                    }
                    CompletableFuture<Outcome<ConversationPage>> rest = after == 0
                            ? CompletableFuture.completedFuture(Outcome.done(nothing(earlier, seq)))
                            : page(scope, forth, deadline);
                    return rest.thenApply(outcome -> outcome.map(later -> new MessageContext(earlier, later)));
                })));
    }

    private static ConversationPage nothing(ConversationPage earlier, SequenceId seq) {
        return new ConversationPage(List.of(), List.of(), StopReason.PAGE_FULL, seq.next(), earlier.last());
    }

    private static void checkContext(String what, int count) {
        if (count < 0 || count > MAX_CONTEXT) {
            throw new IllegalArgumentException(what + ": " + count + " (expected: 0.." + MAX_CONTEXT + ")");
        }
    }

    private static ReadQuery query(TimelineId timeline, SequenceId from, Direction direction, int entries) {
        return new ReadQuery(
                timeline, from, SequenceId.NONE, direction, entries, ReadQuery.DEFAULT_MAX_BYTES, SequenceId.NONE);
    }

    /** The first entry at or after a time that can be read and seen; empty when all are from before. */
    public CompletableFuture<Outcome<Optional<Entry>>> seek(HistoryScope scope, Instant time, Deadline deadline) {
        return Calls.guarded(() -> spans.find(scope, deadline)
                .thenCompose(found ->
                        found.then(span -> first(scope, span, time, deadline).thenApply(Outcome::done))));
    }

    private CompletableFuture<Optional<Entry>> first(
            HistoryScope scope, VisibleSpan span, Instant time, Deadline deadline) {
        return search.first(
                scope.timeline(),
                span.first(),
                span.last(),
                entry -> !entry.serverTime().isBefore(time),
                deadline);
    }

    /**
     * How much stands from {@code from} to {@code to}, both included, as far as it may be seen.
     *
     * @param to {@link SequenceId#NONE} for as far as there is
     */
    public CompletableFuture<Outcome<MessageCount>> count(
            HistoryScope scope, SequenceId from, SequenceId to, Deadline deadline) {
        if (!to.isNone() && from.isAfter(to)) {
            throw new IllegalArgumentException("to: " + to + " (expected: not before from " + from + ")");
        }
        return Calls.guarded(() -> spans.find(scope, deadline)
                .thenCompose(found -> found.then(span -> new RangeCount(search, scope.timeline(), deadline)
                        .count(span.within(from, to))
                        .thenApply(Outcome::done))));
    }

    /**
     * How much stands from one time on and before another.
     *
     * @param before empty for as far as there is
     */
    public CompletableFuture<Outcome<MessageCount>> countBetween(
            HistoryScope scope, Instant from, Optional<Instant> before, Deadline deadline) {
        if (before.isPresent() && before.get().isBefore(from)) {
            throw new IllegalArgumentException("before: " + before.get() + " (expected: not before " + from + ")");
        }
        return Calls.guarded(() -> spans.find(scope, deadline)
                .thenCompose(found -> found.then(span -> between(scope, span, from, before, deadline)
                        .thenCompose(part -> new RangeCount(search, scope.timeline(), deadline).count(part))
                        .thenApply(Outcome::done))));
    }

    private CompletableFuture<VisibleSpan> between(
            HistoryScope scope, VisibleSpan span, Instant from, Optional<Instant> before, Deadline deadline) {
        CompletableFuture<Optional<Entry>> end = before.isEmpty()
                ? CompletableFuture.completedFuture(Optional.empty())
                : first(scope, span, before.get(), deadline);
        return first(scope, span, from, deadline).thenCombine(end, (begin, stop) -> {
            if (begin.isEmpty()) {
                return VisibleSpan.EMPTY;
            }
            SequenceId last = stop.map(entry -> entry.seq().plus(-1)).orElse(span.last());
            return span.between(begin.get().seq(), last);
        });
    }
}
