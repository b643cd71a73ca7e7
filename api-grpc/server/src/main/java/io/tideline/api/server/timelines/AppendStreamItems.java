package io.tideline.api.server.timelines;

import com.google.rpc.Status;
import io.tideline.api.server.call.CallDeadlines;
import io.tideline.api.server.call.ItemStreamCall.Items;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.server.translate.Requests;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.api.v1.AppendStreamResponse;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.TimelineId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What one AppendStream appends, in the order of each timeline. */
final class AppendStreamItems implements Items<AppendStreamRequest, AppendStreamResponse> {
    private final AppendStreams shared;
    private final Caller caller;
    private final io.grpc.@Nullable Deadline deadline;
    private final OrderedAppends appends;

    AppendStreamItems(AppendStreams shared, Caller caller, io.grpc.@Nullable Deadline deadline) {
        this.shared = shared;
        this.caller = caller;
        this.deadline = deadline;
        this.appends = new OrderedAppends(shared.store());
    }

    @Override
    public int payloadBytes(AppendStreamRequest request) {
        return request.getEntry().getPayload().size();
    }

    @Override
    public CompletableFuture<AppendStreamResponse> answer(long index, AppendStreamRequest request) {
        long startedNanos = System.nanoTime();
        return append(index, request).handle((receipt, failure) -> {
            shared.metrics().record(startedNanos, failure == null);
            return answer(index, request, receipt, failure);
        });
    }

    /** The outermost frame of an item: whatever it throws is the item's error and not the stream's. */
    private CompletableFuture<io.tideline.api.v1.Receipt> append(long index, AppendStreamRequest request) {
        try {
            caller.requireApp(request.getTimeline().getApp());
            Access.requireMayImport(caller, List.of(request.getEntry()));
            TimelineAppend append = valid(request, shared.clock().instant());
            return appends.append(index, append, CallDeadlines.of(deadline))
                    .thenApply(outcome -> receipt(append.entries(), outcome));
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private static TimelineAppend valid(AppendStreamRequest request, Instant now) {
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId timeline = Requests.appended(request.hasTimeline(), request.getTimeline(), violations);
        @Nullable NewEntry entry = null;
        if (request.hasEntry()) {
            entry = Requests.entry("entry", -1, request.getEntry(), now, violations);
        } else {
            violations.add("entry", "missing (expected: an entry)");
        }
        violations.throwIfAny();
        return TimelineAppend.of(Objects.requireNonNull(timeline), Objects.requireNonNull(entry));
    }

    private static io.tideline.api.v1.Receipt receipt(List<NewEntry> entries, AppendOutcome outcome) {
        if (outcome instanceof AppendOutcome.Appended appended) {
            return Responses.receipt(
                    entries.get(0).clientMessageId().value(),
                    appended.receipts().get(0));
        }
        throw new CallFailure(Appends.conflict(entries, 0, (AppendOutcome.Conflict) outcome));
    }

    private AppendStreamResponse answer(
            long index,
            AppendStreamRequest request,
            io.tideline.api.v1.@Nullable Receipt receipt,
            @Nullable Throwable failure) {
        AppendStreamResponse.Builder answer = AppendStreamResponse.newBuilder()
                .setRequestIndex(index)
                .setClientMessageId(request.getEntry().getClientMessageId());
        if (receipt != null) {
            return answer.setReceipt(receipt).build();
        }
        Status status = shared.statuses().of(failure != null ? failure : new IllegalStateException("no receipt"));
        return answer.setError(status).build();
    }
}
