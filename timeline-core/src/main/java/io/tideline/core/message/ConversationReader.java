package io.tideline.core.message;

import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserId;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads conversations as a user sees them: cut to what the membership may see, with edits, recalls, deletions and reactions
 * applied, and with what the user has hidden.
 *
 * <p>One read of entries, then one round of record reads over the seqs that it found. A change that is committed between
 * the two is already applied, and its event comes later: showing it twice changes nothing. Futures fail and complete as
 * those of the stores.
 */
public final class ConversationReader {
    /** Sees every seq. */
    private static final Membership ALL_SEEING =
            new Membership(new UserId("-"), Role.OWNER, SequenceId.FIRST, 0, SequenceId.FIRST, SequenceId.NONE, 1);

    private final TimelineStore store;
    private final RecordStore records;
    private final MessageDecoder decoder;

    public ConversationReader(TimelineStore store, RecordStore records, MessageDecoder decoder) {
        this.store = store;
        this.records = records;
        this.decoder = decoder;
    }

    /**
     * Reads one page of a conversation.
     *
     * @param query of the conversation's timeline
     * @param membership present or former, of whom it is read for
     */
    public CompletableFuture<ConversationPage> read(ReadQuery query, Membership membership, Deadline deadline) {
        return read(
                query,
                membership,
                visible -> store.read(visible, deadline).thenApply(Read::of),
                page -> Wanted.ALL,
                deadline);
    }

    /**
     * Reads the next page for a device that goes through the conversation in order and will be given all that follows, too.
     * Where the page reaches the head, whatever became of its messages up to now is an entry of the page itself: without
     * such an entry no record is looked for.
     *
     * @param query forward, its floor being the conversation's head, read after the device asked
     * @param mayHaveHidden whether the user's personal timeline has anything: it tells of all that he has hidden
     */
    public CompletableFuture<ConversationPage> readOn(
            ReadQuery query, Membership membership, boolean mayHaveHidden, Deadline deadline) {
        if (query.direction() != Direction.FORWARD) {
            throw new IllegalArgumentException("direction: " + query.direction() + " (expected: FORWARD)");
        }
        return read(
                query,
                membership,
                visible -> readBefore(visible, deadline),
                page -> new Wanted(!reaches(query.floor(), page), mayHaveHidden),
                deadline);
    }

    /**
     * A page, and the entry before it where that was read, too.
     *
     * @param before tells whether the page's first entry counts
     */
    private record Read(TimelinePage page, Optional<Entry> before) {
        static Read of(TimelinePage page) {
            return new Read(page, Optional.empty());
        }

        /** Running counts of what stands before entries of the page. */
        void addCounts(ViewMerge merge) {
            before.ifPresent(merge::addCount);
            page.gaps().forEach(merge::addCount);
        }
    }

    /** With the entry before it, by one request; when that one is gone, or leaves room for no other, without it. */
    private CompletableFuture<Read> readBefore(ReadQuery query, Deadline deadline) {
        SequenceId from = query.from();
        if (!from.isAfter(SequenceId.FIRST) || query.maxEntries() == ReadQuery.MAX_ENTRIES) {
            return store.read(query, deadline).thenApply(Read::of);
        }
        ReadQuery wider = new ReadQuery(
                query.timeline(),
                from.plus(-1),
                query.to(),
                Direction.FORWARD,
                query.maxEntries() + 1,
                query.maxBytes(),
                query.floor());
        return store.read(wider, deadline).thenCompose(page -> {
            List<Entry> entries = page.entries();
            boolean whole = page.gaps().isEmpty()
                    && entries.size() > 1
                    && entries.get(1).seq().equals(from);
            return whole
                    ? CompletableFuture.completedFuture(new Read(
                            new TimelinePage(
                                    entries.subList(1, entries.size()),
                                    List.of(),
                                    page.stop(),
                                    page.next(),
                                    page.last()),
                            Optional.of(entries.get(0))))
                    : store.read(query, deadline).thenApply(Read::of);
        });
    }

    /**
     * Which records may be there.
     *
     * @param changes also when no entry of the page says so
     */
    private record Wanted(boolean changes, boolean hidden) {
        static final Wanted ALL = new Wanted(true, true);
    }

    /** What was erased may have been such an entry. */
    private static boolean reaches(SequenceId head, TimelinePage page) {
        List<Entry> entries = page.entries();
        return !head.isNone()
                && !entries.isEmpty()
                && page.gaps().isEmpty()
                && !head.isAfter(entries.get(entries.size() - 1).seq());
    }

    private CompletableFuture<ConversationPage> read(
            ReadQuery query,
            Membership membership,
            Function<ReadQuery, CompletableFuture<Read>> reading,
            Function<TimelinePage, Wanted> wanted,
            Deadline deadline) {
        requireFamily(query, TimelineFamily.CONVERSATION);
        VisibleRange range = new VisibleRange(query, membership);
        Optional<ConversationPage> unread = range.withoutReading();
        if (unread.isPresent()) {
            return CompletableFuture.completedFuture(unread.get());
        }
        return reading.apply(range.visible()).thenCompose(read -> views(
                        query.timeline(),
                        read,
                        membership,
                        Optional.of(membership.user()),
                        wanted.apply(read.page()),
                        deadline)
                .thenApply(views -> range.complete(read.page(), views)));
    }

    /**
     * Reads one page of a conversation as a back end or an operator may see it: all of it, with edits, recalls, deletions
     * and reactions applied, and nothing that is one user's alone.
     *
     * @param query of the conversation's timeline
     */
    public CompletableFuture<ConversationPage> readAll(ReadQuery query, Deadline deadline) {
        requireFamily(query, TimelineFamily.CONVERSATION);
        return store.read(query, deadline).thenCompose(page -> views(
                        query.timeline(), Read.of(page), ALL_SEEING, Optional.empty(), Wanted.ALL, deadline)
                .thenApply(views -> new ConversationPage(views, page.gaps(), page.stop(), page.next(), page.last())));
    }

