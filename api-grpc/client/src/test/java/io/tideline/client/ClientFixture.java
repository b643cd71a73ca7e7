package io.tideline.client;

import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A scripted server and a client whose time the test moves; random is always in the middle. */
final class ClientFixture implements AutoCloseable {
    static final TimelineName TIMELINE = timeline("room");

    final ScriptedServer server = new ScriptedServer();
    final ManualTimer timer = new ManualTimer();
    final TidelineClientConfig config;
    final TidelineClient client;

    ClientFixture() throws IOException {
        this(TidelineClientConfig.of("replaced:1"));
    }

    ClientFixture(TidelineClientConfig like) throws IOException {
        config = new TidelineClientConfig(
                server.target(),
                like.callTimeout(),
                like.retryFor(),
                like.maxPending(),
                like.channels(),
                like.keepAlive(),
                like.token(),
                like.tls());
        client = new TidelineClient(
                new CallContext(
                        config,
                        Channels.open(config, timer),
                        timer,
                        new Backoff(() -> 0.5),
                        new OpenCalls(config.maxPending())),
                new ClientMessageIds("made-"));
    }

    static TimelineName timeline(String id) {
        return TimelineName.newBuilder()
                .setApp("app")
                .setFamily(TimelineFamily.CONVERSATION)
                .setId(id)
                .build();
    }

    static NewEntry entry(String clientMessageId) {
        return NewEntry.newBuilder()
                .setSender("alice")
                .setClientMessageId(clientMessageId)
                .build();
    }

    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    static TidelineCallException failure(CompletableFuture<?> future) throws InterruptedException, TimeoutException {
        try {
            Object value = future.get(10, TimeUnit.SECONDS);
            throw new AssertionError("Expected a failure but got " + value);
        } catch (ExecutionException e) {
            return (TidelineCallException) e.getCause();
        }
    }

    @Override
    public void close() throws InterruptedException {
        client.close();
        server.close();
    }
}
