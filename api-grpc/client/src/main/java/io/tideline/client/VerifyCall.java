package io.tideline.client;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tideline.api.v1.TimelineReport;
import io.tideline.api.v1.VerifyRequest;
import io.tideline.api.v1.VerifyResponse;
import io.tideline.api.v1.VerifySummary;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A running verification: asks for the next report when the consumer is done with the last. */
final class VerifyCall implements ClientResponseObserver<VerifyRequest, VerifyResponse> {
    private final OpenCalls openCalls;
    private final Consumer<TimelineReport> reports;
    private final CompletableFuture<VerifySummary> summary = new Summary();
    private @Nullable ClientCallStreamObserver<VerifyRequest> stream;
    private @Nullable VerifySummary received;

    VerifyCall(OpenCalls openCalls, Consumer<TimelineReport> reports) {
        this.openCalls = openCalls;
        this.reports = reports;
    }

    /** The end: cancelling it cancels the call. */
    CompletableFuture<VerifySummary> summary() {
        return summary;
    }

    private final class Summary extends CompletableFuture<VerifySummary> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            VerifyCall.this.cancel(null);
            return cancelled;
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<VerifyRequest> requests) {
        stream = requests;
        requests.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(VerifyResponse response) {
        if (response.hasSummary()) {
            received = response.getSummary();
        } else if (response.hasReport()) {
            deliver(response.getReport());
        }
        ClientCallStreamObserver<VerifyRequest> requests = stream;
        if (requests != null) {
            requests.request(1);
        }
    }

    private void deliver(TimelineReport report) {
        try {
            reports.accept(report);
        } catch (RuntimeException e) {
            summary.completeExceptionally(CallFailure.found(
                    Status.Code.ABORTED, TidelineCallException.CONSUMER_FAILED, "The consumer of reports failed", e));
            cancel(e);
        }
    }

    private void cancel(@Nullable Throwable cause) {
        ClientCallStreamObserver<VerifyRequest> requests = stream;
        if (requests != null) {
            requests.cancel("The caller ended the verification", cause);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        summary.completeExceptionally(openCalls.isClosed() ? CallFailure.closed() : CallFailure.of(thrown));
    }

    @Override
    public void onCompleted() {
        VerifySummary last = received;
        if (last != null) {
            summary.complete(last);
        } else {
            summary.completeExceptionally(CallFailure.found(
                    Status.Code.INTERNAL,
                    TidelineCallException.CONTRACT_BROKEN,
                    "The server ended a verification without a summary",
                    null));
        }
    }
}