    /**
     * Reads one page of a personal timeline: messages for its user alone, each with the conversation's seq that it follows,
     * and {@link ConversationEvent.Hidden} events.
     *
     * @param query of the personal timeline
     */
    public CompletableFuture<ConversationPage> readPersonal(ReadQuery query, Deadline deadline) {
        requireFamily(query, TimelineFamily.PERSONAL);
        CompletableFuture<Read> reading = query.direction() == Direction.FORWARD
                ? readBefore(query, deadline)
                : store.read(query, deadline).thenApply(Read::of);
        return reading.thenCompose(read -> personalViews(query.timeline(), read, deadline)
                .thenApply(views -> new ConversationPage(
                        views,
                        read.page().gaps(),
                        read.page().stop(),
                        read.page().next(),
                        read.page().last())));
    }

    private CompletableFuture<List<MessageView>> personalViews(TimelineId personal, Read read, Deadline deadline) {
        List<Entry> entries = read.page().entries();
        if (entries.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        ViewMerge merge = new ViewMerge(decoder, entries, ALL_SEEING);
        read.addCounts(merge);
        long from = Math.min(
                entries.get(0).seq().value(),
                entries.get(entries.size() - 1).seq().value());
        CompletableFuture<Void> counted = merge.wantsCountBefore(from)
                ? countBefore(personal, from, merge, deadline)
                : CompletableFuture.completedFuture(null);
        return counted.thenApply(done -> merge.personalViews());
    }

    private static void requireFamily(ReadQuery query, TimelineFamily family) {
        if (query.timeline().family() != family) {
            throw new IllegalArgumentException(
                    "timeline: " + query.timeline().family() + " (expected: " + family + ")");
        }
    }

    private CompletableFuture<List<MessageView>> views(
            TimelineId conversation,
            Read read,
            Membership membership,
            Optional<UserId> viewer,
            Wanted wanted,
            Deadline deadline) {
        List<Entry> entries = read.page().entries();
        if (entries.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        long one = entries.get(0).seq().value();
        long other = entries.get(entries.size() - 1).seq().value();
        long from = Math.min(one, other);
        long to = Math.max(one, other);
        ViewMerge merge = new ViewMerge(decoder, entries, membership);
        read.addCounts(merge);
        List<CompletableFuture<Void>> reads = new ArrayList<>();
        if (wanted.changes() || merge.holdsChanges()) {
            reads.add(scan(within(conversation, RecordKind.CHANGE, from, to), merge::addChange, deadline));
            reads.add(scan(within(conversation, RecordKind.REACTION, from, to), merge::addReaction, deadline));
            reads.add(editTargets(conversation, merge, deadline));
        }
        if (viewer.isPresent() && wanted.hidden()) {
            reads.add(scan(hiddenWithin(conversation, viewer.get(), from, to), merge::addHidden, deadline));
        }
        if (merge.wantsCountBefore(from)) {
            reads.add(countBefore(conversation, from, merge, deadline));
        }
        return CompletableFuture.allOf(reads.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> merge.views());
    }

    /** Whether the first one counts, is told by the running count of the entry before it. */
    private CompletableFuture<Void> countBefore(TimelineId timeline, long from, ViewMerge merge, Deadline deadline) {
        SequenceId before = SequenceId.of(from - 1);
        ReadQuery query = new ReadQuery(
                timeline, before, before, Direction.FORWARD, 1, ReadQuery.DEFAULT_MAX_BYTES, SequenceId.NONE);
        return store.read(query, deadline).thenAccept(page -> {
            page.entries().forEach(merge::addCount);
            page.gaps().forEach(merge::addCount);
        });
    }

    private static RecordScan within(TimelineId conversation, RecordKind kind, long from, long to) {
        return RecordScan.all(conversation, RecordScan.MAX_ROWS, kind).withNumbers(from, to);
    }

    private static RecordScan hiddenWithin(TimelineId conversation, UserId user, long from, long to) {
        return RecordScan.all(user.inbox(conversation.app()), RecordScan.MAX_ROWS, RecordKind.HIDDEN)
                .withPrefix(KeyPart.of(conversation.name()))
                .withNumbers(from, to);
    }

    /** An edit's event carries the content, so it must be known whether its target, anywhere before, was taken back. */
    private CompletableFuture<Void> editTargets(TimelineId conversation, ViewMerge merge, Deadline deadline) {
        List<RecordKey> keys = merge.editTargets()
                .map(target -> new RecordKey(conversation, RecordKind.CHANGE, MessageChange.takenBackKey(target)))
                .distinct()
                .toList();
        if (keys.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return records.get(keys, deadline).thenAccept(found -> addTakenBack(found, merge));
    }

    private static void addTakenBack(Map<RecordKey, TimelineRecord> found, ViewMerge merge) {
        found.values().forEach(record -> merge.addTakenBack(MessageDecoder.target(record)));
    }

    private CompletableFuture<Void> scan(RecordScan scan, Consumer<TimelineRecord> sink, Deadline deadline) {
        return records.scan(scan, deadline).thenCompose(page -> {
            List<TimelineRecord> found = page.records();
            found.forEach(sink);
            if (page.complete() || found.isEmpty()) {
                return CompletableFuture.completedFuture(null);
            }
            return scan(scan.withAfter(found.get(found.size() - 1).key()), sink, deadline);
        });
    }
}
