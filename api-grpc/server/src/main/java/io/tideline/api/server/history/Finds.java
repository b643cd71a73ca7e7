package io.tideline.api.server.history;

import com.google.protobuf.Timestamp;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.translate.MessageResponses;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.CountMessagesRequest;
import io.tideline.api.v1.CountMessagesResponse;
import io.tideline.api.v1.GetContextRequest;
import io.tideline.api.v1.GetContextResponse;
import io.tideline.api.v1.GetMessagesRequest;
import io.tideline.api.v1.GetMessagesResponse;
import io.tideline.api.v1.SeekTimeRequest;
import io.tideline.api.v1.SeekTimeResponse;
import io.tideline.core.message.MessageView;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.store.Outcome;
import io.tideline.store.history.FoundMessages;
import io.tideline.store.history.HistoryScope;
import io.tideline.store.history.HistoryService;
import io.tideline.store.history.MessageContext;
import io.tideline.store.history.MessageCount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** GetMessages, GetContext, SeekTime and CountMessages. */
final class Finds {
    private final HistoryService service;

    Finds(HistoryService service) {
        this.service = service;
    }

    CompletableFuture<GetMessagesResponse> messages(GetMessagesRequest request, Deadline deadline) {
        Scopes.require(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        HistoryScope scope = Scopes.scope(fields, request.getApp(), request.getConversationId(), request.getUser());
        boolean byId = request.getMessageIdsCount() > 0;
        int count = request.getSeqsCount() + request.getMessageIdsCount();
        if (count < 1 || count > HistoryService.MAX_MESSAGES || byId && request.getSeqsCount() > 0) {
            fields.add(
                    "seqs",
                    "seqs: " + request.getSeqsCount() + " and " + request.getMessageIdsCount()
                            + " message_ids (expected: 1.." + HistoryService.MAX_MESSAGES + " of one of them)");
        }
        List<SequenceId> seqs = new ArrayList<>();
        for (int i = 0; i < request.getSeqsCount(); i++) {
            seqs.add(fields.seq("seqs[" + i + "]", request.getSeqs(i)));
        }
        List<MessageId> ids = new ArrayList<>();
        for (int i = 0; i < request.getMessageIdsCount(); i++) {
            ids.add(MessageId.of(id("message_ids[" + i + "]", request.getMessageIds(i), fields)));
        }
        fields.check();
        CompletableFuture<Outcome<FoundMessages>> found =
                byId ? service.messagesById(scope, ids, deadline) : service.messages(scope, seqs, deadline);
        return found.thenApply(Refusals::accepted).thenApply(answer -> response(scope, answer));
    }

    private static long id(String path, long value, RequestFields fields) {
        if (value < 1) {
            fields.add(path, path + ": " + value + " (expected: 1 or more)");
            return 1;
        }
        return value;
    }

    private static GetMessagesResponse response(HistoryScope scope, FoundMessages found) {
        GetMessagesResponse.Builder response = GetMessagesResponse.newBuilder();
        found.messages().forEach(view -> response.addMessages(MessageResponses.message(scope.conversation(), view)));
        found.gaps().forEach(gap -> response.addGaps(MessageResponses.gap(gap)));
        found.beyond().forEach(seq -> response.addBeyondSeqs(seq.value()));
        found.unknown().forEach(id -> response.addUnknownIds(id.value()));
        return response.build();
    }

    CompletableFuture<GetContextResponse> context(GetContextRequest request, Deadline deadline) {
        Scopes.require(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        HistoryScope scope = Scopes.scope(fields, request.getApp(), request.getConversationId(), request.getUser());
        side("before", request.getBefore(), fields);
        side("after", request.getAfter(), fields);
        CompletableFuture<SequenceId> seq =
                switch (request.getMessageCase()) {
                    case SEQ -> {
                        SequenceId given = fields.seq("seq", request.getSeq());
                        fields.check();
                        yield CompletableFuture.completedFuture(given);
                    }
                    case MESSAGE_ID -> {
                        MessageId given = MessageId.of(id("message_id", request.getMessageId(), fields));
                        fields.check();
                        yield seqOf(scope, given, deadline);
                    }
                    case MESSAGE_NOT_SET -> {
                        fields.add("seq", "seq: missing (expected: seq or message_id)");
                        fields.check();
                        throw new AssertionError("check has thrown");
                    }
                };
        return seq.thenCompose(at -> service.context(scope, at, request.getBefore(), request.getAfter(), deadline)
                .thenApply(Refusals::accepted)
                .thenApply(context -> response(scope, at, context)));
    }

    private static void side(String path, int count, RequestFields fields) {
        if (count < 0 || count > HistoryService.MAX_CONTEXT) {
            fields.add(path, path + ": " + count + " (expected: 0.." + HistoryService.MAX_CONTEXT + ")");
        }
    }

    private CompletableFuture<SequenceId> seqOf(HistoryScope scope, MessageId id, Deadline deadline) {
        return service.messagesById(scope, List.of(id), deadline)
                .thenApply(Refusals::accepted)
                .thenApply(found -> found.messages().stream()
                        .findFirst()
                        .map(view -> view.entry().seq())
                        .orElseThrow(() -> new CallFailure(Refusals.messageNotFound())));
    }

    private static GetContextResponse response(HistoryScope scope, SequenceId seq, MessageContext context) {
        List<MessageView> earlier = new ArrayList<>(context.before().messages());
        Collections.reverse(earlier);
        GetContextResponse.Builder response = GetContextResponse.newBuilder()
                .setSeq(seq.value())
                .setReachedStart(context.before().stop() == StopReason.START)
                .setReachedHead(context.after().stop() == StopReason.HEAD);
        earlier.forEach(view -> response.addMessages(MessageResponses.message(scope.conversation(), view)));
        context.after()
                .messages()
                .forEach(view -> response.addMessages(MessageResponses.message(scope.conversation(), view)));
        context.before().gaps().forEach(gap -> response.addGaps(MessageResponses.gap(gap)));
        context.after().gaps().forEach(gap -> response.addGaps(MessageResponses.gap(gap)));
        return response.build();
    }

    CompletableFuture<SeekTimeResponse> seek(SeekTimeRequest request, Deadline deadline) {
        Scopes.require(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        HistoryScope scope = Scopes.scope(fields, request.getApp(), request.getConversationId(), request.getUser());
        Instant time = time("time", request.hasTime(), request.getTime(), fields);
        fields.check();
        return service.seek(scope, time, deadline).thenApply(Refusals::accepted).thenApply(found -> {
            SeekTimeResponse.Builder response = SeekTimeResponse.newBuilder();
            found.ifPresent(entry ->
                    response.setSeq(entry.seq().value()).setServerTime(Responses.timestamp(entry.serverTime())));
            return response.build();
        });
    }

    /** Years that a timestamp may name: 1 to 9999. */
    private static Instant time(String path, boolean present, Timestamp time, RequestFields fields) {
        boolean valid = present
                && time.getSeconds() >= -62_135_596_800L
                && time.getSeconds() <= 253_402_300_799L
                && time.getNanos() >= 0
                && time.getNanos() < 1_000_000_000;
        if (!valid) {
            fields.add(path, path + ": missing or out of range (expected: a time of the years 1..9999)");
            return Instant.EPOCH;
        }
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    CompletableFuture<CountMessagesResponse> count(CountMessagesRequest request, Deadline deadline) {
        Scopes.require(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        HistoryScope scope = Scopes.scope(fields, request.getApp(), request.getConversationId(), request.getUser());
        CompletableFuture<Outcome<MessageCount>> count = request.hasTimes()
                ? countTimes(scope, request.getTimes(), fields, deadline)
                : countSeqs(scope, request.getSeqs(), fields, deadline);
        return count.thenApply(Refusals::accepted).thenApply(found -> CountMessagesResponse.newBuilder()
                .setFromSeq(found.first().value())
                .setToSeq(found.last().value())
                .setEntries(found.entries())
                .setMessages(found.messages())
                .setExact(found.exact())
                .build());
    }

    private CompletableFuture<Outcome<MessageCount>> countSeqs(
            HistoryScope scope, CountMessagesRequest.SeqRange range, RequestFields fields, Deadline deadline) {
        SequenceId from = fields.seqOrNone("seqs.from_seq", range.getFromSeq());
        SequenceId to = fields.seqOrNone("seqs.to_seq", range.getToSeq());
        if (!to.isNone() && from.isAfter(to)) {
            fields.add("seqs.to_seq", "to_seq: " + to + " (expected: not before from_seq)");
        }
        fields.check();
        return service.count(scope, from.isNone() ? SequenceId.FIRST : from, to, deadline);
    }

    private CompletableFuture<Outcome<MessageCount>> countTimes(
            HistoryScope scope, CountMessagesRequest.TimeRange range, RequestFields fields, Deadline deadline) {
        Instant from = time("times.from", range.hasFrom(), range.getFrom(), fields);
        Optional<Instant> before = range.hasBefore()
                ? Optional.of(time("times.before", true, range.getBefore(), fields))
                : Optional.empty();
        if (before.isPresent() && before.get().isBefore(from)) {
            fields.add("times.before", "before: earlier than from (expected: not before from)");
        }
        fields.check();
        return service.countBetween(scope, from, before, deadline);
    }
}
