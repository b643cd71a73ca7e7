package io.tideline.api.server.conversations;

import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.ConversationResponses;
import io.tideline.api.server.translate.MessagingEnums;
import io.tideline.api.server.translate.PageTokens;
import io.tideline.api.server.translate.PageTokens.Listing;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.v1.Conversation;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.CreateConversationResponse;
import io.tideline.api.v1.DissolveConversationRequest;
import io.tideline.api.v1.GetConversationRequest;
import io.tideline.api.v1.ListConversationsRequest;
import io.tideline.api.v1.ListConversationsResponse;
import io.tideline.api.v1.UpdateConversationRequest;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.ConversationSettings;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.conversation.UserId;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.store.Outcome;
import io.tideline.store.conversation.ConversationService;
import io.tideline.store.conversation.NewConversation;
import io.tideline.store.conversation.SettingsChange;
import io.tideline.sync.unread.ConversationsPage;
import io.tideline.sync.unread.ConversationsQuery;
import io.tideline.sync.unread.UnreadService;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Conversations themselves, and the lists of them that users have. */
final class Conversations {
    /** What a request may name; how many a conversation can be created with is the service's to say. */
    private static final int MAX_NAMED = 100_000;

    private static final int DEFAULT_PAGE_SIZE = 100;

    private final ConversationService service;
    private final UnreadService unread;

    Conversations(ConversationService service, UnreadService unread) {
        this.service = service;
        this.unread = unread;
    }

    CompletableFuture<CreateConversationResponse> create(CreateConversationRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getCreator());
        return service.create(wanted(request), deadline)
                .thenApply(Refusals::accepted)
                .thenApply(creation -> CreateConversationResponse.newBuilder()
                        .setConversation(ConversationResponses.conversation(creation.conversation()))
                        .setExisted(creation.existed())
                        .build());
    }

    private static NewConversation wanted(CreateConversationRequest request) {
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        UserId creator = fields.user("creator", request.getCreator());
        ConversationKind kind = MessagingEnums.kind(request.getKind(), fields);
        List<UserId> members = fields.users("members", request.getMembersList(), 0, MAX_NAMED);
        if (kind == ConversationKind.DIRECT && request.getMembersCount() != 1) {
            fields.add("members", "members: " + request.getMembersCount() + " (expected: 1 for DIRECT)");
        }
        DiffusionPolicy policy =
                MessagingEnums.policy(request.getPolicy(), fields).orElse(DiffusionPolicy.AUTO);
        Optional<String> context =
                request.getContext().isEmpty() ? Optional.empty() : Optional.of(request.getContext());
        Optional<ClientMessageId> requestId = fields.nameIfAny("request_id", request.getRequestId());
        return fields.whole(() -> new NewConversation(
                app,
                creator,
                kind,
                members,
                new ConversationSettings(policy, request.getHistoryVisible(), request.getAttributesMap()),
                context,
                requestId));
    }

    CompletableFuture<Conversation> get(GetConversationRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        ConversationId conversation = fields.conversation(request.getConversationId());
        Optional<UserId> viewer = fields.userIfAny("user", request.getUser());
        fields.check();
        return answer(service.describe(app, conversation, viewer, deadline));
    }

    CompletableFuture<Conversation> update(UpdateConversationRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        ConversationId conversation = fields.conversation(request.getConversationId());
        UserId user = fields.user("user", request.getUser());
        Optional<DiffusionPolicy> policy = MessagingEnums.policy(request.getPolicy(), fields);
        Optional<Boolean> history =
                request.hasHistoryVisible() ? Optional.of(request.getHistoryVisible()) : Optional.empty();
        SettingsChange change = fields.whole(() -> new SettingsChange(
                policy, history, request.getPutAttributesMap(), new HashSet<>(request.getRemoveAttributesList())));
        return answer(service.changeSettings(app, conversation, user, change, deadline)
                .exceptionally(Conversations::tooManyAttributes));
    }

    /** Only the service knows how many there would be. */
    private static Outcome<io.tideline.core.conversation.Conversation> tooManyAttributes(Throwable failure) {
        Throwable cause = Statuses.unwrap(failure);
        if (cause instanceof IllegalArgumentException) {
            throw new CallFailure(
                    Statuses.invalid("put_attributes", "attributes: too many together (expected: 0..64)"));
        }
        throw new java.util.concurrent.CompletionException(cause);
    }

    CompletableFuture<Conversation> dissolve(DissolveConversationRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        ConversationId conversation = fields.conversation(request.getConversationId());
        UserId user = fields.user("user", request.getUser());
        fields.check();
        return answer(service.dissolve(app, conversation, user, deadline));
    }

    private static CompletableFuture<Conversation> answer(
            CompletableFuture<Outcome<io.tideline.core.conversation.Conversation>> outcome) {
        return outcome.thenApply(Refusals::accepted).thenApply(ConversationResponses::conversation);
    }

    CompletableFuture<ListConversationsResponse> list(ListConversationsRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        UserId user = fields.user("user", request.getUser());
        int limit = fields.number("page_size", request.getPageSize(), DEFAULT_PAGE_SIZE, ConversationsQuery.MAX_LIMIT);
        Optional<ConversationsQuery.Position> after =
                fields.position(request.getPageToken(), token -> PageTokens.position(
                                Listing.CONVERSATIONS, token, app.value(), user.value())
                        .map(Conversations::position));
        fields.check();

        return unread.conversations(new ConversationsQuery(app, user, after, limit, false, false), deadline)
                .thenApply(page -> listed(page, app, user));
    }

    private static ListConversationsResponse listed(ConversationsPage page, AppId app, UserId user) {
        ListConversationsResponse.Builder response = ListConversationsResponse.newBuilder();
        page.conversations().forEach(listed -> response.addConversations(ConversationResponses.listed(listed)));
        page.next()
                .map(next -> PageTokens.of(Listing.CONVERSATIONS, text(next), app.value(), user.value()))
                .ifPresent(response::setNextPageToken);
        return response.build();
    }

    private static String text(ConversationsQuery.Position position) {
        return position.lastTime() + " " + position.conversation().value();
    }

    private static ConversationsQuery.Position position(String text) {
        int space = text.indexOf(' ');
        return new ConversationsQuery.Position(
                Instant.parse(text.substring(0, space)), new ConversationId(text.substring(space + 1)));
    }
}
