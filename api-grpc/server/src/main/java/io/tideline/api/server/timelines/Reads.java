package io.tideline.api.server.timelines;

import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.PageTokens;
import io.tideline.api.server.translate.PageTokens.ReadPosition;
import io.tideline.api.server.translate.Requests;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.GetRequest;
import io.tideline.api.v1.GetResponse;
import io.tideline.api.v1.HeadsRequest;
import io.tideline.api.v1.HeadsResponse;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.ReadResponse;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Read, Get and Heads. */
final class Reads {
    static final int MAX_HEADS = 1_000;
    private static final int DEFAULT_PAGE_SIZE = 100;

    private final TimelineStore store;

    Reads(TimelineStore store) {
        this.store = store;
    }

    CompletableFuture<ReadResponse> read(ReadRequest request, Deadline deadline) {
        ReadQuery query = query(request);
        return store.read(query, deadline).thenApply(page -> answer(query, page));
    }

    private static ReadResponse answer(ReadQuery query, TimelinePage page) {
        if (page.stop() == StopReason.BEYOND_HEAD) {
            throw new CallFailure(Statuses.beyondHead(page.last()));
        }
        ReadResponse.Builder response = Responses.page(page);
        if (page.stop() == StopReason.PAGE_FULL) {
            response.setNextPageToken(PageTokens.ofRead(
                    query.timeline(), query.direction(), query.to(), new ReadPosition(page.next(), page.last())));
        }
        return response.build();
    }

    private static ReadQuery query(ReadRequest request) {
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId timeline = Requests.timeline(request.hasTimeline(), request.getTimeline(), violations);
        Direction direction = direction(request.getDirectionValue(), violations);
        SequenceId to = request.hasToSeq() ? Requests.seq("to_seq", request.getToSeq(), violations) : SequenceId.NONE;
        SequenceId known = Requests.known("known_seq", request.getKnownSeq(), violations);
        int size = Requests.pageSize(request.getPageSize(), DEFAULT_PAGE_SIZE, ReadQuery.MAX_ENTRIES, violations);
        ReadPosition start = request.getPageToken().isEmpty()
                ? new ReadPosition(from(request, direction, violations), known)
                : continued(request, timeline, direction, to, violations);
        violations.throwIfAny();

        // Who asks for what follows n has n, unless it is wrong about that, which the store finds out.
        SequenceId before = direction == Direction.FORWARD ? start.from().plus(-1) : SequenceId.NONE;
        SequenceId floor = known.max(start.known()).max(before);
        try {
            return new ReadQuery(
                    Objects.requireNonNull(timeline),
                    start.from(),
                    to,
                    direction,
                    size,
                    ReadQuery.DEFAULT_MAX_BYTES,
                    floor);
        } catch (IllegalArgumentException e) {
            violations.add("to_seq", e.getMessage());
            violations.throwIfAny();
            throw e;
        }
    }

    private static SequenceId from(ReadRequest request, Direction direction, FieldViolations violations) {
        if (request.hasFromSeq()) {
            return Requests.seq("from_seq", request.getFromSeq(), violations);
        }
        return direction == Direction.FORWARD ? SequenceId.FIRST : SequenceId.NONE;
    }

    private static ReadPosition continued(
            ReadRequest request,
            @Nullable TimelineId timeline,
            Direction direction,
            SequenceId to,
            FieldViolations violations) {
        Optional<ReadPosition> position = timeline == null
                ? Optional.empty()
                : PageTokens.readPosition(request.getPageToken(), timeline, direction, to);
        if (position.isEmpty()) {
            violations.add("page_token", "page_token: altered or of another request (expected: one of this request)");
        }
        return position.orElseGet(() -> new ReadPosition(SequenceId.FIRST, SequenceId.NONE));
    }

    private static Direction direction(int number, FieldViolations violations) {
        return switch (number) {
            case io.tideline.api.v1.Direction.DIRECTION_UNSPECIFIED_VALUE, io.tideline.api.v1.Direction.FORWARD_VALUE ->
                Direction.FORWARD;
            case io.tideline.api.v1.Direction.BACKWARD_VALUE -> Direction.BACKWARD;
            default -> {
                violations.add("direction", "direction: " + number + " (expected: FORWARD or BACKWARD)");
                yield Direction.FORWARD;
            }
        };
    }

    CompletableFuture<GetResponse> get(GetRequest request, Deadline deadline) {
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId timeline = Requests.timeline(request.hasTimeline(), request.getTimeline(), violations);
        SequenceId seq = Requests.seq("seq", request.getSeq(), violations);
        SequenceId known = Requests.known("known_seq", request.getKnownSeq(), violations);
        violations.throwIfAny();

        ReadQuery query = new ReadQuery(
                Objects.requireNonNull(timeline), seq, seq, Direction.FORWARD, 1, ReadQuery.DEFAULT_MAX_BYTES, known);
        return store.read(query, deadline).thenApply(Reads::onlyEntry);
    }

    private static GetResponse onlyEntry(TimelinePage page) {
        if (!page.entries().isEmpty()) {
            return GetResponse.newBuilder()
                    .setEntry(Responses.entry(page.entries().get(0)))
                    .build();
        }
        throw new CallFailure(
                page.gaps().isEmpty() ? Statuses.entryNotFound(page.last()) : Statuses.entryExpired(page.last()));
    }

    CompletableFuture<HeadsResponse> heads(HeadsRequest request, Deadline deadline) {
        List<HeadQuery> queries = headQueries(request);
        return store.heads(queries, deadline).thenApply(heads -> heads(queries, heads));
    }

    private static List<HeadQuery> headQueries(HeadsRequest request) {
        FieldViolations violations = new FieldViolations();
        int count = request.getQueriesCount();
        List<HeadQuery> queries = new ArrayList<>();
        if (count < 1 || count > MAX_HEADS) {
            violations.add("queries", "queries: " + count + " (expected: 1.." + MAX_HEADS + ")");
        } else {
            for (int i = 0; i < count; i++) {
                io.tideline.api.v1.HeadQuery query = request.getQueries(i);
                String path = "queries[" + i + "]";
                @Nullable TimelineId timeline =
                        Requests.timeline(path + ".timeline", query.hasTimeline(), query.getTimeline(), violations);
                SequenceId known = Requests.known(path + ".known_seq", query.getKnownSeq(), violations);
                if (timeline != null) {
                    queries.add(new HeadQuery(timeline, known));
                }
            }
        }
        violations.throwIfAny();
        return queries;
    }

    private static HeadsResponse heads(List<HeadQuery> queries, Map<TimelineId, Head> heads) {
        HeadsResponse.Builder response = HeadsResponse.newBuilder();
        for (HeadQuery query : queries) {
            Head head = heads.getOrDefault(query.timeline(), Head.EMPTY);
            response.addHeads(Responses.head(Responses.timeline(query.timeline()), head));
        }
        return response.build();
    }
}
