package io.tideline.api.server.history;

import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.MessageResponses;
import io.tideline.api.server.translate.PageTokens;
import io.tideline.api.server.translate.PageTokens.Listing;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.core.message.ConversationPage;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.timeline.SequenceId;
import io.tideline.store.history.HistoryScope;
import io.tideline.store.history.HistoryService;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** GetHistory. */
final class Pages {
    private static final int DEFAULT_PAGE_SIZE = 100;

    private final HistoryService service;

    Pages(HistoryService service) {
        this.service = service;
    }

    CompletableFuture<ListMessagesResponse> get(ListMessagesRequest request, Deadline deadline) {
        Scopes.require(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        HistoryScope scope = Scopes.scope(fields, request.getApp(), request.getConversationId(), request.getUser());
        ReadQuery query = query(request, scope, fields);
        return service.page(scope, query, deadline)
                .thenApply(Refusals::accepted)
                .thenApply(page -> answer(scope, query, page));
    }

    private static ListMessagesResponse answer(HistoryScope scope, ReadQuery query, ConversationPage page) {
        if (page.stop() == StopReason.BEYOND_HEAD) {
            throw new CallFailure(Statuses.beyondHead(page.last()));
        }
        ListMessagesResponse.Builder response = MessageResponses.page(scope.conversation(), page);
        if (page.stop() == StopReason.PAGE_FULL) {
            response.setNextPageToken(PageTokens.of(
                    Listing.HISTORY,
                    page.next() + " " + page.last().max(query.floor()),
                    fields(scope, query.direction(), query.to())));
        }
        return response.build();
    }

    private static ReadQuery query(ListMessagesRequest request, HistoryScope scope, RequestFields fields) {
        Direction direction = direction(request, fields);
        SequenceId to = request.hasToSeq() ? fields.seq("to_seq", request.getToSeq()) : SequenceId.NONE;
        SequenceId from = request.hasFromSeq() ? fields.seq("from_seq", request.getFromSeq()) : SequenceId.NONE;
        boolean reversed = direction == Direction.FORWARD ? from.isAfter(to) : to.isAfter(from);
        if (!to.isNone() && !from.isNone() && reversed) {
            fields.add("to_seq", "to_seq: " + to + " (expected: not before from_seq in the direction of the read)");
        }
        SequenceId known = fields.seqOrNone("known_seq", request.getKnownSeq());
        int size = fields.number("page_size", request.getPageSize(), DEFAULT_PAGE_SIZE, ReadQuery.MAX_ENTRIES);
        Optional<long[]> next = fields.position(request.getPageToken(), token -> PageTokens.position(
                        Listing.HISTORY, token, fields(scope, direction, to))
                .map(Pages::position));
        SequenceId begin = from.isNone() && direction == Direction.FORWARD ? SequenceId.FIRST : from;
        return fields.whole(() -> Scopes.query(
                scope.timeline(),
                next.map(position -> SequenceId.of(position[0])).orElse(begin),
                to,
                direction,
                size,
                next.map(position -> SequenceId.of(position[1])).orElse(known).max(known)));
    }

    private static String[] fields(HistoryScope scope, Direction direction, SequenceId to) {
        return new String[] {
            scope.app().value(),
            scope.conversation().value(),
            scope.viewer().map(user -> "user " + user.value()).orElse("all"),
            direction.name(),
            to.toString()
        };
    }

    private static long[] position(String text) {
        int space = text.indexOf(' ');
        return new long[] {Long.parseLong(text.substring(0, space)), Long.parseLong(text.substring(space + 1))};
    }

    private static Direction direction(ListMessagesRequest request, RequestFields fields) {
        return switch (request.getDirection()) {
            case DIRECTION_UNSPECIFIED, FORWARD -> Direction.FORWARD;
            case BACKWARD -> Direction.BACKWARD;
            case UNRECOGNIZED -> {
                fields.add("direction", "direction: unknown (expected: FORWARD or BACKWARD)");
                yield Direction.FORWARD;
            }
        };
    }
}
