package io.tideline.client;

import io.grpc.MethodDescriptor;
import io.tideline.api.v1.AddMembersRequest;
import io.tideline.api.v1.ChangeMessageResponse;
import io.tideline.api.v1.CommitConsumerRequest;
import io.tideline.api.v1.CommitConsumerResponse;
import io.tideline.api.v1.Conversation;
import io.tideline.api.v1.ConversationServiceGrpc;
import io.tideline.api.v1.ConversationUnread;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.CreateConversationResponse;
import io.tideline.api.v1.DeleteMessageRequest;
import io.tideline.api.v1.DissolveConversationRequest;
import io.tideline.api.v1.EditMessageRequest;
import io.tideline.api.v1.ForgetDeviceRequest;
import io.tideline.api.v1.ForgetDeviceResponse;
import io.tideline.api.v1.GetCheckpointsRequest;
import io.tideline.api.v1.GetCheckpointsResponse;
import io.tideline.api.v1.GetConversationRequest;
import io.tideline.api.v1.GetReceiptsRequest;
import io.tideline.api.v1.GetReceiptsResponse;
import io.tideline.api.v1.GetUnreadRequest;
import io.tideline.api.v1.GetUnreadResponse;
import io.tideline.api.v1.ListConversationsRequest;
import io.tideline.api.v1.ListConversationsResponse;
import io.tideline.api.v1.ListDevicesRequest;
import io.tideline.api.v1.ListDevicesResponse;
import io.tideline.api.v1.ListMembersRequest;
import io.tideline.api.v1.ListMembersResponse;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.api.v1.MarkReadRequest;
import io.tideline.api.v1.Member;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageGap;
import io.tideline.api.v1.MessageServiceGrpc;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.PollConsumerRequest;
import io.tideline.api.v1.PollConsumerResponse;
import io.tideline.api.v1.ReactRequest;
import io.tideline.api.v1.RecallMessageRequest;
import io.tideline.api.v1.RemoveMemberRequest;
import io.tideline.api.v1.SendBatchRequest;
import io.tideline.api.v1.SendBatchResponse;
import io.tideline.api.v1.SendPersonalRequest;
import io.tideline.api.v1.SendPersonalResponse;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.SetCheckpointsRequest;
import io.tideline.api.v1.SetCheckpointsResponse;
import io.tideline.api.v1.SetMemberRoleRequest;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SyncRequest;
import io.tideline.api.v1.SyncResponse;
import io.tideline.api.v1.SyncServiceGrpc;
import io.tideline.api.v1.UpdateConversationRequest;
import io.tideline.api.v1.UpdateUserConversationRequest;
import io.tideline.api.v1.UserConversation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Conversations, messages, and what a user's devices have in common, with the retries and failures of {@link
 * TidelineClient}. Safe for use by many threads. What a call means, and with which reasons it fails, stands with the
 * service's methods in the contract.
 *
 * <p>Calls that the contract makes repeatable are repeated by themselves, with one client message id or request id for
 * all attempts. The others say so.
 */
public final class MessagingClient {
    private static final int DEFAULT_WINDOW = 1_024;

    private final CallContext context;
    private final ClientMessageIds ids;

    MessagingClient(CallContext context, ClientMessageIds ids) {
        this.context = context;
        this.ids = ids;
    }

    /** Creates a conversation, or answers with the one there is. Without a request id it gets one here, once. */
    public CompletableFuture<CreateConversationResponse> createConversation(CreateConversationRequest request) {
        return always(ConversationServiceGrpc.getCreateConversationMethod(), identified(request));
    }

    /** What a conversation is. */
    public CompletableFuture<Conversation> getConversation(GetConversationRequest request) {
        return always(ConversationServiceGrpc.getGetConversationMethod(), request);
    }

    /** Not repeated when the outcome is unknown: somebody else may have changed the settings since. */
    public CompletableFuture<Conversation> updateConversation(UpdateConversationRequest request) {
        return once(ConversationServiceGrpc.getUpdateConversationMethod(), request);
    }

    /** Ends a conversation; its history stays. */
    public CompletableFuture<Conversation> dissolveConversation(DissolveConversationRequest request) {
        return always(ConversationServiceGrpc.getDissolveConversationMethod(), request);
    }

    /** Reads one page of a user's conversations, most recently active first. */
    public CompletableFuture<ListConversationsResponse> listConversations(ListConversationsRequest request) {
        return always(ConversationServiceGrpc.getListConversationsMethod(), request);
    }

    /** Adds members; who is one already is left as he is. */
    public CompletableFuture<Conversation> addMembers(AddMembersRequest request) {
        return always(ConversationServiceGrpc.getAddMembersMethod(), request);
    }

    /** Removes a member, or the caller himself. */
    public CompletableFuture<Conversation> removeMember(RemoveMemberRequest request) {
        return always(ConversationServiceGrpc.getRemoveMemberMethod(), request);
    }

