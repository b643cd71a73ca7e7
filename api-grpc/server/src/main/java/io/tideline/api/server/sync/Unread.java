package io.tideline.api.server.sync;

import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.translate.ConversationResponses;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.v1.ConversationUnread;
import io.tideline.api.v1.GetReceiptsRequest;
import io.tideline.api.v1.GetReceiptsResponse;
import io.tideline.api.v1.GetUnreadRequest;
import io.tideline.api.v1.GetUnreadResponse;
import io.tideline.api.v1.MarkReadRequest;
import io.tideline.api.v1.UpdateUserConversationRequest;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.unread.MarkOutcome;
import io.tideline.sync.unread.ReceiptsOutcome;
import io.tideline.sync.unread.Recount;
import io.tideline.sync.unread.UnreadService;
import io.tideline.sync.unread.UnreadSnapshot;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What users have not read, and what they have. */
final class Unread {
    private final UnreadService service;
    private final TimelineStore store;

    /** @param store says where conversations end */
    Unread(UnreadService service, TimelineStore store) {
        this.service = service;
        this.store = store;
    }

    CompletableFuture<GetUnreadResponse> get(GetUnreadRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        if (request.getRecount()) {
            Caller.current().requireApp(request.getApp());
        }
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        UserId user = fields.user("user", request.getUser());
        boolean all = request.getConversationId().isEmpty();
        Optional<ConversationId> only =
                all ? Optional.empty() : Optional.of(fields.conversation(request.getConversationId()));
        if (request.getRecount() && !all) {
            fields.add("recount", "recount: with a conversation (expected: for all of a user)");
        }
        fields.check();

        CompletableFuture<GetUnreadResponse.Builder> counts = only.isPresent()
                ? service.unread(app, user, only.get(), deadline)
                        .thenApply(
                                found -> one(found.orElseThrow(() -> new CallFailure(Refusals.notMember(only.get())))))
                : service.unread(app, user, deadline).thenApply(Unread::all);
        return request.getRecount()
                ? counts.thenCombine(service.recount(app, user, deadline), Unread::compared)
                : counts.thenApply(GetUnreadResponse.Builder::build);
    }

    private static GetUnreadResponse.Builder one(io.tideline.sync.unread.ConversationUnread unread) {
        return GetUnreadResponse.newBuilder()
                .addConversations(ConversationResponses.unread(unread))
                .setTotal(unread.muted() ? 0 : unread.unread())
                .setMutedTotal(unread.muted() ? unread.unread() : 0)
                .setConversationCount(unread.active() ? 1 : 0);
    }

    private static GetUnreadResponse.Builder all(UnreadSnapshot snapshot) {
        GetUnreadResponse.Builder response =
                GetUnreadResponse.newBuilder().setTotal(snapshot.total()).setMutedTotal(snapshot.mutedTotal());
        int active = 0;
        for (io.tideline.sync.unread.ConversationUnread unread : snapshot.conversations()) {
            active += unread.active() ? 1 : 0;
            if (unread.unread() > 0 || unread.active() && (unread.markedUnread() || unread.muted())) {
                response.addConversations(ConversationResponses.unread(unread));
            }
        }
        return response.setConversationCount(active);
    }

    private static GetUnreadResponse compared(GetUnreadResponse.Builder response, List<Recount> recounts) {
        for (Recount recount : recounts) {
            if (!recount.agrees()) {
                response.addDifferencesBuilder()
                        .setConversationId(recount.conversation().value())
                        .setComputed(recount.computed())
                        .setRecounted(recount.recounted());
            }
        }
        return response.build();
    }

    CompletableFuture<ConversationUnread> markRead(MarkReadRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        UserId user = fields.user("user", request.getUser());
        ConversationId conversation = fields.conversation(request.getConversationId());
        SequenceId seq = fields.seqOrNone("seq", request.getSeq());
        SequenceId personal = fields.seqOrNone("personal_seq", request.getPersonalSeq());
        fields.check();
        if (!seq.isNone() || !personal.isNone()) {
            return service.markRead(app, user, conversation, seq, personal, deadline)
                    .thenApply(outcome -> marked(conversation, outcome));
        }
        return markAll(app, user, conversation, deadline);
    }

