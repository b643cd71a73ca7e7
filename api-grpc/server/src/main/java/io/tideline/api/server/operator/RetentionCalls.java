package io.tideline.api.server.operator;

import static io.tideline.core.timeline.TimelineFamily.CONVERSATION;
import static io.tideline.core.timeline.TimelineFamily.PERSONAL;

import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.Requests;
import io.tideline.api.v1.SetRetentionRequest;
import io.tideline.api.v1.SetRetentionResponse;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.tier.OwnRetention;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Retentions of single conversations. */
final class RetentionCalls {
    private final ServerPorts ports;

    RetentionCalls(ServerPorts ports) {
        this.ports = ports;
    }

    CompletableFuture<SetRetentionResponse> set(SetRetentionRequest request, Deadline deadline) {
        Caller.current().requireOperator(request.getTimeline().getApp());
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId named = Requests.timeline(request.hasTimeline(), request.getTimeline(), violations);
        if (named != null && named.family() != CONVERSATION && named.family() != PERSONAL) {
            violations.add("timeline.family", "timeline.family: " + named.family() + " (expected: one with tiers)");
        }
        Optional<OwnRetention> retention = retention(request, violations);
        violations.throwIfAny();
        TimelineId timeline = Objects.requireNonNull(named);
        return ports.store().heads(List.of(HeadQuery.of(timeline)), deadline).thenCompose(heads -> {
            if (!heads.containsKey(timeline)) {
                throw new CallFailure(Statuses.timelineNotFound());
            }
            return ports.scheduler()
                    .retentions()
                    .set(timeline, retention, deadline)
                    .thenCompose(done -> ports.scheduler().retentionOf(timeline, deadline))
                    .thenApply(keep -> answer(retention.isPresent(), keep));
        });
    }

    private static Optional<OwnRetention> retention(SetRetentionRequest request, FieldViolations violations) {
        return switch (request.getRetentionCase()) {
            case KEEP_FOR -> keepFor(request, violations);
            case KEEP_FOR_EVER -> {
                if (!request.getKeepForEver()) {
                    violations.add("keep_for_ever", "keep_for_ever: false (expected: true, or unset)");
                }
                yield Optional.of(OwnRetention.FOR_EVER);
            }
            case RETENTION_NOT_SET -> Optional.empty();
        };
    }

    private static Optional<OwnRetention> keepFor(SetRetentionRequest request, FieldViolations violations) {
        com.google.protobuf.Duration wanted = request.getKeepFor();
        try {
            return Optional.of(OwnRetention.of(Duration.ofSeconds(wanted.getSeconds(), wanted.getNanos())));
        } catch (IllegalArgumentException | ArithmeticException e) {
            violations.add(
                    "keep_for",
                    "keep_for: out of bounds (expected: 1 millisecond to " + OwnRetention.MAX_DAYS + " days)");
            return Optional.empty();
        }
    }

    private static SetRetentionResponse answer(boolean own, Optional<Duration> keep) {
        SetRetentionResponse.Builder answer = SetRetentionResponse.newBuilder().setOwnRetention(own);
        keep.ifPresent(retention -> answer.setRetention(TierAnswers.duration(retention)));
        return answer.build();
    }
}
