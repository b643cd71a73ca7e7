package io.tideline.store.message;

import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.MessageChange;
import io.tideline.core.record.Attachment;
import io.tideline.core.record.Guard;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import io.tideline.store.StorePorts;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Appends what members do, on the conditions that the conversation is not dissolved, that the actor has the role, and where
 * it is about a message, that nobody has taken that back. In a write-diffused conversation a fan-out task goes with it. That is left out only on the condition that the conversation is
 * read-diffused at that very moment; its level says so. Of a conversation that is not known here that is tried first: a
 * refusal writes nothing, while a needless task is a whole fan-out.
 */
final class ConversationAppender {
    private static final int CONVERSATION_GUARD = 0;
    private static final int MEMBER_GUARD = 1;

    private final StorePorts ports;
    private final DiffusionHints hints;

    ConversationAppender(StorePorts ports) {
        this.ports = ports;
        this.hints = new DiffusionHints();
    }

    /**
     * What a member does.
     *
     * @param actor the entries' sender
     * @param least the role it takes
     * @param discounted as of {@link TimelineAppend}
     * @param shown the message that must not have been taken back; {@link SequenceId#NONE} for none
     */
    record Draft(
            TimelineId conversation,
            UserId actor,
            Role least,
            List<NewEntry> entries,
            List<Attachment> attachments,
            SequenceId discounted,
            SequenceId shown) {}

    /**
     * The receipts of the same, if it was appended before; else {@code refusal}, and nothing is appended. It is asked for by
     * an append on a condition that never holds: repeats are answered before conditions are looked at.
     */
    CompletableFuture<Outcome<List<Receipt>>> repeatOf(Draft draft, Refusal refusal, Deadline deadline) {
        TimelineAppend append = new TimelineAppend(
                draft.conversation(),
                draft.entries(),
                List.of(),
                List.of(Guard.version(Long.MAX_VALUE, RecordKind.CONVERSATION)),
                SequenceId.NONE);
        return ports.timelines()
                .append(append, deadline)
                .thenApply(outcome -> outcome instanceof AppendOutcome.Appended appended
                        ? Outcome.done(appended.receipts())
                        : Outcome.refused(refusal));
    }

    CompletableFuture<Outcome<List<Receipt>>> append(Draft draft, Deadline deadline) {
        if (hints.saysWrite(draft.conversation())) {
            return appendWithTask(draft, deadline);
        }
        return ports.timelines().append(toAppend(draft, false), deadline).thenCompose(outcome -> {
            if (outcome instanceof AppendOutcome.Refused refused
                    && refused.guardIndex() == CONVERSATION_GUARD
                    && refused.level() == ConversationCodec.ACTIVE) {
                hints.writes(draft.conversation());
                return appendWithTask(draft, deadline);
            }
            return CompletableFuture.completedFuture(translate(outcome));
        });
    }

    private CompletableFuture<Outcome<List<Receipt>>> appendWithTask(Draft draft, Deadline deadline) {
        return ports.timelines().append(toAppend(draft, true), deadline).thenApply(outcome -> {
            if (outcome instanceof AppendOutcome.Appended) {
                ports.fanout().due(draft.conversation());
            }
            return translate(outcome);
        });
    }

    private static TimelineAppend toAppend(Draft draft, boolean withTask) {
        List<Attachment> attachments = draft.attachments();
        if (withTask) {
            attachments = new ArrayList<>(attachments);
            attachments.add(Attachment.of(draft.entries().size() - 1, RecordKind.FANOUT_TASK, MessageCodec.PRESENT));
        }
        int level = withTask ? ConversationCodec.ACTIVE : ConversationCodec.READ_DIFFUSED;
        List<Guard> guards = new ArrayList<>();
        guards.add(Guard.level(level, RecordKind.CONVERSATION));
        guards.add(Guard.level(
                draft.least().level(),
                RecordKind.MEMBER,
                KeyPart.of(draft.actor().value())));
        if (!draft.shown().isNone()) {
            guards.add(new Guard(RecordKind.CHANGE, MessageChange.takenBackKey(draft.shown()), OptionalLong.of(0), 0));
        }
        return new TimelineAppend(draft.conversation(), draft.entries(), attachments, guards, draft.discounted());
    }

    private static Outcome<List<Receipt>> translate(AppendOutcome outcome) {
        if (outcome instanceof AppendOutcome.Appended appended) {
            return Outcome.done(appended.receipts());
        }
        if (outcome instanceof AppendOutcome.Conflict conflict) {
            return Outcome.refused(Refusal.CLIENT_MESSAGE_CONFLICT, "seq", conflict.existing());
        }
        AppendOutcome.Refused refused = (AppendOutcome.Refused) outcome;
        if (refused.guardIndex() == CONVERSATION_GUARD) {
            return Outcome.refused(refused.version() == 0 ? Refusal.CONVERSATION_NOT_FOUND : Refusal.DISSOLVED);
        }
        if (refused.guardIndex() != MEMBER_GUARD) {
            return Outcome.refused(Refusal.MESSAGE_GONE);
        }
        return Outcome.refused(refused.level() == 0 ? Refusal.NOT_MEMBER : Refusal.ROLE_TOO_LOW);
    }
}
