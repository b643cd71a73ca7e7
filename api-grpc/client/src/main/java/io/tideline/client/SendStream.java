package io.tideline.client;

import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.SendStreamRequest;
import io.tideline.api.v1.SendStreamResponse;
import java.util.concurrent.CompletableFuture;

/**
 * Pipelined messages of one sender that survive their connection. Safe for use by many threads; messages are sent in the
 * order in which {@link #send} was called, and those to one conversation are committed in that order.
 *
 * <p>When the connection breaks, or the server refuses a message for now, everything unacknowledged is sent again in the
 * original order with the same client message ids: each message is stored once. A message fails when it is older than
 * {@link TidelineClientConfig#retryFor()} and its attempt failed, or when the server refuses it for good; the stream goes
 * on with the others.
 */
public final class SendStream implements AutoCloseable {
    private final Pipeline<SendStreamRequest, SendStreamResponse, SendResponse> pipeline;
    private final ClientMessageIds ids;
    private final String app;
    private final String sender;

    private SendStream(
            Pipeline<SendStreamRequest, SendStreamResponse, SendResponse> pipeline,
            ClientMessageIds ids,
            String app,
            String sender) {
        this.pipeline = pipeline;
        this.ids = ids;
        this.app = app;
        this.sender = sender;
    }

    static SendStream open(CallContext context, ClientMessageIds ids, String app, String sender, int window) {
        return new SendStream(Pipeline.open(context, new SendContract(), window), ids, app, sender);
    }

    /**
     * Sends a message; one without a client message id gets one. Never blocks: beyond twice the window, or 32 MiB of
     * payload, unacknowledged, the future fails with {@code TOO_MANY_PENDING} and nothing is sent. The future is
     * completed on a thread of the client, or on one that is just then within a method of this stream.
     */
    public CompletableFuture<SendResponse> send(String conversationId, OutgoingMessage message) {
        return pipeline.send(SendStreamRequest.newBuilder()
                .setApp(app)
                .setConversationId(conversationId)
                .setSender(sender)
                .setMessage(ids.identified(message))
                .build());
    }

    /** Whether less than the window (messages, or 16 MiB of payload) is unacknowledged. */
    public boolean isReady() {
        return pipeline.isReady();
    }

    /** Blocks until the stream is ready or over. Not for callbacks: they would wait for themselves. */
    public void awaitReady() throws InterruptedException {
        pipeline.awaitReady();
    }

    /**
     * Takes no more messages. The answer completes when each was acknowledged or has failed, and fails when the stream
     * did.
     */
    public CompletableFuture<Void> finish() {
        return pipeline.finish();
    }

    /** Ends the stream now: what is unacknowledged fails with {@code CLIENT_CLOSED} and may or may not be stored. */
    @Override
    public void close() {
        pipeline.close();
    }
}
