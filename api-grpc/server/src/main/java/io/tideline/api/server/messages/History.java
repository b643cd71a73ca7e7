package io.tideline.api.server.messages;

import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.MessageResponses;
import io.tideline.api.server.translate.PageTokens;
import io.tideline.api.server.translate.PageTokens.Listing;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.ConversationPage;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.store.message.HistoryQuery;
import io.tideline.store.message.HistoryReader;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** ListMessages. */
final class History {
    private static final int DEFAULT_PAGE_SIZE = 100;

    private final HistoryReader reader;

    History(HistoryReader reader) {
        this.reader = reader;
    }

    CompletableFuture<ListMessagesResponse> list(ListMessagesRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        HistoryQuery query = query(request);
        return reader.read(query, deadline).thenApply(Refusals::accepted).thenApply(page -> answer(query, page));
    }

    private static ListMessagesResponse answer(HistoryQuery query, ConversationPage page) {
        if (page.stop() == StopReason.BEYOND_HEAD) {
            throw new CallFailure(Statuses.beyondHead(page.last()));
        }
        ListMessagesResponse.Builder response = MessageResponses.page(query.conversation(), page);
        if (page.stop() == StopReason.PAGE_FULL) {
            response.setNextPageToken(PageTokens.of(
                    Listing.MESSAGES,
                    page.next() + " " + page.last().max(query.floor())
                            + page.nextPersonal()
                                    .map(personal -> " " + personal)
                                    .orElse(""),
                    fields(query)));
        }
        return response.build();
    }

    private static HistoryQuery query(ListMessagesRequest request) {
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        ConversationId conversation = fields.conversation(request.getConversationId());
        UserId user = fields.user("user", request.getUser());
        Direction direction = direction(request, fields);
        SequenceId to = request.hasToSeq() ? fields.seq("to_seq", request.getToSeq()) : SequenceId.NONE;
        SequenceId from = request.hasFromSeq() ? fields.seq("from_seq", request.getFromSeq()) : begin(direction, to);
        boolean reversed = direction == Direction.FORWARD ? from.isAfter(to) : to.isAfter(from);
        if (!to.isNone() && !from.isNone() && reversed) {
            fields.add("to_seq", "to_seq: " + to + " (expected: not before from_seq in the direction of the read)");
        }
        SequenceId known = fields.seqOrNone("known_seq", request.getKnownSeq());
        int size = fields.number("page_size", request.getPageSize(), DEFAULT_PAGE_SIZE, ReadQuery.MAX_ENTRIES);
        HistoryQuery first = new HistoryQuery(
                app, conversation, user, from, to, direction, size, ReadQuery.DEFAULT_MAX_BYTES, known);
        Optional<Position> next = fields.position(
                request.getPageToken(), token -> PageTokens.position(Listing.MESSAGES, token, fields(first))
                        .map(History::position));
        return fields.whole(() -> new HistoryQuery(
                app,
                conversation,
                user,
                next.map(Position::from).orElse(from),
                to,
                direction,
                size,
                ReadQuery.DEFAULT_MAX_BYTES,
                next.map(Position::known).orElse(known).max(known),
                next.flatMap(Position::personal)));
    }

    /** A range with an end begins at the first seq, since what the user may see can begin after that end. */
    private static SequenceId begin(Direction direction, SequenceId to) {
        return direction == Direction.FORWARD && !to.isNone() ? SequenceId.FIRST : SequenceId.NONE;
    }

    private static String[] fields(HistoryQuery query) {
        return new String[] {
            query.app().value(),
            query.conversation().value(),
            query.user().value(),
            query.direction().name(),
            query.to().toString()
        };
    }

    /** @param personal there when the page before ended among what follows the entry at {@code from} */
    private record Position(SequenceId from, SequenceId known, Optional<SequenceId> personal) {}

    private static Position position(String text) {
        String[] parts = text.split(" ", -1);
        return new Position(
                seq(parts[0]), seq(parts[1]), parts.length > 2 ? Optional.of(seq(parts[2])) : Optional.empty());
    }

    private static SequenceId seq(String text) {
        return SequenceId.of(Long.parseLong(text));
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