    /** Not repeated when the outcome is unknown: somebody else may have given another role since. */
    public CompletableFuture<Member> setMemberRole(SetMemberRoleRequest request) {
        return once(ConversationServiceGrpc.getSetMemberRoleMethod(), request);
    }

    /** Reads one page of members. */
    public CompletableFuture<ListMembersResponse> listMembers(ListMembersRequest request) {
        return always(ConversationServiceGrpc.getListMembersMethod(), request);
    }

    /** Walks a user's conversations, blocking for each page: for tools and tests. */
    public PageCursor<UserConversation> allConversations(ListConversationsRequest request) {
        return PageCursor.over(
                token -> listConversations(
                        token.isEmpty()
                                ? request
                                : request.toBuilder().setPageToken(token).build()),
                ListConversationsResponse::getConversationsList,
                ListConversationsResponse::getNextPageToken);
    }

    /** Walks the members of a conversation, blocking for each page: for tools and tests. */
    public PageCursor<Member> allMembers(ListMembersRequest request) {
        return PageCursor.over(
                token -> listMembers(
                        token.isEmpty()
                                ? request
                                : request.toBuilder().setPageToken(token).build()),
                ListMembersResponse::getMembersList,
                ListMembersResponse::getNextPageToken);
    }

    /** Sends one message; without a client message id it gets one here, once, so that it is stored once. */
    public CompletableFuture<SendResponse> send(SendRequest request) {
        return always(MessageServiceGrpc.getSendMethod(), identified(request));
    }

    /** Sends several messages to one conversation: all in this order and without another between, or none. */
    public CompletableFuture<SendBatchResponse> sendBatch(SendBatchRequest request) {
        return always(MessageServiceGrpc.getSendBatchMethod(), identified(request));
    }

    /** Writes a message that only some members see. */
    public CompletableFuture<SendPersonalResponse> sendPersonal(SendPersonalRequest request) {
        return always(MessageServiceGrpc.getSendPersonalMethod(), identified(request));
    }

    /** Takes a message back. */
    public CompletableFuture<ChangeMessageResponse> recallMessage(RecallMessageRequest request) {
        return always(MessageServiceGrpc.getRecallMessageMethod(), request);
    }

    /** Gives one's own message other content; without a client message id the edit gets one here, once. */
    public CompletableFuture<ChangeMessageResponse> editMessage(EditMessageRequest request) {
        return always(MessageServiceGrpc.getEditMessageMethod(), identified(request));
    }

    /** Deletes a message for all, or for the caller alone. */
    public CompletableFuture<ChangeMessageResponse> deleteMessage(DeleteMessageRequest request) {
        return always(MessageServiceGrpc.getDeleteMessageMethod(), request);
    }

    /** Adds or takes away one's reaction. */
    public CompletableFuture<ChangeMessageResponse> react(ReactRequest request) {
        return always(MessageServiceGrpc.getReactMethod(), request);
    }

    /** Reads one page of a conversation as a user sees it. */
    public CompletableFuture<ListMessagesResponse> listMessages(ListMessagesRequest request) {
        return always(MessageServiceGrpc.getListMessagesMethod(), request);
    }

    /** Walks the messages of a conversation, blocking for each page; gaps come when their page is reached, before it. */
    public PageCursor<Message> allMessages(ListMessagesRequest request, Consumer<MessageGap> gaps) {
        return PageCursor.over(
                token -> listMessages(
                        token.isEmpty()
                                ? request
                                : request.toBuilder().setPageToken(token).build()),
                page -> {
                    page.getGapsList().forEach(gaps);
                    return page.getMessagesList();
                },
                ListMessagesResponse::getNextPageToken);
    }

    /** The fast road for one sender, with a window of 1,024 unacknowledged messages. */
    public SendStream openSendStream(String app, String sender) {
        return openSendStream(app, sender, DEFAULT_WINDOW);
    }

    /**
     * The fast road with a window of one's own.
     *
     * @param window unacknowledged messages up to which the stream is ready, 1 or more
     */
    public SendStream openSendStream(String app, String sender, int window) {
        return SendStream.open(context, ids, app, sender, window);
    }

    /** One page of what a device has not yet had. A repeat is safe: what {@code ack} raises stays raised. */
    public CompletableFuture<SyncResponse> sync(SyncRequest request) {
        return always(SyncServiceGrpc.getSyncMethod(), request);
    }

    /**
     * Follows everything of a device over one connection; for those that keep what comes by themselves. {@link
     * #openDevice} is a device that reconnects and forgets nothing.
     *
     * @param ack {@code next} of the last page that was stored; empty for none
     */
    public Subscription subscribe(SubscribeRequest.Register register, String ack, SubscriptionEvents events) {
        return Subscription.open(context, register, ack, events);
    }

