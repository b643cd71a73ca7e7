package io.tideline.tools.bench;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.CreateConversationResponse;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.GetUnreadRequest;
import io.tideline.api.v1.GetUnreadResponse;
import io.tideline.api.v1.ListFanoutRequest;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.SendBatchRequest;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.SyncRequest;
import io.tideline.api.v1.SyncResponse;
import io.tideline.client.TidelineClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Conversations, as a product's back end uses them, in an app of this run's own. */
final class MessagingLoad {
    private static final int ID_RADIX = 36;
    private static final int CREATIONS_IN_FLIGHT = 32;
    private static final long FANOUT_SECONDS = 300;
    private static final long FANOUT_LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final TidelineClient client;
    private final String app;
    private final AtomicLong ids;

    /** @param ids of messages, shared by all who send in this run */
    MessagingLoad(TidelineClient client, String app, AtomicLong ids) {
        this.client = client;
        this.app = app;
        this.ids = ids;
    }

    String app() {
        return app;
    }

    static String user(String group, int number) {
        return group + "-" + number;
    }

    /** The id of a new group of {@code members} users, the first of whom has made it. */
    String group(String users, int members, DiffusionPolicy policy) {
        List<String> others = new ArrayList<>(members);
        for (int i = 1; i < members; i++) {
            others.add(user(users, i));
        }
        return TidelineLoad.await(create(user(users, 0), others, policy));
    }

    private CompletableFuture<String> create(String creator, List<String> others, DiffusionPolicy policy) {
        CreateConversationRequest request = CreateConversationRequest.newBuilder()
                .setApp(app)
                .setCreator(creator)
                .setKind(ConversationKind.GROUP)
                .setPolicy(policy)
                .setHistoryVisible(true)
                .addAllMembers(others)
                .build();
        return client.messaging()
                .createConversation(request)
                .thenApply(CreateConversationResponse::getConversation)
                .thenApply(conversation -> conversation.getId());
    }

    /** Groups of these users and of a peer who sends. */
    List<String> conversationsOf(List<String> users, String peer, int count) {
        List<String> made = new ArrayList<>(count);
        List<CompletableFuture<String>> open = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            open.add(create(peer, users, DiffusionPolicy.DIFFUSION_READ));
            if (open.size() == CREATIONS_IN_FLIGHT || i == count - 1) {
                open.forEach(creation -> made.add(TidelineLoad.await(creation)));
                open.clear();
            }
        }
        return made;
    }

    OutgoingMessage message(ByteString payload) {
        return OutgoingMessage.newBuilder()
                .setClientMessageId("m" + Long.toString(ids.getAndIncrement(), ID_RADIX))
                .setKind("text")
                .setPayload(payload)
                .build();
    }

    CompletableFuture<SendResponse> send(String conversation, String sender, ByteString payload) {
        return client.messaging()
                .send(SendRequest.newBuilder()
                        .setApp(app)
                        .setConversationId(conversation)
                        .setSender(sender)
                        .setMessage(message(payload))
                        .build());
    }

    void sendBatch(String conversation, String sender, ByteString payload, int count) {
        SendBatchRequest.Builder request = SendBatchRequest.newBuilder()
                .setApp(app)
                .setConversationId(conversation)
                .setSender(sender);
        for (int i = 0; i < count; i++) {
            request.addMessages(message(payload));
        }
        TidelineLoad.await(client.messaging().sendBatch(request.build()));
    }

    /** @param ack of the last page; empty for none */
    SyncResponse sync(String user, String ack) {
        return TidelineLoad.await(client.messaging()
                .sync(SyncRequest.newBuilder()
                        .setApp(app)
                        .setUser(user)
                        .setDevice("bench")
                        .setAck(ack)
                        .build()));
    }

    GetUnreadResponse unread(String user) {
        return TidelineLoad.await(client.messaging()
                .getUnread(
                        GetUnreadRequest.newBuilder().setApp(app).setUser(user).build()));
    }

    /** Waits until nothing is left to be brought to inboxes, looking again and again. */
    void awaitFanout() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(FANOUT_SECONDS);
        ListFanoutRequest request =
                ListFanoutRequest.newBuilder().setPageSize(1).build();
        while (TidelineLoad.await(client.operator().listFanout(request)).getTasksCount() > 0) {
            if (System.nanoTime() - deadline > 0) {
                throw new BenchFailedException("the fan-out has not ended after " + FANOUT_SECONDS + " s");
            }
            LockSupport.parkNanos(FANOUT_LOOK_NANOS);
        }
    }
}
