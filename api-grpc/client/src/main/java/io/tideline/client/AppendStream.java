package io.tideline.client;

import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.api.v1.AppendStreamResponse;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.Receipt;
import io.tideline.api.v1.TimelineName;
import java.util.concurrent.CompletableFuture;

/**
 * Pipelined appends that survive their connection. Safe for use by many threads; entries are sent in the order in which
 * {@link #append} was called, and those of one timeline are committed in that order.
 *
 * <p>When the connection breaks, or the server refuses an entry for now, everything unacknowledged is sent again in the
 * original order with the same client message ids: each entry is stored once. An entry fails when it is older than
 * {@link TidelineClientConfig#retryFor()} and its attempt failed, or when the server refuses it for good; the stream goes
 * on with the others.
 *
 * <p>An entry that failed by itself is missing between its neighbours. Entries that make sense only together belong into
 * one {@link TidelineClient#append}.
 */
public final class AppendStream implements AutoCloseable {
    private final Pipeline<AppendStreamRequest, AppendStreamResponse, Receipt> pipeline;
    private final ClientMessageIds ids;

    private AppendStream(Pipeline<AppendStreamRequest, AppendStreamResponse, Receipt> pipeline, ClientMessageIds ids) {
        this.pipeline = pipeline;
        this.ids = ids;
    }

    static AppendStream open(CallContext context, ClientMessageIds ids, int window) {
        return new AppendStream(Pipeline.open(context, new AppendContract(), window), ids);
    }

    /**
     * Sends an entry; one without a client message id gets one. Never blocks: beyond twice the window, or 32 MiB of
     * payload, unacknowledged, the future fails with {@code TOO_MANY_PENDING} and nothing is sent. The future is
     * completed on a thread of the client, or on one that is just then within a method of this stream.
     */
    public CompletableFuture<Receipt> append(TimelineName timeline, NewEntry entry) {
        return pipeline.send(AppendStreamRequest.newBuilder()
                .setTimeline(timeline)
                .setEntry(ids.identified(entry))
                .build());
    }

    /** Whether less than the window (entries, or 16 MiB of payload) is unacknowledged. */
    public boolean isReady() {
        return pipeline.isReady();
    }

    /** Blocks until the stream is ready or over. Not for callbacks: they would wait for themselves. */
    public void awaitReady() throws InterruptedException {
        pipeline.awaitReady();
    }

    /**
     * Takes no more entries. The answer completes when each entry was acknowledged or has failed, and fails when the
     * stream did.
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
