package io.tideline.store.message;

import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.MessageChange;
import io.tideline.core.message.Reaction;
import io.tideline.core.record.Attachment;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Receipt;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.hbase.codec.EventCodec;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import io.tideline.store.StorePorts;
import io.tideline.store.internal.Calls;
import io.tideline.store.message.PersonalTimelines.PersonalEntry;
import io.tideline.store.message.TargetReader.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Recalls, edits and deletes messages, by the rules of the app. */
final class MessageChanges {
    /** What the envelope of an event may take of a payload's size. */
    private static final int ENVELOPE_BYTES = 1024;

    private final StorePorts ports;
    private final ConversationAppender appender;
    private final TargetReader targets;
    private final PersonalTimelines personal;
    private final Function<AppId, MessageRules> rules;

    MessageChanges(
            StorePorts ports,
            ConversationAppender appender,
            TargetReader targets,
            PersonalTimelines personal,
            Function<AppId, MessageRules> rules) {
        this.ports = ports;
        this.appender = appender;
        this.targets = targets;
        this.personal = personal;
        this.rules = rules;
    }

    CompletableFuture<Outcome<ChangedMessage>> recall(MessageAt at, UserId actor, Deadline deadline) {
        return Calls.guarded(() ->
                targets.read(at, actor, deadline).thenCompose(found -> found.then(target -> recall(target, deadline))));
    }

    private CompletableFuture<Outcome<ChangedMessage>> recall(Target target, Deadline deadline) {
        MessageRules allowed = rules.apply(target.at().app());
        Optional<Refusal> barred = barred(target);
        boolean any = target.actor().role().atLeast(allowed.recallsAny());
        if (barred.isPresent()) {
            return refused(barred.get());
        }
        if (!any && !target.isOwn()) {
            return refused(Refusal.NOT_OWN_MESSAGE);
        }
        if (target.takenBack().isPresent()) {
            return target.takenBack().get() instanceof MessageChange.Recalled recalled
                    ? unchanged(recalled.at())
                    : refused(Refusal.MESSAGE_GONE);
        }
        if (!any && hasPassed(target, allowed.recallWindow())) {
            return refused(Refusal.WINDOW_PASSED);
        }
        MessageChange change = new MessageChange.Recalled(target.actor().user(), SequenceId.NONE, now());
        ConversationEvent event = new ConversationEvent.Recalled(target.at().seq());
        return takeBack(target, "recall", event, change, any ? allowed.recallsAny() : Role.FOLLOWER, deadline);
    }

    CompletableFuture<Outcome<ChangedMessage>> deleteForAll(MessageAt at, UserId actor, Deadline deadline) {
        return Calls.guarded(() -> targets.read(at, actor, deadline)
                .thenCompose(found -> found.then(target -> deleteForAll(target, deadline))));
    }

    private CompletableFuture<Outcome<ChangedMessage>> deleteForAll(Target target, Deadline deadline) {
        MessageRules allowed = rules.apply(target.at().app());
        Optional<Refusal> barred = barred(target);
        boolean any = target.actor().role().atLeast(allowed.deletesAny());
        if (barred.isPresent()) {
            return refused(barred.get());
        }
        if (!any && !(target.isOwn() && allowed.deletesOwn())) {
            return refused(target.isOwn() ? Refusal.ROLE_TOO_LOW : Refusal.NOT_OWN_MESSAGE);
        }
        if (target.takenBack().isPresent() && target.takenBack().get() instanceof MessageChange.Deleted deleted) {
            return unchanged(deleted.at());
        }
        MessageChange change = new MessageChange.Deleted(target.actor().user(), SequenceId.NONE, now());
        ConversationEvent event = new ConversationEvent.Deleted(target.at().seq());
        return takeBack(target, "delete", event, change, any ? allowed.deletesAny() : Role.FOLLOWER, deadline);
    }

    /** One user does it once to one message: the client message id says so, however often it is asked for. */
    private CompletableFuture<Outcome<ChangedMessage>> takeBack(
            Target target, String verb, ConversationEvent event, MessageChange change, Role least, Deadline deadline) {
        SequenceId seq = target.at().seq();
        List<Attachment> attachments = new ArrayList<>();
        attachments.add(
                new Attachment(0, RecordKind.CHANGE, MessageChange.takenBackKey(seq), MessageCodec.encode(change)));
        if (target.counts()) {
            attachments.add(Attachment.of(0, RecordKind.DISCOUNT, MessageCodec.PRESENT, KeyPart.of(seq.value())));
        }
        NewEntry entry = entry(target.actor().user(), reserved(verb, seq), event);
        SequenceId discounted = target.counts() ? seq : SequenceId.NONE;
        return append(target, least, entry, attachments, discounted, SequenceId.NONE, deadline);
    }

