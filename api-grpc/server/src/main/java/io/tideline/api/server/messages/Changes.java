package io.tideline.api.server.messages;

import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.v1.ChangeMessageResponse;
import io.tideline.api.v1.DeleteMessageRequest;
import io.tideline.api.v1.EditMessageRequest;
import io.tideline.api.v1.ReactRequest;
import io.tideline.api.v1.RecallMessageRequest;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.Reaction;
import io.tideline.core.store.Deadline;
import io.tideline.store.Outcome;
import io.tideline.store.message.ChangedMessage;
import io.tideline.store.message.MessageAt;
import io.tideline.store.message.MessageService;
import io.tideline.store.message.OutgoingMessage;
import java.util.concurrent.CompletableFuture;

/** What becomes of messages that were sent. */
final class Changes {
    private final MessageService service;

    Changes(MessageService service) {
        this.service = service;
    }

    private static MessageAt target(String app, String conversation, long seq, RequestFields fields) {
        return new MessageAt(fields.app(app), fields.conversation(conversation), fields.seq("seq", seq));
    }

    private static CompletableFuture<ChangeMessageResponse> answer(CompletableFuture<Outcome<ChangedMessage>> outcome) {
        return outcome.thenApply(Refusals::accepted).thenApply(changed -> ChangeMessageResponse.newBuilder()
                .setChangeSeq(changed.at().value())
                .setUnchanged(changed.unchanged())
                .build());
    }

    CompletableFuture<ChangeMessageResponse> recall(RecallMessageRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        MessageAt target = target(request.getApp(), request.getConversationId(), request.getSeq(), fields);
        UserId user = fields.user("user", request.getUser());
        fields.check();
        return answer(service.recall(target, user, deadline));
    }

    CompletableFuture<ChangeMessageResponse> edit(EditMessageRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        MessageAt target = target(request.getApp(), request.getConversationId(), request.getSeq(), fields);
        UserId user = fields.user("user", request.getUser());
        OutgoingMessage content = fields.message(
                "",
                true,
                io.tideline.api.v1.OutgoingMessage.newBuilder()
                        .setClientMessageId(request.getClientMessageId())
                        .setKind(request.getKind())
                        .setPayload(request.getPayload())
                        .build());
        fields.check();
        return answer(service.edit(target, user, content, deadline));
    }

    CompletableFuture<ChangeMessageResponse> delete(DeleteMessageRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        MessageAt target = target(request.getApp(), request.getConversationId(), request.getSeq(), fields);
        UserId user = fields.user("user", request.getUser());
        fields.check();
        return answer(
                request.getOnlyForMe()
                        ? service.deleteForMe(target, user, deadline)
                        : service.deleteForAll(target, user, deadline));
    }

    CompletableFuture<ChangeMessageResponse> react(ReactRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        MessageAt target = target(request.getApp(), request.getConversationId(), request.getSeq(), fields);
        UserId user = fields.user("user", request.getUser());
        try {
            Reaction.checkName(request.getReaction());
        } catch (IllegalArgumentException e) {
            fields.add("reaction", "reaction: not acceptable (expected: 1..64 bytes of UTF-8, no control characters)");
        }
        fields.check();
        return answer(service.react(target, user, request.getReaction(), !request.getRemove(), deadline));
    }
}
