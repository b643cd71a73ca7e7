package io.tideline.store.message;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.PersonalMessage;
import io.tideline.core.record.Attachment;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.EventCodec;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import io.tideline.store.StorePorts;
import io.tideline.store.internal.Calls;
import io.tideline.store.internal.ConversationRecords;
import io.tideline.store.message.PersonalTimelines.PersonalEntry;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Sends messages to some members only.
 *
 * <p>The first recipient goes ahead: if the message was sent before, what was decided then (the message id, the seq it
 * follows) is taken from that entry and holds for all. The others follow a batch at a time, after another look at who may
 * send and who is a member: personal timelines are not the conversation's, so no step can ask for both.
 *
 * <p>Once begun, a message is not refused because somebody has left: who is no member any more gets nothing, the others do.
 * That also holds for a repeat. If the sender himself may send no more, nothing more is written, and a repeat is answered
 * only if all have it who are still there.
 */
final class PersonalSender {
    /** Recipients at a time: three writes each, that many times the writes in flight. */
    private static final int BATCH = 500;

    /** What the envelope of a personal message may take of a payload's size. */
    private static final int ENVELOPE_BYTES = 1024;

    private final StorePorts ports;
    private final PersonalTimelines timelines;
    private final SendLimits limits;
    private final Function<AppId, MessageRules> rules;
    private final ConversationRecords conversations;

    PersonalSender(
            StorePorts ports, PersonalTimelines timelines, SendLimits limits, Function<AppId, MessageRules> rules) {
        this.ports = ports;
        this.timelines = timelines;
        this.limits = limits;
        this.rules = rules;
        this.conversations = new ConversationRecords(ports.records());
    }

    CompletableFuture<Outcome<PersonalSent>> send(NewPersonalMessage message, Deadline deadline) {
        List<UserId> recipients = List.copyOf(new LinkedHashSet<>(message.recipients()));
        if (recipients.isEmpty()) {
            return CompletableFuture.completedFuture(Outcome.refused(Refusal.NO_RECIPIENTS));
        }
        if (message.recipients().size() > NewPersonalMessage.MAX_RECIPIENTS) {
            return CompletableFuture.completedFuture(Outcome.refused(
                    Refusal.TOO_MANY_RECIPIENTS,
                    "recipients",
                    message.recipients().size()));
        }
        int most = Payload.MAX_BYTES - ENVELOPE_BYTES;
        if (message.message().payload().size() > most) {
            throw new IllegalArgumentException("payload: "
                    + message.message().payload().size() + " bytes (expected: 0.." + most + " for some only)");
        }
        return Calls.guarded(() -> limits.ofUser(message.app(), message.sender(), 1, () -> allowed(message, deadline)
                .thenCompose(allowed -> allowed.then(yes -> allMembers(message, recipients, 0, deadline)))
                .thenCompose(members -> members instanceof Outcome.Refused<Boolean> refused
                        ? again(message, recipients, refused, deadline)
                        : place(message, deadline)
                                .thenCompose(placed -> placed.then(
                                        follows -> new Sending(message, recipients, follows, deadline).begin())))));
    }

    /** What is refused as a new message may have been sent already. */
    private CompletableFuture<Outcome<PersonalSent>> again(
            NewPersonalMessage message, List<UserId> recipients, Outcome.Refused<Boolean> refused, Deadline deadline) {
        Outcome<PersonalSent> refusal = new Outcome.Refused<>(refused.reason(), refused.context());
        if (refused.reason() == Refusal.CONVERSATION_NOT_FOUND) {
            return CompletableFuture.completedFuture(refusal);
        }
        return place(message, deadline).thenCompose(placed -> {
            SequenceId follows = placed instanceof Outcome.Done<SequenceId> done ? done.value() : message.follows();
            return new Sending(message, recipients, follows, deadline).again(refusal);
        });
    }

    private CompletableFuture<Outcome<Boolean>> allowed(NewPersonalMessage message, Deadline deadline) {
        TimelineId timeline = message.conversation().timeline(message.app());
        return conversations.standing(timeline, message.sender(), deadline).thenApply(standing -> {
            Optional<Membership> sender = standing.membership().filter(Membership::isActive);
            Role least = rules.apply(message.app()).sendsPersonal();
            if (standing.conversation().isEmpty()) {
                return Outcome.refused(Refusal.CONVERSATION_NOT_FOUND);
            }
            if (standing.conversation().map(Conversation::dissolved).orElse(false)) {
                return Outcome.refused(Refusal.DISSOLVED);
            }
            if (message.byService()) {
                return Outcome.done(true);
            }
            if (sender.isEmpty()) {
                return Outcome.refused(Refusal.NOT_MEMBER);
            }
            return sender.get().role().atLeast(least) ? Outcome.done(true) : Outcome.refused(Refusal.ROLE_TOO_LOW);
        });
    }