    /** Drops a device and its checkpoints. */
    public CompletableFuture<ForgetDeviceResponse> forgetDevice(ForgetDeviceRequest request) {
        return always(SyncServiceGrpc.getForgetDeviceMethod(), request);
    }

    /** Raises checkpoints of a device; higher ones stay. */
    public CompletableFuture<SetCheckpointsResponse> setCheckpoints(SetCheckpointsRequest request) {
        return always(SyncServiceGrpc.getSetCheckpointsMethod(), request);
    }

    /** Reads one page of the checkpoints of a device. */
    public CompletableFuture<GetCheckpointsResponse> getCheckpoints(GetCheckpointsRequest request) {
        return always(SyncServiceGrpc.getGetCheckpointsMethod(), request);
    }

    /** The devices of a user. */
    public CompletableFuture<ListDevicesResponse> listDevices(ListDevicesRequest request) {
        return always(SyncServiceGrpc.getListDevicesMethod(), request);
    }

    /** Unread counts of one moment; the total is their sum. */
    public CompletableFuture<GetUnreadResponse> getUnread(GetUnreadRequest request) {
        return always(SyncServiceGrpc.getGetUnreadMethod(), request);
    }

    /** Marks a conversation as read up to a message; a farther mark stays. */
    public CompletableFuture<ConversationUnread> markRead(MarkReadRequest request) {
        return always(SyncServiceGrpc.getMarkReadMethod(), request);
    }

    /** Not repeated when the outcome is unknown: another device of the user may have set it otherwise since. */
    public CompletableFuture<ConversationUnread> updateUserConversation(UpdateUserConversationRequest request) {
        return once(SyncServiceGrpc.getUpdateUserConversationMethod(), request);
    }

    /** Who has read a message. */
    public CompletableFuture<GetReceiptsResponse> getReceipts(GetReceiptsRequest request) {
        return always(SyncServiceGrpc.getGetReceiptsMethod(), request);
    }

    /** Commits what a consumer has processed; a higher checkpoint stays. */
    public CompletableFuture<CommitConsumerResponse> commitConsumer(CommitConsumerRequest request) {
        return always(SyncServiceGrpc.getCommitConsumerMethod(), request);
    }

    /** What a consumer has not committed yet; an attempt takes as much longer as the server is asked to wait. */
    public CompletableFuture<PollConsumerResponse> pollConsumer(PollConsumerRequest request) {
        var maxWait = request.getMaxWait();
        Duration wait = Duration.ofSeconds(maxWait.getSeconds(), maxWait.getNanos());
        return context.withPatience(wait)
                .unary(SyncServiceGrpc.getPollConsumerMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    /**
     * Reads everything as a named consumer until {@link ConsumerLoop#close}.
     *
     * @param request what to poll, and how
     * @param executor runs the handler, which may block it; one task at a time
     */
    public ConsumerLoop consume(PollConsumerRequest request, ConsumerHandler handler, Executor executor) {
        return ConsumerLoop.start(context, this, request, handler, executor);
    }

    /**
     * Opens a device of a user with what it has stored; {@link DeviceClient#start} connects it. Reads and writes the
     * disk, so it takes a moment.
     *
     * @throws DeviceStoreException when the local store cannot be used
     */
    public DeviceClient openDevice(DeviceConfig config, DeviceListener listener) {
        return DeviceClient.open(context, this, config, listener);
    }

    private SendRequest identified(SendRequest request) {
        return request.toBuilder()
                .setMessage(ids.identified(request.getMessage()))
                .build();
    }

    private SendBatchRequest identified(SendBatchRequest request) {
        SendBatchRequest.Builder identified = request.toBuilder().clearMessages();
        for (OutgoingMessage message : request.getMessagesList()) {
            identified.addMessages(ids.identified(message));
        }
        return identified.build();
    }

    private SendPersonalRequest identified(SendPersonalRequest request) {
        return request.toBuilder()
                .setMessage(ids.identified(request.getMessage()))
                .build();
    }

    private EditMessageRequest identified(EditMessageRequest request) {
        return request.getClientMessageId().isEmpty()
                ? request.toBuilder().setClientMessageId(ids.next()).build()
                : request;
    }

    private CreateConversationRequest identified(CreateConversationRequest request) {
        return request.getRequestId().isEmpty()
                ? request.toBuilder().setRequestId(ids.next()).build()
                : request;
    }

    private <Q, A> CompletableFuture<A> always(MethodDescriptor<Q, A> method, Q request) {
        return context.unary(method, request, Repeat.ALWAYS, Function.identity());
    }

    private <Q, A> CompletableFuture<A> once(MethodDescriptor<Q, A> method, Q request) {
        return context.unary(method, request, Repeat.WHEN_NOTHING_DONE, Function.identity());
    }
}
