package io.tideline.api.server;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.ConversationServiceGrpc;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.GetUnreadRequest;
import io.tideline.api.v1.GetUnreadResponse;
import io.tideline.api.v1.ListFanoutRequest;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageServiceGrpc;
import io.tideline.api.v1.OperatorServiceGrpc;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.SyncRequest;
import io.tideline.api.v1.SyncResponse;
import io.tideline.api.v1.SyncServiceGrpc;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The messaging services over one channel, with short forms of what most tests ask them. */
final class Chat {
    static final String APP = "shop";

    final ConversationServiceGrpc.ConversationServiceBlockingStub conversations;
    final MessageServiceGrpc.MessageServiceBlockingStub messages;
    final SyncServiceGrpc.SyncServiceBlockingStub sync;
    private final OperatorServiceGrpc.OperatorServiceBlockingStub operator;

    Chat(Channel channel) {
        conversations = ConversationServiceGrpc.newBlockingStub(channel);
        messages = MessageServiceGrpc.newBlockingStub(channel);
        sync = SyncServiceGrpc.newBlockingStub(channel);
        operator = OperatorServiceGrpc.newBlockingStub(channel);
    }

    static CreateConversationRequest.Builder wanted(ConversationKind kind, String creator, String... members) {
        return CreateConversationRequest.newBuilder()
                .setApp(APP)
                .setCreator(creator)
                .setKind(kind)
                .addAllMembers(List.of(members));
    }

    /** A group of this diffusion; its id. */
    String group(DiffusionPolicy policy, String creator, String... members) {
        return create(wanted(ConversationKind.GROUP, creator, members).setPolicy(policy));
    }

    String create(CreateConversationRequest.Builder request) {
        return conversations
                .createConversation(request.build())
                .getConversation()
                .getId();
    }

    static OutgoingMessage text(String id) {
        return OutgoingMessage.newBuilder()
                .setClientMessageId(id)
                .setKind("text")
                .setPayload(ByteString.copyFromUtf8(id))
                .build();
    }

    static SendRequest sending(String conversation, String sender, String id) {
        return SendRequest.newBuilder()
                .setApp(APP)
                .setConversationId(conversation)
                .setSender(sender)
                .setMessage(text(id))
                .build();
    }

    static SendRequest notice(String conversation, String sender, String id) {
        SendRequest.Builder request = sending(conversation, sender, id).toBuilder();
        request.getMessageBuilder().setNotice(true);
        return request.build();
    }

    SendResponse send(String conversation, String sender, String id) {
        return messages.send(sending(conversation, sender, id));
    }

    static ListMessagesRequest.Builder history(String conversation, String user) {
        return ListMessagesRequest.newBuilder()
                .setApp(APP)
                .setConversationId(conversation)
                .setUser(user);
    }

    /** All messages of a conversation as a user sees them, without events. */
    List<Message> read(String conversation, String user) {
        return messages
                .listMessages(history(conversation, user).setPageSize(1_000).build())
                .getMessagesList()
                .stream()
                .filter(message -> !message.hasEvent())
                .toList();
    }

    static SyncRequest.Builder syncing(String user, String device) {
        return SyncRequest.newBuilder().setApp(APP).setUser(user).setDevice(device);
    }

    SyncResponse sync(String user, String device, String ack) {
        return sync.sync(syncing(user, device).setAck(ack).build());
    }

    GetUnreadResponse unread(String user) {
        return sync.getUnread(
                GetUnreadRequest.newBuilder().setApp(APP).setUser(user).build());
    }

    /** Returns when everything that was sent has reached inboxes and lists. */
    void awaitFanout() {
        awaitFanout(ServerFixture.WAIT);
    }

    void awaitFanout(Duration patience) {
        Instant end = Instant.now().plus(patience);
        while (operator.listFanout(ListFanoutRequest.getDefaultInstance()).getTasksCount() > 0) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("fan-out did not end");
            }
        }
    }

    static List<String> texts(List<Message> messages) {
        return messages.stream()
                .filter(message -> !message.hasEvent())
                .map(message -> message.getPayload().toStringUtf8())
                .toList();
    }
}