    /** Nobody gets anything unless all are members. */
    private CompletableFuture<Outcome<Boolean>> allMembers(
            NewPersonalMessage message, List<UserId> recipients, int from, Deadline deadline) {
        if (from >= recipients.size()) {
            return CompletableFuture.completedFuture(Outcome.done(true));
        }
        int to = Math.min(recipients.size(), from + RecordStore.MAX_RECORDS);
        List<UserId> part = recipients.subList(from, to);
        return conversations
                .members(message.conversation().timeline(message.app()), part, deadline)
                .thenCompose(found -> {
                    boolean all = part.stream().allMatch(user -> isActive(found, user));
                    return all
                            ? allMembers(message, recipients, to, deadline)
                            : CompletableFuture.completedFuture(Outcome.refused(Refusal.RECIPIENT_NOT_MEMBER));
                });
    }

    private static boolean isActive(Map<UserId, Membership> found, UserId user) {
        return Optional.ofNullable(found.get(user)).map(Membership::isActive).orElse(false);
    }

    private CompletableFuture<Outcome<SequenceId>> place(NewPersonalMessage message, Deadline deadline) {
        TimelineId timeline = message.conversation().timeline(message.app());
        return ports.timelines()
                .heads(List.of(new HeadQuery(timeline, message.follows())), deadline)
                .thenApply(heads -> {
                    SequenceId last = Optional.ofNullable(heads.get(timeline))
                            .map(Head::last)
                            .orElse(SequenceId.NONE);
                    if (message.follows().isAfter(last)) {
                        return Outcome.refused(Refusal.SEQUENCE_BEYOND_HEAD, "last_seq", last);
                    }
                    return Outcome.done(message.follows().isNone() ? last : message.follows());
                });
    }

    private final class Sending {
        private final NewPersonalMessage message;
        private final List<UserId> recipients;
        private final Deadline deadline;
        private SequenceId follows;
        private MessageId messageId = MessageId.NONE;
        private boolean allRepeated = true;

        Sending(NewPersonalMessage message, List<UserId> recipients, SequenceId follows, Deadline deadline) {
            this.message = message;
            this.recipients = recipients;
            this.follows = follows;
            this.deadline = deadline;
        }

        CompletableFuture<Outcome<PersonalSent>> begin() {
            messageId = ports.ids().next();
            return write(recipients.subList(0, 1)).thenCompose(outcomes -> {
                if (outcomes.get(0) instanceof AppendOutcome.Conflict conflict) {
                    return takeOver(conflict.existing());
                }
                return goOn(outcomes, 1);
            });
        }

        /** The first recipient has a message of this name: the same one, sent when the head was another, or not. */
        private CompletableFuture<Outcome<PersonalSent>> takeOver(SequenceId existing) {
            return earlier(existing).thenCompose(earlier -> {
                if (earlier.isEmpty() || !message.follows().isNone()) {
                    return conflict(existing);
                }
                follows = earlier.get().follows();
                return write(recipients.subList(0, 1)).thenCompose(outcomes -> goOn(outcomes, 1));
            });
        }

        /** Goes on with a message that was sent before; {@code refusal} when it was not. */
        CompletableFuture<Outcome<PersonalSent>> again(Outcome<PersonalSent> refusal) {
            messageId = ports.ids().next();
            UserId first = recipients.get(0);
            return find(first).thenCompose(found -> {
                if (found instanceof AppendOutcome.Appended appended) {
                    messageId = appended.receipts().get(0).messageId();
                    return goOn(List.of(), 0);
                }
                if (!(found instanceof AppendOutcome.Conflict conflict)
                        || !message.follows().isNone()) {
                    return CompletableFuture.completedFuture(refusal);
                }
                return earlier(conflict.existing()).thenCompose(earlier -> {
                    if (earlier.isEmpty() || earlier.get().follows().equals(follows)) {
                        return CompletableFuture.completedFuture(refusal);
                    }
                    follows = earlier.get().follows();
                    return again(refusal);
                });
            });
        }

        private CompletableFuture<Optional<PersonalMessage>> earlier(SequenceId existing) {
            TimelineId timeline = message.conversation().personalTimeline(message.app(), recipients.get(0));
            return ports.timelines()
                    .read(ReadQuery.forward(timeline, existing.value(), 1), deadline)
                    .thenApply(page -> page.entries().stream().findFirst().flatMap(this::sameContent));
        }

