package io.tideline.api.server;

import static io.tideline.api.server.Messages.append;
import static io.tideline.api.server.Messages.conversation;
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
import io.tideline.api.server.identity.PeerTokens;
import io.tideline.api.server.identity.Scope;
import io.tideline.api.server.identity.TokenIssuer;
import io.tideline.api.v1.Hint;
import io.tideline.api.v1.HintBatch;
import io.tideline.api.v1.HintsSummary;
import io.tideline.api.v1.PeerServiceGrpc;
import io.tideline.api.v1.TimelineServiceGrpc;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which hints a server with tokens takes. */
final class PeerAuthenticationTest {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final AppId SHOP = new AppId("shop");

    @TempDir
    private Path directory;

    private Path secret;
    private Path servers;
    private ServerFixture fixture;

    @BeforeEach
    void start() throws Exception {
        secret = Files.writeString(directory.resolve("secret"), "mQ7rT2xVb9KpL4wZc8NfHs3YgJd6AuEe");
        servers = Files.writeString(directory.resolve("servers"), "Zc8NfHs3YgJd6AuEemQ7rT2xVb9KpL4w");
        fixture = new ServerFixture(ServerSecurity.DEFAULT.withAuthentication(tokens()));
    }

    private Authentication.Tokens tokens() {
        return new Authentication.Tokens(new Authentication.SecretFile(secret), "us", "tideline");
    }

    private void restartWith(Authentication.Tokens authentication) throws Exception {
        fixture.close();
        fixture = new ServerFixture(ServerSecurity.DEFAULT.withAuthentication(authentication));
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private static Optional<String> peerToken(Authentication authentication) {
        try (PeerTokens tokens = new PeerTokens(authentication, InstantSource.system(), Duration.ofHours(1))) {
            return tokens.get();
        }
    }

    private String token(Caller caller) {
        return new TokenIssuer(HmacSecret.read(secret), InstantSource.system(), "us", "tideline")
                .issue(caller, Duration.ofMinutes(5));
    }

    /** How a stream with one hint ends. */
    private CompletableFuture<HintsSummary> hint(Optional<String> token) {
        Metadata headers = new Metadata();
        token.ifPresent(value -> headers.put(AUTHORIZATION, "Bearer " + value));
        Ending ending = new Ending(new CompletableFuture<>());
        StreamObserver<HintBatch> batches = PeerServiceGrpc.newStub(fixture.channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .hints(ending);
        batches.onNext(HintBatch.newBuilder()
                .addHints(Hint.newBuilder().setTimeline(conversation("c")).setLastSeq(3))
                .build());
        batches.onCompleted();
        return ending.end;
    }

    private record Ending(CompletableFuture<HintsSummary> end) implements StreamObserver<HintsSummary> {
        @Override
        public void onNext(HintsSummary summary) {
            end.complete(summary);
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {}
    }

    private void assertRefused(Optional<String> token, Code code, String reason) throws Exception {
        try {
            hint(token).get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
            throw new AssertionError("taken");
        } catch (ExecutionException e) {
            Failure failure = Failure.of(e.getCause());
            assertThat(failure.reason()).isEqualTo(reason);
            assertThat(failure.code()).isEqualTo(code);
        }
    }

    private void assertTaken(Optional<String> token) throws Exception {
        assertThat(hint(token)
                        .get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS)
                        .getReceived())
                .isEqualTo(1);
    }

    @Test
    void hints_ofAServerWithTheSecret_areTaken() throws Exception {
        assertTaken(peerToken(tokens()));
    }

    @Test
    void hints_ofOthers_areRefused() throws Exception {
        assertRefused(Optional.empty(), Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        assertRefused(peerToken(tokens().withPeerSecret(servers)), Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        for (Caller caller : new Caller[] {
            new Caller(Scope.USER, SHOP, new UserId("anna")),
            new Caller(Scope.SERVICE, SHOP, null),
            new Caller(Scope.OPERATOR, null, null)
        }) {
            assertRefused(Optional.of(token(caller)), Code.PERMISSION_DENIED, "SCOPE_TOO_LOW");
        }
    }

    @Test
    void hints_withASecretOfTheServers_areOfThoseWhoHaveIt() throws Exception {
        Authentication.Tokens own = tokens().withPeerSecret(servers);
        restartWith(own);

        assertTaken(peerToken(own));
        assertRefused(peerToken(tokens()), Code.UNAUTHENTICATED, "UNAUTHENTICATED");
    }

    @Test
    void serverToken_opensNothingElse() {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + peerToken(tokens()).orElseThrow());
        var timelines = TimelineServiceGrpc.newBlockingStub(fixture.channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        Chat chat = new Chat(
                ClientInterceptors.intercept(fixture.channel, MetadataUtils.newAttachHeadersInterceptor(headers)));

        assertThat(failureOf(() -> timelines.append(append("c", "a"))).reason()).isEqualTo("SCOPE_TOO_LOW");
        assertThat(failureOf(() -> chat.unread("anna")).reason()).isEqualTo("NOT_YOUR_APP");
        assertThat(failureOf(chat::awaitFanout).reason()).isEqualTo("SCOPE_TOO_LOW");
        assertThat(fixture.store.appends).isEmpty();
    }

    @Test
    void publicKeysAlone_letServersNotKnowEachOther() {
        assertThat(peerToken(new Authentication.Tokens(new Authentication.JwksFile(secret), null, null)))
                .isEmpty();
        assertThat(peerToken(new Authentication.Tokens(new Authentication.JwksFile(secret), null, null, servers)))
                .isPresent();
        assertThat(peerToken(new Authentication.Open())).isEmpty();
    }
}
