package io.tideline.api.server.messages;

import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.identity.Scope;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.SendBatchRequest;
import io.tideline.api.v1.SendBatchResponse;
import io.tideline.api.v1.SendPersonalRequest;
import io.tideline.api.v1.SendPersonalResponse;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.SendResponse;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.store.message.MessageService;
import io.tideline.store.message.NewPersonalMessage;
import io.tideline.store.message.OutgoingMessage;
import io.tideline.store.message.Sent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Send, SendBatch and SendPersonal. */
final class Sends {
    private final MessageService service;

    Sends(MessageService service) {
        this.service = service;
    }

    CompletableFuture<SendResponse> send(SendRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getSender());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        ConversationId conversation = fields.conversation(request.getConversationId());
        UserId sender = fields.user("sender", request.getSender());
        OutgoingMessage message = fields.message("message", request.hasMessage(), request.getMessage());
        fields.check();
        return service.send(app, conversation, sender, message, deadline)
                .thenApply(Refusals::accepted)
                .thenApply(Sends::receipt);
    }

    static SendResponse receipt(Sent sent) {
        return SendResponse.newBuilder()
                .setMessageId(sent.messageId().value())
                .setSeq(sent.seq().value())
                .setServerTime(Responses.timestamp(sent.serverTime()))
                .setRepeated(sent.repeated())
                .build();
    }

    CompletableFuture<SendBatchResponse> sendBatch(SendBatchRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getSender());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        ConversationId conversation = fields.conversation(request.getConversationId());
        UserId sender = fields.user("sender", request.getSender());
        List<OutgoingMessage> messages = messages(request.getMessagesList(), fields);
        fields.check();
        return service.sendBatch(app, conversation, sender, messages, deadline)
                .thenApply(Refusals::accepted)
                .thenApply(sent -> SendBatchResponse.newBuilder()
                        .addAllReceipts(sent.stream().map(Sends::receipt).toList())
                        .build());
    }

    private static List<OutgoingMessage> messages(
            List<io.tideline.api.v1.OutgoingMessage> requested, RequestFields fields) {
        int count = requested.size();
        if (count < 1 || count > TimelineAppend.MAX_ENTRIES) {
            fields.add("messages", "messages: " + count + " (expected: 1.." + TimelineAppend.MAX_ENTRIES + ")");
            return List.of();
        }
        List<OutgoingMessage> messages = new ArrayList<>(count);
        Set<ClientMessageId> seen = new HashSet<>();
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            OutgoingMessage message = fields.message("messages[" + i + "]", true, requested.get(i));
            bytes += message.payload().size();
            if (!seen.add(message.clientMessageId())) {
                fields.add("messages[" + i + "].client_message_id", "client_message_id: used twice (expected: unique)");
            }
            messages.add(message);
        }
        if (bytes > TimelineAppend.MAX_PAYLOAD_BYTES) {
            fields.add(
                    "messages",
                    "messages: " + bytes + " payload bytes (expected: 0.." + TimelineAppend.MAX_PAYLOAD_BYTES + ")");
        }
        return messages;
    }

    CompletableFuture<SendPersonalResponse> sendPersonal(SendPersonalRequest request, Deadline deadline) {
        Caller caller = Caller.current();
        caller.requireUser(request.getApp(), request.getSender());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        ConversationId conversation = fields.conversation(request.getConversationId());
        UserId sender = fields.user("sender", request.getSender());
        List<UserId> recipients =
                fields.users("recipients", request.getRecipientsList(), 1, NewPersonalMessage.MAX_RECIPIENTS);
        OutgoingMessage message = fields.message("message", request.hasMessage(), request.getMessage());
        SequenceId follows = fields.seqOrNone("follows_seq", request.getFollowsSeq());
        NewPersonalMessage personal = fields.whole(() -> new NewPersonalMessage(
                app, conversation, sender, caller.scope() != Scope.USER, recipients, message, follows));
        return service.sendPersonal(personal, deadline)
                .thenApply(Refusals::accepted)
                .thenApply(sent -> SendPersonalResponse.newBuilder()
                        .setMessageId(sent.messageId().value())
                        .setFollowsSeq(sent.follows().value())
                        .setRepeated(sent.repeated())
                        .build());
    }
}
