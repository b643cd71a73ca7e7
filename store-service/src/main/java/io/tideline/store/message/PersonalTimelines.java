package io.tideline.store.message;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.InboxEvent;
import io.tideline.core.record.Attachment;
import io.tideline.core.record.Guard;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.InboxCodec;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.store.StorePorts;
import io.tideline.store.internal.Calls;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Writes what only one member sees: first the record by which the user's devices know of the personal timeline, then the
 * entry, then the inbox's reference to it. Each step may be repeated, so after a failure all of it may be.
 */
final class PersonalTimelines {
    /** Holds of no personal timeline, and is not asked of repeats: so nothing is written, and repeats are found. */
    private static final Guard NEVER = Guard.level(127, RecordKind.CONVERSATION);

    private final StorePorts ports;

    PersonalTimelines(StorePorts ports) {
        this.ports = ports;
    }

    /** An entry of one member's personal timeline, with the records that go with it. */
    record PersonalEntry(UserId user, NewEntry entry, List<Attachment> attachments) {}

    /** What became of each entry, in their order; what is appended is also announced in the inbox. */
    CompletableFuture<List<AppendOutcome>> write(
            AppId app, ConversationId conversation, List<PersonalEntry> entries, Deadline deadline) {
        List<TimelineRecord> known = entries.stream()
                .map(entry -> known(app, conversation, entry.user()))
                .toList();
        return ports.records().raise(known, deadline).thenCompose(raised -> {
            List<CompletableFuture<AppendOutcome>> written = entries.stream()
                    .map(entry -> writeOne(app, conversation, entry, deadline))
                    .toList();
            return Calls.all(written)
                    .thenApply(done ->
                            written.stream().map(CompletableFuture::join).toList());
        });
    }

    /** Whether the entry was written before: a repeat, or a conflict; refused when there is none of its name. */
    CompletableFuture<AppendOutcome> find(
            AppId app, ConversationId conversation, PersonalEntry personal, Deadline deadline) {
        TimelineId timeline = conversation.personalTimeline(app, personal.user());
        return ports.timelines()
                .append(
                        new TimelineAppend(
                                timeline, List.of(personal.entry()), List.of(), List.of(NEVER), SequenceId.NONE),
                        deadline);
    }

    private static TimelineRecord known(AppId app, ConversationId conversation, UserId user) {
        RecordKey key = RecordKey.of(user.inbox(app), RecordKind.USER_PERSONAL, KeyPart.of(conversation.value()));
        return new TimelineRecord(key, 1, MessageCodec.PRESENT);
    }

    private CompletableFuture<AppendOutcome> writeOne(
            AppId app, ConversationId conversation, PersonalEntry personal, Deadline deadline) {
        TimelineId timeline = conversation.personalTimeline(app, personal.user());
        TimelineAppend append = new TimelineAppend(
                timeline, List.of(personal.entry()), personal.attachments(), List.of(), SequenceId.NONE);
        return ports.timelines().append(append, deadline).thenCompose(outcome -> {
            if (outcome instanceof AppendOutcome.Appended appended) {
                return refer(app, conversation, personal, appended.receipts().get(0), deadline)
                        .thenApply(referred -> outcome);
            }
            return CompletableFuture.completedFuture(outcome);
        });
    }

    /** Announces an entry; the client message id is made of its place, so that a repeat is recognised. */
    private CompletableFuture<AppendOutcome> refer(
            AppId app, ConversationId conversation, PersonalEntry personal, Receipt receipt, Deadline deadline) {
        InboxEvent event = new InboxEvent.Personal(conversation, receipt.seq());
        NewEntry reference = new NewEntry(
                personal.entry().sender(),
                new ClientMessageId("p:" + conversation + ":" + receipt.seq()),
                InboxCodec.kind(event),
                InboxCodec.encode(event),
                receipt.messageId(),
                Counting.SILENT);
        return ports.timelines().append(TimelineAppend.of(personal.user().inbox(app), reference), deadline);
    }
}
