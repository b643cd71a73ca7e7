package io.tideline.client;

import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.api.v1.Receipt;
import java.util.concurrent.CompletableFuture;

/** An entry of a stream that is not acknowledged yet. */
final class PendingAppend {
    final AppendStreamRequest request;
    final long acceptedNanos;
    final CompletableFuture<Receipt> receipt = new CompletableFuture<>();
    /** When it was last sent; only within the stream's own context. */
    long sentNanos;

    PendingAppend(AppendStreamRequest request, long acceptedNanos) {
        this.request = request;
        this.acceptedNanos = acceptedNanos;
    }

    int bytes() {
        return request.getEntry().getPayload().size();
    }
}
