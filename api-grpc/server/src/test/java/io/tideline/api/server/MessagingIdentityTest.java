package io.tideline.api.server;

import static io.tideline.api.server.Chat.APP;
import static io.tideline.api.server.Chat.history;
import static io.tideline.api.server.Chat.syncing;
import static io.tideline.api.server.Chat.wanted;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.server.identity.Authentication;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.identity.HmacSecret;
import io.tideline.api.server.identity.Scope;
import io.tideline.api.server.identity.TokenIssuer;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.EraseRequest;
import io.tideline.api.v1.GetConversationRequest;
import io.tideline.api.v1.GetOperationRequest;
import io.tideline.api.v1.GetUnreadRequest;
import io.tideline.api.v1.HistoryServiceGrpc;
import io.tideline.api.v1.ListFanoutRequest;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.ListOperationsRequest;
import io.tideline.api.v1.MessageServiceGrpc;
import io.tideline.api.v1.OperationsServiceGrpc;
import io.tideline.api.v1.OperatorServiceGrpc;
import io.tideline.api.v1.PollConsumerRequest;
import io.tideline.api.v1.SendPersonalRequest;
import io.tideline.api.v1.SendStreamRequest;
import io.tideline.api.v1.SendStreamResponse;
import io.tideline.api.v1.StartOperationRequest;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what in whose name, on a server with tokens. */
final class MessagingIdentityTest {
    private static final AppId SHOP = new AppId(APP);

    @TempDir
    private Path directory;

    private ServerFixture fixture;
    private HmacSecret secret;
    private Chat service;
    private Chat anna;
    private String group;

