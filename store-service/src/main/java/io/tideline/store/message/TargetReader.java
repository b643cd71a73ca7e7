package io.tideline.store.message;

import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.MessageChange;
import io.tideline.core.message.MessageDecoder;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import io.tideline.store.StorePorts;
import io.tideline.store.internal.ConversationRecords;
import io.tideline.store.internal.ConversationRecords.Standing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Looks up a message that a user wants to change: the message, the user, and what became of the message so far. */
final class TargetReader {
    private final StorePorts ports;
    private final MessageDecoder decoder;

    TargetReader(StorePorts ports, MessageDecoder decoder) {
        this.ports = ports;
        this.decoder = decoder;
    }

    /**
     * A message as it was found.
     *
     * @param dissolved whether its conversation is
     * @param counts whether it counted as unread when it was sent
     * @param takenBack how, if it was
     */
    record Target(
            MessageAt at,
            Membership actor,
            boolean dissolved,
            Entry entry,
            boolean counts,
            Optional<MessageChange> takenBack) {
        boolean isOwn() {
            return entry.sender().value().equals(actor.user().value());
        }
    }

    /** Refusals: CONVERSATION_NOT_FOUND, NOT_MEMBER (save one who has left), MESSAGE_NOT_FOUND. */
    CompletableFuture<Outcome<Target>> read(MessageAt at, UserId user, Deadline deadline) {
        TimelineId timeline = at.timeline();
        RecordKey takenBack = new RecordKey(timeline, RecordKind.CHANGE, MessageChange.takenBackKey(at.seq()));
        List<RecordKey> keys = List.of(
                ConversationRecords.conversationKey(timeline),
                ConversationRecords.memberKey(timeline, user),
                takenBack);
        CompletableFuture<Map<RecordKey, TimelineRecord>> records =
                ports.records().get(keys, deadline);
        return ports.timelines()
                .read(withPrevious(timeline, at.seq()), deadline)
                .thenCombine(records, (page, found) -> {
                    Standing standing = ConversationRecords.standing(found, timeline, user);
                    Optional<MessageChange> change =
                            Optional.ofNullable(found.get(takenBack)).map(decoder::change);
                    return target(at, standing, page, change);
                });
    }

    /** The entry before tells, by its running count, whether this one counted. */
    private static ReadQuery withPrevious(TimelineId timeline, SequenceId seq) {
        return new ReadQuery(
                timeline,
                seq.plus(-1).max(SequenceId.FIRST),
                seq,
                Direction.FORWARD,
                2,
                ReadQuery.DEFAULT_MAX_BYTES,
                SequenceId.NONE);
    }

    /** Where nobody knows: almost everything that is taken back counts. */
    private static long countedBefore(Entry entry, TimelinePage page) {
        SequenceId before = entry.seq().plus(-1);
        if (!page.entries().get(0).equals(entry)) {
            return page.entries().get(0).counted();
        }
        return page.gaps().stream()
                .filter(gap -> gap.to().equals(before) && gap.isCounted())
                .mapToLong(Gap::counted)
                .findFirst()
                .orElse(Math.max(0, entry.counted() - 1));
    }

    private Outcome<Target> target(
            MessageAt at, Standing standing, TimelinePage page, Optional<MessageChange> takenBack) {
        if (standing.conversation().isEmpty()) {
            return Outcome.refused(Refusal.CONVERSATION_NOT_FOUND);
        }
        if (standing.membership().isEmpty()) {
            return Outcome.refused(Refusal.NOT_MEMBER);
        }
        Membership actor = standing.membership().get();
        Optional<Entry> entry = page.entries().stream()
                .filter(found -> found.seq().equals(at.seq()))
                .findFirst();
        if (entry.isEmpty()
                || !actor.sees(at.seq())
                || decoder.event(entry.get()).isPresent()) {
            return Outcome.refused(Refusal.MESSAGE_NOT_FOUND);
        }
        boolean counts = entry.get().counted() > countedBefore(entry.get(), page);
        return Outcome.done(
                new Target(at, actor, standing.conversation().get().dissolved(), entry.get(), counts, takenBack));
    }
}
