package io.tideline.sync.unread;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.ConversationReader;
import io.tideline.core.message.MessageView;
import io.tideline.core.record.MarkedHead;
import io.tideline.core.record.ReadMark;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.hbase.codec.SyncCodec;
import io.tideline.hbase.codec.SyncCodec.UserSettings;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.internal.Flow;
import io.tideline.sync.unread.ConversationsPage.Listed;
import io.tideline.sync.unread.ConversationsQuery.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * Says what users have not read, and remembers what they have. Nothing is counted up or down: each answer is arithmetic on
 * heads and marks of one look, and the total is the sum of what is listed. So no count can drift, whoever crashes when.
 *
 * <p>A user's list follows changes of membership within the fan-out's lag; what concerns one conversation goes by the
 * membership as it is now. Futures complete on threads of the stores and fail (deferred) as theirs do.
 */
public final class UnreadService {
    private static final int READS_IN_FLIGHT = 16;
    /** So many entries from the end a message is looked for, to be the preview. */
    private static final int PREVIEW_DEPTH = 10;

    private static final Comparator<Position> RECENT_FIRST = Comparator.comparing(Position::lastTime)
            .reversed()
            .thenComparing(position -> position.conversation().value());

    private final SyncPorts ports;
    private final Listing listing;
    private final Recounter recounter;
    private final ReceiptReader receiptReader;
    private final ConversationReader reader;

    public UnreadService(SyncPorts ports) {
        this.ports = ports;
        UnreadCounts counts = new UnreadCounts(ports);
        this.listing = new Listing(ports, counts);
        this.recounter = new Recounter(ports, counts);
        this.receiptReader = new ReceiptReader(ports);
        this.reader = new ConversationReader(ports.store(), ports.records(), new MessageCodec());
    }

    /** All conversations of the user, by one look at their heads (one for each 10,000). */
    public CompletableFuture<UnreadSnapshot> unread(AppId app, UserId user, Deadline deadline) {
        return listing.all(app, user, deadline)
                .thenCompose(all -> listing.count(app, all, deadline))
                .thenApply(UnreadSnapshot::of);
    }

