package io.tideline.api.server;

import static io.tideline.api.server.Messages.append;
import static io.tideline.api.server.Messages.conversation;
import static io.tideline.api.server.Messages.entry;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import io.grpc.Metadata;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.server.identity.Authentication;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.identity.HmacSecret;
import io.tideline.api.server.identity.Scope;
import io.tideline.api.server.identity.TokenIssuer;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.AppendResult;
import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.api.v1.AppendStreamResponse;
import io.tideline.api.v1.BatchAppendRequest;
import io.tideline.api.v1.CreateTimelineRequest;
import io.tideline.api.v1.DescribeTimelineRequest;
import io.tideline.api.v1.GetRequest;
import io.tideline.api.v1.HeadQuery;
import io.tideline.api.v1.HeadsRequest;
import io.tideline.api.v1.InspectRequest;
import io.tideline.api.v1.ListTimelinesRequest;
import io.tideline.api.v1.OperatorServiceGrpc.OperatorServiceBlockingStub;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.ServerInfoRequest;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import io.tideline.api.v1.TimelineServiceGrpc.TimelineServiceBlockingStub;
import io.tideline.api.v1.UpdateTimelineRequest;
import io.tideline.api.v1.VerifyAll;
import io.tideline.api.v1.VerifyRequest;
import io.tideline.api.v1.WatchRequest;
import io.tideline.api.v1.WatchResponse;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets what from a server with tokens, over a real connection. */
final class AuthenticationTest {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final AppId SHOP = new AppId("shop");
    private static final Caller SERVICE = new Caller(Scope.SERVICE, SHOP, null);
    private static final Caller USER = new Caller(Scope.USER, SHOP, new UserId("anna"));
    private static final Caller OPERATOR = new Caller(Scope.OPERATOR, null, null);
    private static final Caller SHOP_OPERATOR = new Caller(Scope.OPERATOR, SHOP, null);
    private static final TimelineName MINE = conversation("c");
    private static final TimelineName FOREIGN =
            conversation("c").toBuilder().setApp("bank").build();

    @TempDir
    private Path directory;

    private Path secret;
    private ServerFixture fixture;

    @BeforeEach
    void start() throws Exception {
        secret = directory.resolve("secret");
        Files.writeString(secret, "mQ7rT2xVb9KpL4wZc8NfHs3YgJd6AuEe");
        fixture = new ServerFixture(security());
    }

