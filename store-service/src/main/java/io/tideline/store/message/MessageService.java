package io.tideline.store.message;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.Reaction;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.store.Outcome;
import io.tideline.store.StorePorts;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Sends messages and changes them. What a member may do is looked at in the same step as it is written, so nobody who was
 * removed can send once his removal is acknowledged.
 *
 * <p>Futures fail (deferred) as those of {@link io.tideline.core.store.TimelineStore}, and complete on a thread of the
 * storage: dependants must not block. Every call may be repeated as it is.
 *
 * <p>Messages that one thread hands over one after the other keep their order, unless the conversation switches from read
 * to write diffusion meanwhile: who pipelines and needs the order then too awaits each answer.
 */
public final class MessageService {
    private final MessageSender sender;
    private final PersonalSender personal;
    private final MessageChanges changes;

    /** Works with the rules that {@code rules} says an app has. */
    public MessageService(StorePorts ports, Function<AppId, MessageRules> rules) {
        ConversationAppender appender = new ConversationAppender(ports);
        PersonalTimelines personalTimelines = new PersonalTimelines(ports);
        SendLimits limits = new SendLimits(rules, System::nanoTime);
        this.sender = new MessageSender(appender, limits, ports);
        this.personal = new PersonalSender(ports, personalTimelines, limits, rules);
        this.changes = new MessageChanges(
                ports, appender, new TargetReader(ports, new MessageCodec()), personalTimelines, rules);
    }

    /**
     * Sends one message. When done it is durable, ordered, and in every later read of a member.
     *
     * <p>Refusals: CONVERSATION_NOT_FOUND, DISSOLVED, NOT_MEMBER, ROLE_TOO_LOW, CLIENT_MESSAGE_CONFLICT. Fails with {@code
     * OverloadedException} also when the app's {@link SendRates} are exceeded.
     */
    public CompletableFuture<Outcome<Sent>> send(
            AppId app, ConversationId conversation, UserId from, OutgoingMessage message, Deadline deadline) {
        return sender.send(conversation.timeline(app), from, message, deadline);
    }

    /**
     * Sends several messages: all, in this order and without another between them, or none. Refusals as of {@link #send}.
     *
     * @param messages 1 to {@link io.tideline.core.store.TimelineAppend#MAX_ENTRIES}, payloads together at most {@link
     *     io.tideline.core.store.TimelineAppend#MAX_PAYLOAD_BYTES}
     */
    public CompletableFuture<Outcome<List<Sent>>> sendBatch(
            AppId app, ConversationId conversation, UserId from, List<OutgoingMessage> messages, Deadline deadline) {
        return sender.sendBatch(conversation.timeline(app), from, messages, deadline);
    }

    /**
     * Writes a message that only the recipients see. Not one step: after a failure some may have it; repeating brings it to
     * the others and to nobody twice.
     *
     * <p>Refusals: NO_RECIPIENTS, TOO_MANY_RECIPIENTS, CONVERSATION_NOT_FOUND, DISSOLVED, NOT_MEMBER, ROLE_TOO_LOW,
     * RECIPIENT_NOT_MEMBER, SEQUENCE_BEYOND_HEAD, CLIENT_MESSAGE_CONFLICT.
     */
    public CompletableFuture<Outcome<PersonalSent>> sendPersonal(NewPersonalMessage message, Deadline deadline) {
        return personal.send(message, deadline);
    }

    /**
     * Takes a message back: its sender within the app's window, whoever has the role at any time. Recalling again changes
     * nothing.
     *
     * <p>Refusals: CONVERSATION_NOT_FOUND, DISSOLVED, NOT_MEMBER, MESSAGE_NOT_FOUND, NOT_OWN_MESSAGE, WINDOW_PASSED,
     * MESSAGE_GONE (deleted for all).
     */
    public CompletableFuture<Outcome<ChangedMessage>> recall(MessageAt target, UserId actor, Deadline deadline) {
        return changes.recall(target, actor, deadline);
    }

    /**
     * Gives one's own message other content, within the app's window.
     *
     * <p>Refusals: those of {@link #recall}, ROLE_TOO_LOW, CLIENT_MESSAGE_CONFLICT.
     *
     * @param content its client message id names the edit, so that it can be repeated
     */
    public CompletableFuture<Outcome<ChangedMessage>> edit(
            MessageAt target, UserId actor, OutgoingMessage content, Deadline deadline) {
        return changes.edit(target, actor, content, deadline);
    }

    /**
     * Deletes a message for all, recalled ones too. Deleting again changes nothing.
     *
     * <p>Refusals: CONVERSATION_NOT_FOUND, DISSOLVED, NOT_MEMBER, MESSAGE_NOT_FOUND, NOT_OWN_MESSAGE.
     */
    public CompletableFuture<Outcome<ChangedMessage>> deleteForAll(MessageAt target, UserId actor, Deadline deadline) {
        return changes.deleteForAll(target, actor, deadline);
    }

    /**
     * Deletes a message for its reader alone, who may have left. Deleting again changes nothing.
     *
     * <p>Refusals: CONVERSATION_NOT_FOUND, NOT_MEMBER, MESSAGE_NOT_FOUND.
     */
    public CompletableFuture<Outcome<ChangedMessage>> deleteForMe(MessageAt target, UserId user, Deadline deadline) {
        return changes.deleteForMe(target, user, deadline);
    }

    /**
     * Adds a reaction to a message, or takes it away. What is so already is not changed.
     *
     * <p>Refusals: CONVERSATION_NOT_FOUND, DISSOLVED, NOT_MEMBER, MESSAGE_NOT_FOUND, MESSAGE_GONE, TOO_MANY_REACTIONS.
     *
     * @param reaction as {@link Reaction} says
     */
    public CompletableFuture<Outcome<ChangedMessage>> react(
            MessageAt target, UserId actor, String reaction, boolean add, Deadline deadline) {
        return changes.react(target, actor, reaction, add, deadline);
    }
}