        private Optional<PersonalMessage> sameContent(Entry entry) {
            if (!entry.kind().equals(message.message().kind())) {
                return Optional.empty();
            }
            PersonalMessage earlier = EventCodec.decodePersonal(entry.payload());
            return earlier.content().equals(message.message().payload()) ? Optional.of(earlier) : Optional.empty();
        }

        private CompletableFuture<Outcome<PersonalSent>> conflict(SequenceId existing) {
            return CompletableFuture.completedFuture(Outcome.refused(Refusal.CLIENT_MESSAGE_CONFLICT, "seq", existing));
        }

        /** Takes the answers for recipients before {@code next}, then writes to those from there on. */
        private CompletableFuture<Outcome<PersonalSent>> goOn(List<AppendOutcome> outcomes, int next) {
            for (AppendOutcome outcome : outcomes) {
                if (outcome instanceof AppendOutcome.Appended appended) {
                    Receipt receipt = appended.receipts().get(0);
                    allRepeated &= receipt.repeated();
                    messageId = next == 1 ? receipt.messageId() : messageId;
                } else {
                    return conflict(outcome instanceof AppendOutcome.Conflict conflict ? conflict.existing() : follows);
                }
            }
            if (next >= recipients.size()) {
                return CompletableFuture.completedFuture(
                        Outcome.done(new PersonalSent(messageId, follows, allRepeated)));
            }
            int to = Math.min(recipients.size(), next + BATCH);
            List<UserId> batch = recipients.subList(next, to);
            boolean justLooked = next == 1;
            return (justLooked ? write(batch).thenApply(Outcome::done) : writeToMembers(batch))
                    .thenCompose(written -> written.then(more -> goOn(more, to)));
        }

        /** Writes to those who are members now, if the sender still may; if not, all of them must have it. */
        private CompletableFuture<Outcome<List<AppendOutcome>>> writeToMembers(List<UserId> batch) {
            TimelineId timeline = message.conversation().timeline(message.app());
            return allowed(message, deadline).thenCompose(allowed -> conversations
                    .members(timeline, batch, deadline)
                    .thenCompose(found -> {
                        List<UserId> members = batch.stream()
                                .filter(user -> isActive(found, user))
                                .toList();
                        return allowed instanceof Outcome.Refused<Boolean> refused
                                ? findAll(members, refused)
                                : write(members).thenApply(Outcome::done);
                    }));
        }

        private CompletableFuture<Outcome<List<AppendOutcome>>> findAll(
                List<UserId> users, Outcome.Refused<Boolean> refused) {
            List<CompletableFuture<AppendOutcome>> found =
                    users.stream().map(this::find).toList();
            return Calls.all(found).thenApply(done -> {
                List<AppendOutcome> outcomes =
                        found.stream().map(CompletableFuture::join).toList();
                return outcomes.stream().anyMatch(AppendOutcome.Refused.class::isInstance)
                        ? new Outcome.Refused<>(refused.reason(), refused.context())
                        : Outcome.done(outcomes);
            });
        }

        private CompletableFuture<AppendOutcome> find(UserId user) {
            PersonalEntry entry = new PersonalEntry(user, entry(user), List.of());
            return timelines.find(message.app(), message.conversation(), entry, deadline);
        }

        private CompletableFuture<List<AppendOutcome>> write(List<UserId> users) {
            List<PersonalEntry> entries = new ArrayList<>();
            for (UserId user : users) {
                entries.add(new PersonalEntry(user, entry(user), List.of(place(messageId))));
            }
            return timelines.write(message.app(), message.conversation(), entries, deadline);
        }

        private Attachment place(MessageId id) {
            return Attachment.of(
                    0,
                    RecordKind.PERSONAL_PLACE,
                    MessageCodec.PRESENT,
                    KeyPart.of(follows.value()),
                    KeyPart.of(id.value()));
        }

        private NewEntry entry(UserId user) {
            OutgoingMessage sent = message.message();
            boolean own = user.equals(message.sender());
            Counting counting = own ? Counting.SENT : Counting.COUNTED;
            return new NewEntry(
                    message.sender().asSender(),
                    sent.clientMessageId(),
                    sent.kind(),
                    EventCodec.encode(new PersonalMessage(follows, sent.payload())),
                    messageId,
                    sent.notice() ? Counting.SILENT : counting);
        }
    }
}
