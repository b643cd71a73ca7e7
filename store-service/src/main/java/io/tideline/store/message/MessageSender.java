package io.tideline.store.message;

import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserId;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Receipt;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.Outcome;
import io.tideline.store.StorePorts;
import io.tideline.store.internal.Calls;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Sends messages to all members. */
final class MessageSender {
    private final ConversationAppender appender;
    private final SendLimits limits;
    private final StorePorts ports;

    MessageSender(ConversationAppender appender, SendLimits limits, StorePorts ports) {
        this.appender = appender;
        this.limits = limits;
        this.ports = ports;
    }

    CompletableFuture<Outcome<Sent>> send(
            TimelineId conversation, UserId from, OutgoingMessage message, Deadline deadline) {
        return append(conversation, from, List.of(message), deadline)
                .thenApply(outcome -> outcome.map(receipts -> sent(receipts.get(0))));
    }

    CompletableFuture<Outcome<List<Sent>>> sendBatch(
            TimelineId conversation, UserId from, List<OutgoingMessage> messages, Deadline deadline) {
        return append(conversation, from, messages, deadline)
                .thenApply(outcome -> outcome.map(
                        receipts -> receipts.stream().map(MessageSender::sent).toList()));
    }

    private CompletableFuture<Outcome<List<Receipt>>> append(
            TimelineId conversation, UserId from, List<OutgoingMessage> messages, Deadline deadline) {
        return Calls.guarded(() -> limits.toAll(conversation, from, messages.size(), () -> {
            List<NewEntry> entries =
                    messages.stream().map(message -> entry(from, message)).toList();
            return appender.append(
                    new ConversationAppender.Draft(
                            conversation, from, Role.MEMBER, entries, List.of(), SequenceId.NONE, SequenceId.NONE),
                    deadline);
        }));
    }

    private NewEntry entry(UserId from, OutgoingMessage message) {
        return new NewEntry(
                from.asSender(),
                message.clientMessageId(),
                message.kind(),
                message.payload(),
                ports.ids().next(),
                message.notice() ? Counting.SILENT : Counting.SENT);
    }

    private static Sent sent(Receipt receipt) {
        return new Sent(
                receipt.messageId(), receipt.seq(), receipt.serverTime(), receipt.repeated(), receipt.counted());
    }
}