    private ServerSecurity security() {
        return ServerSecurity.DEFAULT.withAuthentication(
                new Authentication.Tokens(new Authentication.SecretFile(secret), null, null));
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private String token(Caller caller) {
        return token(caller, Instant.now());
    }

    private String token(Caller caller, Instant issuedAt) {
        return new TokenIssuer(HmacSecret.read(secret), InstantSource.fixed(issuedAt), null, null)
                .issue(caller, Duration.ofMinutes(5));
    }

    private static <S extends AbstractStub<S>> S with(S stub, String... authorizations) {
        Metadata headers = new Metadata();
        for (String value : authorizations) {
            headers.put(AUTHORIZATION, value);
        }
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private TimelineServiceBlockingStub timelines(Caller caller) {
        return with(fixture.timelines, "Bearer " + token(caller));
    }

    private OperatorServiceBlockingStub operator(Caller caller) {
        return with(fixture.operator, "Bearer " + token(caller));
    }

    private static void assertFailure(Code code, String reason, ThrowingCallable call) {
        Failure failure = failureOf(call);
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.reason()).isEqualTo(reason);
    }

    private static void assertDenied(String reason, ThrowingCallable call) {
        assertFailure(Code.PERMISSION_DENIED, reason, call);
    }

    @Test
    void call_withoutToken_isUnauthenticatedWhateverItAsks() {
        for (ThrowingCallable call : timelineCalls(fixture.timelines, MINE)) {
            assertFailure(Code.UNAUTHENTICATED, "UNAUTHENTICATED", call);
        }
        for (ThrowingCallable call : operatorCalls(fixture.operator, MINE)) {
            assertFailure(Code.UNAUTHENTICATED, "UNAUTHENTICATED", call);
        }
        assertThat(fixture.store.appends).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer x.y.z", "Basic YTpi", "Bearer Bearer"})
    void call_withSomethingElseThanAToken_isUnauthenticated(String value) {
        assertFailure(Code.UNAUTHENTICATED, "UNAUTHENTICATED", () -> with(fixture.timelines, value)
                .append(append("c", "a")));
    }

    @Test
    void call_withTwoTokens_isUnauthenticated() {
        String bearer = "Bearer " + token(SERVICE);

        assertFailure(Code.UNAUTHENTICATED, "UNAUTHENTICATED", () -> with(fixture.timelines, bearer, bearer)
                .append(append("c", "a")));
    }

    @Test
    void call_withExpiredToken_saysSo() {
        String old = "bearer " + token(SERVICE, Instant.now().minus(Duration.ofHours(1)));

        assertFailure(Code.UNAUTHENTICATED, "TOKEN_EXPIRED", () -> with(fixture.timelines, old)
                .append(append("c", "a")));
    }

    @Test
    void call_notWellFormed_tellsAStrangerNothingOfIt() {
        assertFailure(Code.UNAUTHENTICATED, "UNAUTHENTICATED", () -> fixture.timelines.append(append("c")));
        assertDenied("NOT_YOUR_APP", () -> timelines(SERVICE)
                .append(append("c").toBuilder().setTimeline(FOREIGN).build()));
        assertFailure(Code.INVALID_ARGUMENT, "INVALID_REQUEST", () -> timelines(SERVICE)
                .append(append("c")));
    }

    private static List<ThrowingCallable> timelineCalls(TimelineServiceBlockingStub stub, TimelineName name) {
        return List.of(
                () -> stub.append(append("c", "a").toBuilder().setTimeline(name).build()),
                () -> stub.batchAppend(BatchAppendRequest.newBuilder()
                        .addItems(append("c", "b"))
                        .addItems(append("c", "a").toBuilder().setTimeline(name))
                        .build()),
                () -> stub.read(ReadRequest.newBuilder().setTimeline(name).build()),
                () -> stub.get(
                        GetRequest.newBuilder().setTimeline(name).setSeq(1).build()),
                () -> stub.heads(HeadsRequest.newBuilder()
                        .addQueries(HeadQuery.newBuilder().setTimeline(MINE))
                        .addQueries(HeadQuery.newBuilder().setTimeline(name))
                        .build()),
                () -> stub.watch(WatchRequest.newBuilder().setTimeline(name).build())
                        .hasNext(),
                () -> stub.createTimeline(CreateTimelineRequest.newBuilder()
                        .setTimeline(name.toBuilder().setId("new"))
                        .build()),
                () -> stub.updateTimeline(UpdateTimelineRequest.newBuilder()
                        .setTimeline(name)
                        .putPutAttributes("a", "b")
                        .build()),
                () -> stub.describeTimeline(
                        DescribeTimelineRequest.newBuilder().setTimeline(name).build()),
                () -> stub.listTimelines(ListTimelinesRequest.newBuilder()
                        .setApp(name.getApp())
                        .setFamily(TimelineFamily.CONVERSATION)
                        .build()));
    }

    private static List<ThrowingCallable> operatorCalls(OperatorServiceBlockingStub stub, TimelineName name) {
        return List.of(
                () -> stub.serverInfo(ServerInfoRequest.getDefaultInstance()),
                () -> stub.inspect(InspectRequest.newBuilder().setTimeline(name).build()),
                () -> ImmutableList.copyOf(
                        stub.verify(VerifyRequest.newBuilder().setTimeline(name).build())),
                () -> ImmutableList.copyOf(stub.verify(VerifyRequest.newBuilder()
                        .setAll(VerifyAll.newBuilder().setApp(name.getApp()))
                        .build())));
    }

    @Test
    void service_ownApp_mayDoEverything() throws Throwable {
        for (ThrowingCallable call : timelineCalls(timelines(SERVICE), MINE)) {
            call.call();
        }
        timelines(SHOP_OPERATOR).append(append("c", "z"));
    }

    @Test
    void originalTime_isForOperators() {
        AppendRequest imported = AppendRequest.newBuilder()
                .setTimeline(MINE)
                .addEntries(entry("a"))
                .addEntries(entry("b").toBuilder()
                        .setOriginalTime(Timestamp.newBuilder().setSeconds(1)))
                .build();
        BatchAppendRequest batch = BatchAppendRequest.newBuilder()
                .addItems(append("c", "x"))
                .addItems(imported)
                .build();

        assertDenied("SCOPE_TOO_LOW", () -> timelines(SERVICE).append(imported));
        assertDenied("SCOPE_TOO_LOW", () -> timelines(SERVICE).batchAppend(batch));
        assertThat(fixture.store.appends).isEmpty();

        assertThat(timelines(SHOP_OPERATOR).append(imported).getReceiptsList()).hasSize(2);
        assertThat(timelines(SHOP_OPERATOR).batchAppend(batch).getResultsList()).allMatch(AppendResult::hasAppended);
        assertDenied("NOT_YOUR_APP", () -> timelines(SHOP_OPERATOR)
                .append(imported.toBuilder().setTimeline(FOREIGN).build()));
    }

    @Test
    void appendStream_originalTimeOfAService_isRefusedAndTheOthersGoOn() throws Exception {
        Answers<AppendStreamResponse> answers = new Answers<>();
        StreamObserver<AppendStreamRequest> requests =
                with(fixture.async, "Bearer " + token(SERVICE)).appendStream(answers);

        requests.onNext(AppendStreamRequest.newBuilder()
                .setTimeline(MINE)
                .setEntry(entry("a").toBuilder()
                        .setOriginalTime(Timestamp.newBuilder().setSeconds(1)))
                .build());
        requests.onNext(AppendStreamRequest.newBuilder()
                .setTimeline(MINE)
                .setEntry(entry("b"))
                .build());
        requests.onCompleted();

        List<AppendStreamResponse> all = List.of(answers.next(), answers.next());
        assertThat(all)
                .filteredOn(AppendStreamResponse::hasError)
                .singleElement()
                .satisfies(answer -> {
                    assertThat(answer.getRequestIndex()).isZero();
                    assertThat(Failure.of(answer.getError()).reason()).isEqualTo("SCOPE_TOO_LOW");
                });
        assertThat(fixture.store.appends).hasSize(1);
    }

    @Test
    void service_otherApp_isRefusedEverywhereAndNothingIsDone() {
        for (ThrowingCallable call : timelineCalls(timelines(SERVICE), FOREIGN)) {
            assertDenied("NOT_YOUR_APP", call);
        }
        assertThat(fixture.store.appends).isEmpty();
    }

    @Test
    void userAndAppLessOperator_timelines_areRefusedEverywhere() {
        for (ThrowingCallable call : timelineCalls(timelines(USER), MINE)) {
            assertDenied("SCOPE_TOO_LOW", call);
        }
        for (ThrowingCallable call : timelineCalls(timelines(OPERATOR), MINE)) {
            assertDenied("NOT_YOUR_APP", call);
        }
        assertThat(fixture.store.appends).isEmpty();
    }

    @Test
    void operatorCalls_areForOperators() throws Throwable {
        timelines(SERVICE).append(append("c", "a"));
        for (ThrowingCallable call : operatorCalls(operator(SERVICE), MINE)) {
            assertDenied("SCOPE_TOO_LOW", call);
        }
        for (ThrowingCallable call : operatorCalls(operator(USER), MINE)) {
            assertDenied("SCOPE_TOO_LOW", call);
        }
        assertDenied(
                "SCOPE_TOO_LOW", () -> ImmutableList.copyOf(operator(USER).verify(VerifyRequest.getDefaultInstance())));
        for (ThrowingCallable call : operatorCalls(operator(OPERATOR), MINE)) {
            call.call();
        }
        for (ThrowingCallable call : operatorCalls(operator(SHOP_OPERATOR), MINE)) {
            call.call();
        }
        assertDenied("NOT_YOUR_APP", () -> operator(SHOP_OPERATOR)
                .inspect(InspectRequest.newBuilder().setTimeline(FOREIGN).build()));
    }

    @Test
    void appendStream_user_isRefusedAtOnce() throws Exception {
        Answers<AppendStreamResponse> answers = new Answers<>();

        StreamObserver<AppendStreamRequest> requests =
                with(fixture.async, "Bearer " + token(USER)).appendStream(answers);
        requests.onNext(AppendStreamRequest.newBuilder()
                .setTimeline(MINE)
                .setEntry(entry("a"))
                .build());

        assertThat(answers.failure().reason()).isEqualTo("SCOPE_TOO_LOW");
        assertThat(fixture.store.appends).isEmpty();
    }

    @Test
    void appendStream_oneItemOfAnotherApp_isRefusedAndTheOthersGoOn() throws Exception {
        Answers<AppendStreamResponse> answers = new Answers<>();
        StreamObserver<AppendStreamRequest> requests =
                with(fixture.async, "Bearer " + token(SERVICE)).appendStream(answers);

        for (TimelineName name : List.of(MINE, FOREIGN, MINE)) {
            requests.onNext(AppendStreamRequest.newBuilder()
                    .setTimeline(name)
                    .setEntry(entry("m" + answers.asked++))
                    .build());
        }
        requests.onCompleted();

        // Answers come as they are ready.
        List<AppendStreamResponse> all = List.of(answers.next(), answers.next(), answers.next());
        assertThat(all)
                .filteredOn(AppendStreamResponse::hasError)
                .singleElement()
                .satisfies(answer -> {
                    assertThat(answer.getRequestIndex()).isEqualTo(1);
                    assertThat(Failure.of(answer.getError()).reason()).isEqualTo("NOT_YOUR_APP");
                });
        assertThat(fixture.store.appends).hasSize(2);
    }

    @Test
    void watch_connectionTooOld_endsSoThatATokenIsShownAgain() throws Exception {
        try (ServerFixture aging = new ServerFixture(security().withMaxConnectionAge(Duration.ofMillis(200)))) {
            io.grpc.ManagedChannel plain = aging.newChannel().build();
            Iterator<WatchResponse> watch = with(
                            io.tideline.api.v1.TimelineServiceGrpc.newBlockingStub(plain), "Bearer " + token(SERVICE))
                    .watch(WatchRequest.newBuilder().setTimeline(MINE).build());

            // The transport's own end; the same channel connects again.
            assertThat(failureOf(() -> watch.forEachRemaining(response -> {})).code())
                    .isEqualTo(Code.UNAVAILABLE);
            assertThat(with(io.tideline.api.v1.TimelineServiceGrpc.newBlockingStub(plain), "Bearer " + token(SERVICE))
                            .append(append("c", "a"))
                            .getReceiptsCount())
                    .isEqualTo(1);
            plain.shutdownNow();
        }
    }

    @Test
    void health_withoutToken_isAnswered() {
        assertThat(HealthGrpc.newBlockingStub(fixture.channel)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void open_withOrWithoutToken_letsEverybodyDoEverything() throws Exception {
        try (ServerFixture open = new ServerFixture()) {
            assertThat(open.timelines.append(append("c", "a")).getReceiptsCount())
                    .isEqualTo(1);
            assertThat(with(open.timelines, "Bearer nonsense")
                            .append(append("c", "b"))
                            .getReceiptsCount())
                    .isEqualTo(1);
            assertThat(open.operator
                            .serverInfo(ServerInfoRequest.getDefaultInstance())
                            .getVersion())
                    .isNotEmpty();
        }
    }

    @Test
    void start_reachableAndNothingChosen_saysWhatToDo() {
        TidelineServerConfig reachable = TidelineServerConfig.onPort(0).withBindAddress("0.0.0.0");

        assertThatThrownBy(reachable::check)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("auth: not chosen, and 0.0.0.0 ")
                .hasMessageContaining("expected: jwt");
        reachable
                .withSecurity(ServerSecurity.DEFAULT.withAuthentication(new Authentication.Open()))
                .check();
        reachable.withSecurity(security()).check();
        for (String loopback : List.of("127.0.0.1", "127.8.8.8", "::1", "localhost")) {
            TidelineServerConfig.onPort(0).withBindAddress(loopback).check();
        }
    }

    private static final class Answers<T> implements StreamObserver<T> {
        private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
        private int asked;

        @Override
        public void onNext(T answer) {
            seen.add(answer);
        }

        @Override
        public void onError(Throwable failure) {
            seen.add(Failure.of(failure));
        }

        @Override
        public void onCompleted() {
            seen.add("completed");
        }

        @SuppressWarnings("unchecked") // only onNext adds others than failures
        T next() throws InterruptedException {
            return (T) seen.poll(20, TimeUnit.SECONDS);
        }

        Failure failure() throws InterruptedException {
            return (Failure) seen.poll(20, TimeUnit.SECONDS);
        }
    }
}
