package io.tideline.api.server.operator;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.tideline.api.server.call.MethodMetrics;
import io.tideline.api.server.call.OpenStreams;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.Requests;
import io.tideline.api.v1.VerifyAll;
import io.tideline.api.v1.VerifyRequest;
import io.tideline.api.v1.VerifyResponse;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.verify.TimelineVerifier;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Verify: one {@link VerifyCall} per call. */
final class Verifications {
    private final TimelineVerifier verifier;
    private final TimelineDirectory directory;
    private final Statuses statuses;
    private final OpenStreams openStreams;
    private final MethodMetrics metrics;

    Verifications(
            TimelineVerifier verifier,
            TimelineDirectory directory,
            Statuses statuses,
            OpenStreams openStreams,
            MethodMetrics metrics) {
        this.verifier = verifier;
        this.directory = directory;
        this.statuses = statuses;
        this.openStreams = openStreams;
        this.metrics = metrics;
    }

    void open(VerifyRequest request, ServerCallStreamObserver<VerifyResponse> observer) {
        long startedNanos = System.nanoTime();
        VerifyCall call = new VerifyCall(observer);
        observer.setOnReadyHandler(call::becameReady);
        observer.setOnCancelHandler(call::cancelled);
        openStreams.add(call);
        io.grpc.@Nullable Deadline deadline = Context.current().getDeadline();
        var unused = begin(request, () -> call.deadlineOfNextRead(deadline), call)
                .whenComplete((nothing, failure) -> {
                    metrics.record(startedNanos, failure == null);
                    openStreams.remove(call);
                    call.end(failure == null ? null : statuses.of(failure));
                });
    }

    /** The outermost frame of the call's begin: whatever it throws becomes the call's status. */
    private CompletableFuture<?> begin(VerifyRequest request, Supplier<Deadline> deadlines, VerifyCall call) {
        try {
            return switch (request.getScopeCase()) {
                case TIMELINE -> {
                    Caller.current().requireOperator(request.getTimeline().getApp());
                    yield verifyOne(request, deadlines, call);
                }
                case ALL -> {
                    Caller.current().requireOperator(request.getAll().getApp());
                    yield verifyAll(request.getAll(), deadlines, call);
                }
                case SCOPE_NOT_SET -> {
                    Caller.current().requireOperator();
                    throw new CallFailure(Statuses.invalid("scope", "missing (expected: timeline or all)"));
                }
            };
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private CompletableFuture<?> verifyOne(VerifyRequest request, Supplier<Deadline> deadlines, VerifyCall call) {
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId timeline = Requests.timeline(true, request.getTimeline(), violations);
        violations.throwIfAny();

        return directory
                .describe(Objects.requireNonNull(timeline), SequenceId.NONE, deadlines.get())
                .thenCompose(found -> found.map(described -> verifier.verify(described, deadlines))
                        .orElseThrow(() -> new CallFailure(Statuses.timelineNotFound())))
                .thenCompose(report -> call.accept(report).thenApply(taken -> true));
    }

    private CompletableFuture<?> verifyAll(VerifyAll all, Supplier<Deadline> deadlines, VerifyCall call) {
        FieldViolations violations = new FieldViolations();
        @Nullable AppId app = Requests.app("all.app", all.getApp(), violations);
        List<TimelineFamily> families = List.of(TimelineFamily.values());
        if (all.getFamilyValue() != io.tideline.api.v1.TimelineFamily.TIMELINE_FAMILY_UNSPECIFIED_VALUE) {
            @Nullable TimelineFamily family = Requests.family("all.family", all.getFamilyValue(), violations);
            families = family == null ? List.of() : List.of(family);
        }
        violations.throwIfAny();

        return verifier.verifyAll(Objects.requireNonNull(app), families, deadlines, call);
    }
}