    /** Up to both heads; for who has left, up to where he did, which is what the refusal of the head says. */
    private CompletableFuture<ConversationUnread> markAll(
            AppId app, UserId user, ConversationId conversation, Deadline deadline) {
        TimelineId timeline = conversation.timeline(app);
        TimelineId personal = conversation.personalTimeline(app, user);
        List<HeadQuery> queries =
                List.of(new HeadQuery(timeline, SequenceId.NONE), new HeadQuery(personal, SequenceId.NONE));
        return store.heads(queries, deadline)
                .thenCompose(heads -> {
                    SequenceId own = heads.getOrDefault(personal, Head.EMPTY).last();
                    SequenceId head = heads.getOrDefault(timeline, Head.EMPTY).last();
                    return service.markRead(app, user, conversation, head, own, deadline)
                            .thenCompose(outcome -> outcome instanceof MarkOutcome.BeyondHead beyond
                                    ? service.markRead(app, user, conversation, beyond.head(), own, deadline)
                                    : CompletableFuture.completedFuture(outcome));
                })
                .thenApply(outcome -> marked(conversation, outcome));
    }

    CompletableFuture<ConversationUnread> update(UpdateUserConversationRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        UserId user = fields.user("user", request.getUser());
        ConversationId conversation = fields.conversation(request.getConversationId());
        if (!request.hasMarkedUnread() && !request.hasMuted()) {
            fields.add("marked_unread", "marked_unread: nothing to change (expected: marked_unread or muted)");
        }
        fields.check();

        if (!request.hasMuted()) {
            return service.markUnread(app, user, conversation, request.getMarkedUnread(), deadline)
                    .thenApply(outcome -> marked(conversation, outcome));
        }
        CompletableFuture<ConversationUnread> muted = service.mute(
                        app, user, conversation, request.getMuted(), deadline)
                .thenApply(outcome -> marked(conversation, outcome));
        if (!request.hasMarkedUnread()) {
            return muted;
        }
        return muted.thenCompose(
                        done -> service.markUnread(app, user, conversation, request.getMarkedUnread(), deadline))
                .thenApply(outcome -> marked(conversation, outcome));
    }

    private static ConversationUnread marked(ConversationId conversation, MarkOutcome outcome) {
        if (outcome instanceof MarkOutcome.Marked marked) {
            return ConversationResponses.unread(marked.after());
        }
        throw new CallFailure(
                outcome instanceof MarkOutcome.BeyondHead beyond
                        ? Refusals.readMarkBeyondHead(beyond.personal(), beyond.head())
                        : Refusals.notMember(conversation));
    }

    CompletableFuture<GetReceiptsResponse> receipts(GetReceiptsRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        UserId user = fields.user("user", request.getUser());
        ConversationId conversation = fields.conversation(request.getConversationId());
        SequenceId seq = fields.seq("seq", request.getSeq());
        fields.check();
        return service.receipts(app, user, conversation, seq, deadline).thenApply(Unread::receipts);
    }

    private static GetReceiptsResponse receipts(ReceiptsOutcome outcome) {
        if (outcome instanceof ReceiptsOutcome.Receipts receipts) {
            return GetReceiptsResponse.newBuilder()
                    .setReadCount(receipts.readers())
                    .setNamed(receipts.names().isPresent())
                    .addAllReaders(receipts.names().orElse(List.of()).stream()
                            .map(UserId::value)
                            .toList())
                    .build();
        }
        throw new CallFailure(
                outcome instanceof ReceiptsOutcome.BeyondHead beyond
                        ? Refusals.sequenceBeyondHead(beyond.head())
                        : Refusals.messageNotFound());
    }
}