    @BeforeEach
    void start() throws Exception {
        Path file = directory.resolve("secret");
        Files.writeString(file, "mQ7rT2xVb9KpL4wZc8NfHs3YgJd6AuEe");
        secret = HmacSecret.read(file);
        fixture = new ServerFixture(ServerSecurity.DEFAULT.withAuthentication(
                new Authentication.Tokens(new Authentication.SecretFile(file), null, null)));
        service = new Chat(channel(new Caller(Scope.SERVICE, SHOP, null)));
        anna = new Chat(channel(new Caller(Scope.USER, SHOP, new UserId("anna"))));
        group = service.group(DiffusionPolicy.DIFFUSION_READ, "bob", "anna");
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private io.grpc.Channel channel(Caller caller) {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                "Bearer "
                        + new TokenIssuer(secret, InstantSource.system(), null, null)
                                .issue(caller, Duration.ofMinutes(5)));
        return ClientInterceptors.intercept(fixture.channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static void assertDenied(String reason, ThrowingCallable call) {
        Failure failure = failureOf(call);
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.code()).isEqualTo(Code.PERMISSION_DENIED);
    }

    private static GetConversationRequest get(String id, String user) {
        return GetConversationRequest.newBuilder()
                .setApp(APP)
                .setConversationId(id)
                .setUser(user)
                .build();
    }

    private OperationsServiceGrpc.OperationsServiceBlockingStub operations(Caller caller) {
        return OperationsServiceGrpc.newBlockingStub(channel(caller));
    }

    @Test
    void historyOfEverything_isForBackEnds() {
        ListMessagesRequest all = Chat.history(group, "").build();
        ListMessagesRequest bobs = Chat.history(group, "bob").build();
        Caller user = new Caller(Scope.USER, SHOP, new UserId("anna"));

        assertDenied("SCOPE_TOO_LOW", () -> HistoryServiceGrpc.newBlockingStub(channel(user))
                .getHistory(all));
        assertDenied("NOT_YOURSELF", () -> HistoryServiceGrpc.newBlockingStub(channel(user))
                .getHistory(bobs));
        assertThat(HistoryServiceGrpc.newBlockingStub(channel(new Caller(Scope.SERVICE, SHOP, null)))
                        .getHistory(all)
                        .getMessagesList())
                .isNotEmpty();
    }

    @Test
    void operations_areForOperatorsOfTheApp() {
        StartOperationRequest erase = StartOperationRequest.newBuilder()
                .setOperationId("gone")
                .setErase(EraseRequest.newBuilder().setApp(APP).setUser("bob").setConfirmed(true))
                .build();
        GetOperationRequest get =
                GetOperationRequest.newBuilder().setOperationId("gone").build();
        Caller other = new Caller(Scope.OPERATOR, new AppId("other"), null);
        Caller own = new Caller(Scope.OPERATOR, SHOP, null);

        assertDenied("SCOPE_TOO_LOW", () -> operations(new Caller(Scope.SERVICE, SHOP, null))
                .startOperation(erase));
        assertDenied("NOT_YOUR_APP", () -> operations(other).startOperation(erase));
        assertThat(operations(own).startOperation(erase).getId()).isEqualTo("gone");
        assertThat(operations(own).getOperation(get).getApp()).isEqualTo(APP);
        assertDenied("NOT_YOUR_APP", () -> operations(other).getOperation(get));
        assertDenied("NOT_YOUR_APP", () -> operations(own).listOperations(ListOperationsRequest.getDefaultInstance()));
    }

    @Test
    void user_actsAsHimself() {
        anna.send(group, "anna", "m1");

        assertThat(Chat.texts(anna.read(group, "anna"))).containsExactly("m1");
        assertThat(Chat.texts(anna.sync("anna", "phone", "").getMessagesList())).containsExactly("m1");
    }

    @Test
    void user_asSomebodyElseOrNobody_isRefusedEverywhere() {
        assertDenied("NOT_YOURSELF", () -> anna.send(group, "bob", "m1"));
        assertDenied("NOT_YOURSELF", () -> anna.create(wanted(ConversationKind.DIRECT, "bob", "anna")));
        assertDenied("NOT_YOURSELF", () -> anna.conversations.getConversation(get(group, "")));
        assertDenied("NOT_YOURSELF", () -> anna.read(group, "bob"));
        assertDenied("NOT_YOURSELF", () -> anna.sync("bob", "phone", ""));
        assertDenied("NOT_YOURSELF", () -> anna.unread("bob"));
        assertDenied(
                "NOT_YOUR_APP",
                () -> anna.messages.listMessages(
                        history(group, "anna").setApp("bank").build()));
        assertDenied(
                "NOT_YOUR_APP",
                () -> service.sync.sync(syncing("anna", "phone").setApp("bank").build()));
    }

    @Test
    void user_whatIsForServices_isRefused() {
        assertDenied(
                "SCOPE_TOO_LOW",
                () -> anna.sync.pollConsumer(PollConsumerRequest.newBuilder()
                        .setApp(APP)
                        .setConsumer("search")
                        .build()));
        assertDenied(
                "SCOPE_TOO_LOW",
                () -> anna.sync.getUnread(GetUnreadRequest.newBuilder()
                        .setApp(APP)
                        .setUser("anna")
                        .setRecount(true)
                        .build()));
        assertDenied(
                "ROLE_TOO_LOW",
                () -> anna.messages.sendPersonal(SendPersonalRequest.newBuilder()
                        .setApp(APP)
                        .setConversationId(group)
                        .setSender("anna")
                        .addRecipients("bob")
                        .setMessage(Chat.text("psst"))
                        .build()));
    }

    @Test
    void service_actsForAnyUserOfItsAppAndSeesEveryConversation() {
        service.send(group, "bob", "m1");

        assertThat(service.conversations.getConversation(get(group, "")).getMemberCount())
                .isEqualTo(2);
        assertThat(Chat.texts(service.read(group, "anna"))).containsExactly("m1");
    }

    @Test
    void sendStream_eachMessage_isLookedAtByItself() throws Exception {
        List<SendStreamResponse> answers = new ArrayList<>();
        CompletableFuture<Void> end = new CompletableFuture<>();
        StreamObserver<SendStreamRequest> requests = MessageServiceGrpc.newStub(
                        channel(new Caller(Scope.USER, SHOP, new UserId("anna"))))
                .sendStream(new StreamObserver<>() {
                    @Override
                    public void onNext(SendStreamResponse answer) {
                        answers.add(answer);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        end.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        end.complete(null);
                    }
                });
        for (String sender : List.of("anna", "bob")) {
            requests.onNext(SendStreamRequest.newBuilder()
                    .setApp(APP)
                    .setConversationId(group)
                    .setSender(sender)
                    .setMessage(Chat.text("by " + sender))
                    .build());
        }
        requests.onCompleted();
        end.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);

        assertThat(answers)
                .extracting(answer -> answer.hasReceipt()
                        ? "sent"
                        : Failure.of(answer.getError()).reason())
                .containsExactlyInAnyOrder("sent", "NOT_YOURSELF");
    }

    @Test
    void listFanout_isForOperatorsOfEveryApp() {
        ListFanoutRequest request = ListFanoutRequest.getDefaultInstance();

        assertThat(OperatorServiceGrpc.newBlockingStub(channel(new Caller(Scope.OPERATOR, null, null)))
                        .listFanout(request)
                        .getNextPageToken())
                .isEmpty();
        assertDenied("NOT_YOUR_APP", () -> OperatorServiceGrpc.newBlockingStub(
                        channel(new Caller(Scope.OPERATOR, SHOP, null)))
                .listFanout(request));
        assertDenied("SCOPE_TOO_LOW", () -> OperatorServiceGrpc.newBlockingStub(
                        channel(new Caller(Scope.SERVICE, SHOP, null)))
                .listFanout(request));
    }
}
