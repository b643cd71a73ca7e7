package io.tideline.api.server.operator;

import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.tideline.api.server.call.CallDeadlines;
import io.tideline.api.server.call.OpenStreams.OpenStream;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.TimelineReport;
import io.tideline.api.v1.VerifyResponse;
import io.tideline.api.v1.VerifySummary;
import io.tideline.core.store.Deadline;
import io.tideline.store.verify.ReportSink;
import io.tideline.store.verify.VerifiedTimeline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One Verify: sends reports while the call is ready and lets the verifier wait otherwise; ends with the sums.
 *
 * <p>Reports come one at a time and publish the sums from one to the next. {@code waiting} is what the verifier waits
 * for; whoever takes it out completes it.
 */
final class VerifyCall implements ReportSink, OpenStream {
    private final ServerCallStreamObserver<VerifyResponse> call;
    private final AtomicReference<@Nullable CompletableFuture<Boolean>> waiting = new AtomicReference<>();
    private long timelines;
    private long entries;
    private long unsound;
    private volatile boolean stopping;
    private volatile boolean cancelled;

    VerifyCall(ServerCallStreamObserver<VerifyResponse> call) {
        this.call = call;
    }

    @Override
    public CompletableFuture<?> accept(VerifiedTimeline report) {
        timelines++;
        entries += report.entries();
        unsound += report.isSound() ? 0 : 1;
        call.onNext(VerifyResponse.newBuilder().setReport(message(report)).build());
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        waiting.set(taken);
        goOn();
        return taken;
    }

    private static TimelineReport message(VerifiedTimeline report) {
        return TimelineReport.newBuilder()
                .setTimeline(Responses.timeline(report.timeline()))
                .setEntries(report.entries())
                .setExpired(report.expired())
                .setLastSeq(report.last().value())
                .setFindingCount(report.findingCount())
                .addAllFindings(report.findings())
                .build();
    }

    /** @throws CallFailure when nobody waits for the rest: also in the middle of a long timeline */
    Deadline deadlineOfNextRead(io.grpc.@Nullable Deadline call) {
        if (stopping || cancelled) {
            throw new CallFailure(Statuses.stopping());
        }
        return CallDeadlines.of(call);
    }

    void becameReady() {
        goOn();
    }

    void cancelled() {
        cancelled = true;
        goOn();
    }

    @Override
    public void stop() {
        stopping = true;
        goOn();
    }

    private void goOn() {
        if (!stopping && !cancelled && !call.isReady()) {
            return;
        }
        @Nullable CompletableFuture<Boolean> taken = waiting.getAndSet(null);
        if (taken == null) {
            return;
        }
        if (stopping || cancelled) {
            taken.completeExceptionally(new CallFailure(Statuses.stopping()));
        } else {
            taken.complete(true);
        }
    }

    /** @param failure null when all was verified */
    void end(@Nullable Status failure) {
        if (failure != null) {
            call.onError(StatusProto.toStatusRuntimeException(failure));
            return;
        }
        call.onNext(VerifyResponse.newBuilder()
                .setSummary(VerifySummary.newBuilder()
                        .setTimelines(timelines)
                        .setEntries(entries)
                        .setUnsoundTimelines(unsound))
                .build());
        call.onCompleted();
    }
}