    private static ClientMessageId reserved(String verb, SequenceId seq) {
        return new ClientMessageId(ConversationEvent.KIND_PREFIX + verb + "." + seq);
    }

    CompletableFuture<Outcome<ChangedMessage>> edit(
            MessageAt at, UserId actor, OutgoingMessage content, Deadline deadline) {
        int most = Payload.MAX_BYTES - ENVELOPE_BYTES;
        if (content.payload().size() > most) {
            throw new IllegalArgumentException(
                    "payload: " + content.payload().size() + " bytes (expected: 0.." + most + " in an edit)");
        }
        return Calls.guarded(() -> targets.read(at, actor, deadline)
                .thenCompose(found -> found.then(target -> edit(target, content, deadline))));
    }

    private CompletableFuture<Outcome<ChangedMessage>> edit(Target target, OutgoingMessage content, Deadline deadline) {
        SequenceId seq = target.at().seq();
        UserId actor = target.actor().user();
        MessageChange change =
                new MessageChange.Edited(actor, SequenceId.NONE, now(), content.kind(), content.payload());
        Attachment attachment =
                new Attachment(0, RecordKind.CHANGE, MessageChange.editKey(seq), MessageCodec.encode(change));
        NewEntry entry = entry(
                actor, content.clientMessageId(), new ConversationEvent.Edited(seq, content.kind(), content.payload()));
        ConversationAppender.Draft draft = draft(target, Role.MEMBER, entry, List.of(attachment), SequenceId.NONE, seq);
        // What was done is answered as done, whatever would be said to it by now.
        return refusalOfEdit(target)
                .map(refusal -> appender.repeatOf(draft, refusal, deadline))
                .orElseGet(() -> appender.append(draft, deadline))
                .thenApply(MessageChanges::changed);
    }

    private Optional<Refusal> refusalOfEdit(Target target) {
        Optional<Refusal> barred = barred(target);
        if (barred.isPresent()) {
            return barred;
        }
        if (!target.isOwn()) {
            return Optional.of(Refusal.NOT_OWN_MESSAGE);
        }
        if (target.takenBack().isPresent()) {
            return Optional.of(Refusal.MESSAGE_GONE);
        }
        return hasPassed(target, rules.apply(target.at().app()).editWindow())
                ? Optional.of(Refusal.WINDOW_PASSED)
                : Optional.empty();
    }

    CompletableFuture<Outcome<ChangedMessage>> react(
            MessageAt at, UserId actor, String reaction, boolean add, Deadline deadline) {
        Reaction.checkName(reaction);
        ReactionStep step = new ReactionStep(ports.records(), reaction, add);
        return Calls.guarded(() -> targets.read(at, actor, deadline)
                .thenCompose(found -> found.then(target -> react(target, step, deadline))));
    }

    private CompletableFuture<Outcome<ChangedMessage>> react(Target target, ReactionStep step, Deadline deadline) {
        Optional<Refusal> barred = barred(target);
        if (barred.isPresent()) {
            return refused(barred.get());
        }
        if (target.takenBack().isPresent()) {
            return refused(Refusal.MESSAGE_GONE);
        }
        return step.check(target, rules.apply(target.at().app()), deadline)
                .thenCompose(outcome -> outcome.then(checked -> checked.so().isPresent()
                        ? unchanged(checked.so().get())
                        : write(target, step, checked.id(), deadline)
                                .thenCompose(written -> isRepeat(written)
                                        ? again(target, step, deadline)
                                        : CompletableFuture.completedFuture(written))));
    }

    private CompletableFuture<Outcome<ChangedMessage>> write(
            Target target, ReactionStep step, ClientMessageId id, Deadline deadline) {
        NewEntry entry = entry(target.actor().user(), id, step.event(target));
        return append(
                target,
                Role.FOLLOWER,
                entry,
                List.of(step.attachment(target)),
                SequenceId.NONE,
                target.at().seq(),
                deadline);
    }

