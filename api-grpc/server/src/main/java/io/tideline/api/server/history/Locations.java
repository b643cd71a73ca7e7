package io.tideline.api.server.history;

import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.Requests;
import io.tideline.api.v1.LocateRequest;
import io.tideline.api.v1.LocateResponse;
import io.tideline.api.v1.LocateResponse.Place;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.tier.Tier;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.history.HistoryScope;
import io.tideline.store.history.HistoryService;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Locate: the tier by the watermarks, and what the storage says more. */
final class Locations {
    private final ServerPorts ports;
    private final HistoryService service;

    Locations(ServerPorts ports, HistoryService service) {
        this.ports = ports;
        this.service = service;
    }

    CompletableFuture<LocateResponse> locate(LocateRequest request, Deadline deadline) {
        Caller.current().requireOperator(request.getTimeline().getApp());
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId named = Requests.timeline(request.hasTimeline(), request.getTimeline(), violations);
        boolean byId = request.hasMessageId();
        if (byId ? request.getMessageId() < 1 : request.getSeq() < 1) {
            violations.add("seq", "seq: missing (expected: seq or message_id, 1 or more)");
        }
        if (byId && named != null && named.family() != TimelineFamily.CONVERSATION) {
            violations.add("message_id", "message_id: of a timeline that is no conversation (expected: seq)");
        }
        violations.throwIfAny();
        TimelineId timeline = Objects.requireNonNull(named);
        CompletableFuture<SequenceId> seq = byId
                ? seqOf(timeline, MessageId.of(request.getMessageId()), deadline)
                : CompletableFuture.completedFuture(SequenceId.of(request.getSeq()));
        return seq.thenCompose(
                at -> head(timeline, deadline).thenCompose(head -> located(timeline, at, head, deadline)));
    }

    private CompletableFuture<SequenceId> seqOf(TimelineId timeline, MessageId id, Deadline deadline) {
        HistoryScope scope = new HistoryScope(timeline.app(), new ConversationId(timeline.name()), Optional.empty());
        return service.messagesById(scope, List.of(id), deadline)
                .thenApply(Refusals::accepted)
                .thenApply(found -> found.messages().stream()
                        .findFirst()
                        .map(view -> view.entry().seq())
                        .orElseThrow(() -> new CallFailure(Refusals.messageNotFound())));
    }

    private CompletableFuture<Head> head(TimelineId timeline, Deadline deadline) {
        return ports.store()
                .heads(List.of(new HeadQuery(timeline, SequenceId.NONE)), deadline)
                .thenApply(heads -> {
                    @Nullable Head head = heads.get(timeline);
                    if (head == null) {
                        throw new CallFailure(Statuses.timelineNotFound());
                    }
                    return head;
                });
    }

    private CompletableFuture<LocateResponse> located(
            TimelineId timeline, SequenceId seq, Head head, Deadline deadline) {
        if (seq.isAfter(head.last())) {
            throw new CallFailure(Statuses.beyondHead(head.last()));
        }
        Place place = place(seq, head);
        LocateResponse.Builder response = LocateResponse.newBuilder()
                .setSeq(seq.value())
                .setPlace(place)
                .setExpiredThroughSeq(head.watermarks().expiredThrough().value())
                .setColdThroughSeq(head.watermarks().coldThrough().value())
                .setWarmThroughSeq(head.watermarks().warmThrough().value())
                .setLastSeq(head.last().value());
        return ports.store()
                .read(ReadQuery.forward(timeline, seq.value(), 1), deadline)
                .thenCompose(page -> {
                    Optional<Gap> gap = page.gaps().stream()
                            .filter(one -> !one.from().isAfter(seq) && !seq.isAfter(one.to()))
                            .findFirst();
                    response.setErased(
                            gap.map(one -> one.type() == Gap.Type.ERASED).orElse(false));
                    // Inboxes expire by the age of their rows; no watermark tells of it.
                    boolean expired =
                            gap.map(one -> one.type() == Gap.Type.EXPIRED).orElse(false);
                    Place found = expired ? Place.EXPIRED : place;
                    return details(timeline, seq, found, deadline).thenApply(details -> response.setPlace(found)
                            .putAllDetails(details)
                            .build());
                });
    }

    private static Place place(SequenceId seq, Head head) {
        if (!seq.isAfter(head.watermarks().expiredThrough())) {
            return Place.EXPIRED;
        }
        if (!seq.isAfter(head.watermarks().coldThrough())) {
            return Place.COLD;
        }
        return seq.isAfter(head.watermarks().warmThrough()) ? Place.HOT : Place.WARM;
    }

    private CompletableFuture<Map<String, String>> details(
            TimelineId timeline, SequenceId seq, Place place, Deadline deadline) {
        if (place == Place.EXPIRED) {
            return CompletableFuture.completedFuture(Map.of());
        }
        if (ports.history().locator().isPresent()) {
            Tier tier = place == Place.HOT ? Tier.HOT : place == Place.WARM ? Tier.WARM : Tier.COLD;
            return ports.history().locator().get().locate(timeline, seq, tier, deadline);
        }
        return place == Place.HOT
                ? ports.inspector()
                        .inspect(timeline, 0, deadline)
                        .thenApply(found ->
                                Map.of("table", found.table(), "region", found.region(), "server", found.server()))
                : CompletableFuture.completedFuture(Map.of());
    }
}
