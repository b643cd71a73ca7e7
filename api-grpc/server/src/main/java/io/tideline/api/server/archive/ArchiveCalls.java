package io.tideline.api.server.archive;

import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.OperationResponses;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.ArchiveStatus;
import io.tideline.api.v1.CompactArchiveRequest;
import io.tideline.api.v1.ExpireArchiveRequest;
import io.tideline.api.v1.GetArchiveStatusRequest;
import io.tideline.api.v1.Operation;
import io.tideline.api.v1.RestoreFromArchiveRequest;
import io.tideline.api.v1.RunArchiveRequest;
import io.tideline.api.v1.VerifyArchiveRequest;
import io.tideline.core.archive.Archive;
import io.tideline.core.operation.OperationId;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.Outcome;
import io.tideline.store.archive.ArchiveRequests;
import io.tideline.store.operation.OperationService;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the methods do. Files hold many apps, so no app's operators get here. */
final class ArchiveCalls {
    private final ServerPorts ports;
    private final OperationService operations;

    ArchiveCalls(ServerPorts ports, OperationService operations) {
        this.ports = ports;
        this.operations = operations;
    }

    private Archive archive() {
        Caller.current().requireOperatorOfAll();
        return ports.history().archive().orElseThrow(() -> new CallFailure(Statuses.archiveNotConfigured()));
    }

    CompletableFuture<Operation> run(RunArchiveRequest request, Deadline deadline) {
        archive();
        return start(request.getOperationId(), ArchiveRequests.run(request.getDryRun()), deadline);
    }

    CompletableFuture<Operation> expire(ExpireArchiveRequest request, Deadline deadline) {
        archive();
        return start(request.getOperationId(), ArchiveRequests.expire(request.getDryRun()), deadline);
    }

    CompletableFuture<Operation> compact(CompactArchiveRequest request, Deadline deadline) {
        archive();
        return start(request.getOperationId(), ArchiveRequests.compact(request.getDryRun()), deadline);
    }

    private CompletableFuture<Operation> start(String id, OperationRequest request, Deadline deadline) {
        RequestFields fields = new RequestFields();
        OperationId wanted = fields.operationOrNew(id, ArchiveRequests.KIND);
        fields.check();
        return start(wanted, request, deadline);
    }

    private CompletableFuture<Operation> start(OperationId id, OperationRequest request, Deadline deadline) {
        return operations
                .start(id, request, deadline)
                .thenApply(Refusals::accepted)
                .thenApply(OperationResponses::operation);
    }

    CompletableFuture<Operation> verify(VerifyArchiveRequest request, Deadline deadline) {
        archive();
        RequestFields fields = new RequestFields();
        OperationId id = fields.operationOrNew(request.getOperationId(), ArchiveRequests.KIND);
        Optional<TimelineId> timeline = request.hasTimeline()
                ? Optional.of(fields.timelineWithTiers("timeline", true, request.getTimeline()))
                : Optional.empty();
        fields.check();
        OperationRequest wanted = ArchiveRequests.verify(timeline, request.getRebuildLocator());
        return timeline.isEmpty()
                ? start(id, wanted, deadline)
                : head(timeline.get(), deadline).thenCompose(head -> start(id, wanted, deadline));
    }

    CompletableFuture<Operation> restore(RestoreFromArchiveRequest request, Deadline deadline) {
        archive();
        RequestFields fields = new RequestFields();
        OperationId id = fields.operationOrNew(request.getOperationId(), ArchiveRequests.KIND);
        TimelineId timeline = fields.timelineWithTiers("timeline", request.hasTimeline(), request.getTimeline());
        SequenceId named = fields.seqOrNone("from_seq", request.getFromSeq());
        fields.check();
        SequenceId from = named.isNone() ? SequenceId.FIRST : named;
        OperationRequest wanted = ArchiveRequests.restore(timeline, from, request.getDryRun());
        return operations.get(id, deadline).thenCompose(found -> {
            // Asked again after it was done, there is nothing left to bring back, and nothing wrong with that.
            boolean started = found instanceof Outcome.Done;
            return started
                    ? start(id, wanted, deadline)
                    : head(timeline, deadline).thenCompose(head -> {
                        requireArchived(head.watermarks().coldThrough(), from);
                        return start(id, wanted, deadline);
                    });
        });
    }

    private static void requireArchived(SequenceId coldThrough, SequenceId from) {
        if (coldThrough.isNone()) {
            throw new CallFailure(Statuses.invalid(
                    "timeline", "timeline: nothing of it is archived (expected: one with entries in files)"));
        }
        if (from.isAfter(coldThrough)) {
            throw new CallFailure(
                    Statuses.invalid("from_seq", "from_seq: " + from + " (expected: 1.." + coldThrough + ")"));
        }
    }

    private CompletableFuture<Head> head(TimelineId timeline, Deadline deadline) {
        return ports.store().heads(List.of(HeadQuery.of(timeline)), deadline).thenApply(heads -> {
            @Nullable Head head = heads.get(timeline);
            if (head == null) {
                throw new CallFailure(Statuses.timelineNotFound());
            }
            return head;
        });
    }

    CompletableFuture<ArchiveStatus> status(GetArchiveStatusRequest request, Deadline deadline) {
        return archive().status(deadline).thenApply(found -> {
            ArchiveStatus.Builder answer = ArchiveStatus.newBuilder()
                    .setLocation(found.location())
                    .setFiles(found.files())
                    .setEntries(found.entries())
                    .setBytes(found.bytes())
                    .setCommits(found.commits())
                    .setWorking(found.working())
                    .setUnfinished(found.unfinished())
                    .setPolicyArchives(ports.scheduler().policies().anyArchived());
            if (!found.lastCommit().equals(Instant.EPOCH)) {
                answer.setLastCommitTime(Responses.timestamp(found.lastCommit()));
            }
            if (!found.lastRun().equals(Instant.EPOCH)) {
                answer.setLastRunTime(Responses.timestamp(found.lastRun()));
            }
            return answer.build();
        });
    }
}
