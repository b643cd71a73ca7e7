package io.tideline.client;

import java.util.concurrent.CompletableFuture;

/** A request of a pipeline that is not acknowledged yet. */
final class PipelineItem<Q, R> {
    final Q request;
    final int bytes;
    final long acceptedNanos;
    final CompletableFuture<R> receipt = new CompletableFuture<>();
    /** When it was last sent; only within the pipeline's own context. */
    long sentNanos;

    PipelineItem(Q request, int bytes, long acceptedNanos) {
        this.request = request;
        this.bytes = bytes;
        this.acceptedNanos = acceptedNanos;
    }
}