    private static boolean isRepeat(Outcome<ChangedMessage> written) {
        return written instanceof Outcome.Done<ChangedMessage> done
                && done.value().unchanged();
    }

    /** Somebody has written the same. If it is gone again, the user's reactions were erased: then this is a new one. */
    private CompletableFuture<Outcome<ChangedMessage>> again(Target target, ReactionStep step, Deadline deadline) {
        return step.check(target, rules.apply(target.at().app()), deadline)
                .thenCompose(outcome -> outcome.then(checked -> {
                    if (checked.so().isPresent()) {
                        return unchanged(checked.so().get());
                    }
                    ClientMessageId fresh = new ClientMessageId(ConversationEvent.KIND_PREFIX + "react."
                            + ports.ids().next());
                    return write(target, step, fresh, deadline);
                }));
    }

    CompletableFuture<Outcome<ChangedMessage>> deleteForMe(MessageAt at, UserId user, Deadline deadline) {
        return Calls.guarded(() ->
                targets.read(at, user, deadline).thenCompose(found -> found.then(target -> hide(target, deadline))));
    }

    private CompletableFuture<Outcome<ChangedMessage>> hide(Target target, Deadline deadline) {
        MessageAt at = target.at();
        UserId user = target.actor().user();
        RecordKey hidden = RecordKey.of(
                user.inbox(at.app()),
                RecordKind.HIDDEN,
                KeyPart.of(at.conversation().value()),
                KeyPart.of(at.seq().value()));
        NewEntry entry = entry(user, reserved("hide", at.seq()), new ConversationEvent.Hidden(at.seq()));
        List<PersonalEntry> entries = List.of(new PersonalEntry(user, entry, List.of()));
        return ports.records()
                .raise(List.of(new TimelineRecord(hidden, 1, MessageCodec.PRESENT)), deadline)
                .thenCompose(raised -> personal.write(at.app(), at.conversation(), entries, deadline))
                .thenApply(outcomes -> hidden(outcomes.get(0)));
    }

    private static Outcome<ChangedMessage> hidden(AppendOutcome outcome) {
        if (outcome instanceof AppendOutcome.Appended appended) {
            return Outcome.done(changed(appended.receipts().get(0)));
        }
        // A reserved client message id always says the same, and no guard was asked for.
        throw new IllegalStateException("a message could not be hidden: " + outcome);
    }

    private static ChangedMessage changed(Receipt receipt) {
        return new ChangedMessage(receipt.seq(), receipt.repeated());
    }

    private static Optional<Refusal> barred(Target target) {
        if (!target.actor().isActive()) {
            return Optional.of(Refusal.NOT_MEMBER);
        }
        return target.dissolved() ? Optional.of(Refusal.DISSOLVED) : Optional.empty();
    }

    private boolean hasPassed(Target target, Duration window) {
        return now().isAfter(target.entry().serverTime().plus(window));
    }

    private Instant now() {
        return ports.clock().instant();
    }

    private NewEntry entry(UserId actor, ClientMessageId id, ConversationEvent event) {
        return new NewEntry(
                actor.asSender(),
                id,
                EventCodec.kind(event),
                EventCodec.encode(event),
                ports.ids().next(),
                Counting.SILENT);
    }

    private CompletableFuture<Outcome<ChangedMessage>> append(
            Target target,
            Role least,
            NewEntry entry,
            List<Attachment> attachments,
            SequenceId discounted,
            SequenceId shown,
            Deadline deadline) {
        return appender.append(draft(target, least, entry, attachments, discounted, shown), deadline)
                .thenApply(MessageChanges::changed);
    }

    private static ConversationAppender.Draft draft(
            Target target,
            Role least,
            NewEntry entry,
            List<Attachment> attachments,
            SequenceId discounted,
            SequenceId shown) {
        return new ConversationAppender.Draft(
                target.at().timeline(), target.actor().user(), least, List.of(entry), attachments, discounted, shown);
    }

    private static Outcome<ChangedMessage> changed(Outcome<List<Receipt>> outcome) {
        return outcome.map(receipts -> changed(receipts.get(0)));
    }

    private static CompletableFuture<Outcome<ChangedMessage>> refused(Refusal reason) {
        return CompletableFuture.completedFuture(Outcome.refused(reason));
    }

    private static CompletableFuture<Outcome<ChangedMessage>> unchanged(SequenceId at) {
        return CompletableFuture.completedFuture(Outcome.done(new ChangedMessage(at, true)));
    }
}