    /** One conversation of the user; empty when he never was in it. */
    public CompletableFuture<Optional<ConversationUnread>> unread(
            AppId app, UserId user, ConversationId conversation, Deadline deadline) {
        return listing.one(app, user, conversation, deadline)
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : listing.count(app, found.get(), deadline).thenApply(Optional::of));
    }

    /**
     * Raises the user's read mark and clears his flag of unread. A mark that is behind the one before comes late and changes
     * nothing, also not the flag, which may have been set since; the same mark again clears it.
     *
     * @param through how far the conversation has been read; {@link SequenceId#NONE} to leave it
     * @param personalThrough how far the personal timeline has been read; {@link SequenceId#NONE} to leave it
     */
    public CompletableFuture<MarkOutcome> markRead(
            AppId app,
            UserId user,
            ConversationId conversation,
            SequenceId through,
            SequenceId personalThrough,
            Deadline deadline) {
        return listing.one(app, user, conversation, deadline).thenCompose(found -> {
            if (found.isEmpty()) {
                return done(new MarkOutcome.NotInConversation());
            }
            Listing.Listed one = found.get();
            SequenceId head = one.head().head().last();
            SequenceId end =
                    one.membership().isActive() ? head : one.membership().left();
            SequenceId personalHead = one.personalHead().head().last();
            if (through.isAfter(end)) {
                return done(new MarkOutcome.BeyondHead(false, end));
            }
            if (personalThrough.isAfter(personalHead)) {
                return done(new MarkOutcome.BeyondHead(true, personalHead));
            }
            TimelineId timeline = conversation.timeline(app);
            TimelineId personal = conversation.personalTimeline(app, user);
            return mark(timeline, user, through, one.head(), deadline)
                    .thenCombine(
                            mark(personal, user, personalThrough, one.personalHead(), deadline), UnreadService::both)
                    .thenCompose(marks -> marks.isEmpty()
                            ? CompletableFuture.<Void>completedFuture(null)
                            : ports.marks().raiseMarks(marks, deadline))
                    .thenCompose(raised -> {
                        boolean late = isLate(one, through, personalThrough);
                        return set(
                                app,
                                user,
                                conversation,
                                settings -> late ? settings : new UserSettings(settings.muted(), false),
                                deadline);
                    });
        });
    }

    /** The conversation's mark tells, where there is one. */
    private static boolean isLate(Listing.Listed one, SequenceId through, SequenceId personalThrough) {
        return through.isNone()
                ? one.personalHead().readThrough().isAfter(personalThrough)
                : one.head().readThrough().isAfter(through);
    }

    private static CompletableFuture<MarkOutcome> done(MarkOutcome outcome) {
        return CompletableFuture.completedFuture(outcome);
    }

    private static List<ReadMark> both(List<ReadMark> a, List<ReadMark> b) {
        List<ReadMark> both = new ArrayList<>(a);
        both.addAll(b);
        return both;
    }

    /** The mark to be raised; none when it would not be above the present one. */
    private CompletableFuture<List<ReadMark>> mark(
            TimelineId timeline, UserId user, SequenceId through, MarkedHead head, Deadline deadline) {
        if (!through.isAfter(head.readThrough())) {
            return CompletableFuture.completedFuture(List.of());
        }
        return countedAt(timeline, through, head, deadline)
                .thenApply(counted -> List.of(new ReadMark(timeline, user.value(), through, counted)));
    }

    /**
     * The running count at a seq, which also an erased entry keeps. Of one that has expired it is that of the last one that
     * has, as far as so many can have counted: nothing up to there counts any more. Where nobody knows even that, it is the
     * one before the first entry there is; whether that one is a notice nobody knows either, it is then taken for one that
     * counts.
     */
    private CompletableFuture<Long> countedAt(TimelineId timeline, SequenceId seq, MarkedHead head, Deadline deadline) {
        if (seq.equals(head.head().last())) {
            return CompletableFuture.completedFuture(head.head().counted());
        }
        ReadQuery query = ReadQuery.forward(timeline, seq.value(), 1)
                .withFloor(head.head().last());
        return ports.store().read(query, deadline).thenApply(page -> Math.min(seq.value(), counted(page, seq, head)));
    }

    private static long counted(TimelinePage page, SequenceId seq, MarkedHead head) {
        Optional<Gap> gone = page.gaps().stream()
                .filter(gap -> gap.isCounted()
                        && (gap.type() == Gap.Type.EXPIRED || gap.to().equals(seq)))
                .findFirst();
        if (gone.isPresent()) {
            return gone.get().counted();
        }
        if (page.entries().isEmpty()) {
            return head.head().counted();
        }
        Entry entry = page.entries().get(0);
        boolean event = entry.kind().value().startsWith(ConversationEvent.KIND_PREFIX);
        boolean expired = !entry.seq().equals(seq);
        return expired && !event ? Math.max(0, entry.counted() - 1) : entry.counted();
    }

    /** Sets or clears the user's flag of unread, which changes no count. */
    public CompletableFuture<MarkOutcome> markUnread(
            AppId app, UserId user, ConversationId conversation, boolean marked, Deadline deadline) {
        return set(app, user, conversation, settings -> new UserSettings(settings.muted(), marked), deadline);
    }

    /** Mutes a conversation for the user, or not any more. */
    public CompletableFuture<MarkOutcome> mute(
            AppId app, UserId user, ConversationId conversation, boolean muted, Deadline deadline) {
        return set(app, user, conversation, settings -> new UserSettings(muted, settings.markedUnread()), deadline);
    }

    private CompletableFuture<MarkOutcome> set(
            AppId app,
            UserId user,
            ConversationId conversation,
            UnaryOperator<UserSettings> change,
            Deadline deadline) {
        return listing.one(app, user, conversation, deadline).thenCompose(found -> {
            if (found.isEmpty()) {
                return done(new MarkOutcome.NotInConversation());
            }
            UserSettings before = found.get().settings();
            UserSettings after = change.apply(before);
            if (after.equals(before)) {
                return listing.count(app, found.get(), deadline).thenApply(MarkOutcome.Marked::new);
            }
            long version = found.get().settingsVersion();
            TimelineRecord record = new TimelineRecord(
                    Listing.settingsKey(app, user, conversation), version + 1, SyncCodec.encode(after));
            return ports.records()
                    .replace(record, version, deadline)
                    .thenCompose(replaced -> set(app, user, conversation, change, deadline));
        });
    }

    /** Who has read the message at {@code seq}, as {@code asking}, who has to be able to see it, may know. */
    public CompletableFuture<ReceiptsOutcome> receipts(
            AppId app, UserId asking, ConversationId conversation, SequenceId seq, Deadline deadline) {
        return receiptReader.read(app, asking, conversation, seq, deadline);
    }

    /** Counts again by reading entries, for operators: costs as many reads as there are unread entries. */
    public CompletableFuture<List<Recount>> recount(AppId app, UserId user, Deadline deadline) {
        return listing.all(app, user, deadline)
                .thenCompose(all -> Flow.map(all, READS_IN_FLIGHT, one -> listing.count(app, one, deadline)
                        .thenCombine(
                                recounter.recount(app, one, deadline),
                                (computed, recounted) -> new Recount(one.id(), computed.unread(), recounted))));
    }

    /** One page of the user's conversations, the most recently moved first. */
    public CompletableFuture<ConversationsPage> conversations(ConversationsQuery query, Deadline deadline) {
        return listing.all(query.app(), query.user(), deadline).thenCompose(all -> {
            List<Listing.Listed> wanted = all.stream()
                    .filter(one -> query.withLeft() || one.membership().isActive())
                    .filter(one -> query.after()
                            .map(after -> RECENT_FIRST.compare(position(one), after) > 0)
                            .orElse(true))
                    .sorted((a, b) -> RECENT_FIRST.compare(position(a), position(b)))
                    .limit(query.limit() + 1L)
                    .toList();
            boolean complete = wanted.size() <= query.limit();
            List<Listing.Listed> page = complete ? wanted : wanted.subList(0, query.limit());
            Optional<Position> next = complete ? Optional.empty() : Optional.of(position(page.get(page.size() - 1)));
            return Flow.map(page, READS_IN_FLIGHT, one -> describe(query, one, deadline))
                    .thenApply(described -> new ConversationsPage(described, next));
        });
    }

    private static Position position(Listing.Listed one) {
        Instant last = one.head().head().lastTime();
        Instant personal = one.personalHead().head().lastTime();
        return new Position(personal.isAfter(last) ? personal : last, one.id());
    }

    private CompletableFuture<Listed> describe(ConversationsQuery query, Listing.Listed one, Deadline deadline) {
        CompletableFuture<Optional<MessageView>> preview = query.withPreview()
                ? preview(query.app(), one, deadline)
                : CompletableFuture.completedFuture(Optional.empty());
        return listing.count(query.app(), one, deadline)
                .thenCombine(
                        preview,
                        (unread, message) -> new Listed(
                                one.listed().orElseThrow(),
                                unread,
                                position(one).lastTime(),
                                message));
    }

    private CompletableFuture<Optional<MessageView>> preview(AppId app, Listing.Listed one, Deadline deadline) {
        ReadQuery query = ReadQuery.latest(one.id().timeline(app), PREVIEW_DEPTH);
        return reader.read(query, one.membership(), deadline).thenApply(page -> page.messages().stream()
                .filter(message -> message.event().isEmpty() && !message.hidden())
                .findFirst());
    }
}
