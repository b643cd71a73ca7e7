package io.tideline.api.server.search;

import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.ConversationResponses;
import io.tideline.api.server.translate.MessageResponses;
import io.tideline.api.server.translate.PageTokens;
import io.tideline.api.server.translate.PageTokens.Listing;
import io.tideline.api.v1.MemberHit;
import io.tideline.api.v1.MessageHit;
import io.tideline.api.v1.SearchConversationsRequest;
import io.tideline.api.v1.SearchConversationsResponse;
import io.tideline.api.v1.SearchMembersRequest;
import io.tideline.api.v1.SearchMembersResponse;
import io.tideline.api.v1.SearchMessagesRequest;
import io.tideline.api.v1.SearchMessagesResponse;
import io.tideline.api.v1.SearchStats;
import io.tideline.core.store.Deadline;
import io.tideline.store.search.IndexedMember;
import io.tideline.store.search.SearchPage;
import io.tideline.store.search.SearchService;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** SearchMessages, SearchConversations and SearchMembers. */
final class Searches {
    private final Optional<SearchService> service;

    /** @param service empty when the server keeps no index */
    Searches(Optional<SearchService> service) {
        this.service = service;
    }

    /** Lets a member look as himself, and back ends at everything. Comes before anything is read. */
    private SearchService allowed(String app, String user) {
        if (user.isEmpty()) {
            Caller.current().requireApp(app);
        } else {
            Caller.current().requireUser(app, user);
        }
        return service.orElseThrow(() -> new CallFailure(Statuses.searchOff()));
    }

    CompletableFuture<SearchMessagesResponse> messages(SearchMessagesRequest request, Deadline deadline) {
        SearchService search = allowed(request.getApp(), request.getUser());
        SearchFields fields = SearchFields.of(request);
        return search.messages(fields.request(), deadline)
                .thenApply(Refusals::accepted)
                .thenApply(page -> {
                    SearchMessagesResponse.Builder response = SearchMessagesResponse.newBuilder()
                            .setStats(stats(page))
                            .setNextPageToken(token(page, fields));
                    page.items()
                            .forEach(found -> response.addHits(MessageHit.newBuilder()
                                    .setMessage(MessageResponses.message(found.conversation(), found.view()))
                                    .setScore(found.score())));
                    return response.build();
                });
    }

    CompletableFuture<SearchConversationsResponse> conversations(
            SearchConversationsRequest request, Deadline deadline) {
        SearchService search = allowed(request.getApp(), request.getUser());
        SearchFields fields = SearchFields.of(request);
        return search.conversations(fields.request(), deadline)
                .thenApply(Refusals::accepted)
                .thenApply(page -> {
                    SearchConversationsResponse.Builder response = SearchConversationsResponse.newBuilder()
                            .setStats(stats(page))
                            .setNextPageToken(token(page, fields));
                    page.items().forEach(found -> response.addConversations(ConversationResponses.conversation(found)));
                    return response.build();
                });
    }

    CompletableFuture<SearchMembersResponse> members(SearchMembersRequest request, Deadline deadline) {
        SearchService search = allowed(request.getApp(), request.getUser());
        SearchFields fields = SearchFields.of(request);
        return search.members(fields.request(), deadline)
                .thenApply(Refusals::accepted)
                .thenApply(page -> {
                    SearchMembersResponse.Builder response = SearchMembersResponse.newBuilder()
                            .setStats(stats(page))
                            .setNextPageToken(token(page, fields));
                    for (IndexedMember found : page.items()) {
                        response.addHits(MemberHit.newBuilder()
                                .setConversationId(found.conversation())
                                .setMember(ConversationResponses.member(found.membership())));
                    }
                    return response.build();
                });
    }

    private static SearchStats stats(SearchPage<?> page) {
        return SearchStats.newBuilder()
                .setTotal(page.count())
                .setTotalExact(page.countExact())
                .setPartial(page.partial())
                .setBuilding(page.state().building())
                .setPending(page.state().pending())
                .setBehindMillis(page.state().behindMillis())
                .build();
    }

    private static String token(SearchPage<?> page, SearchFields fields) {
        return page.next()
                .map(key -> PageTokens.of(Listing.SEARCH, key.encode(), fields.tokenFields()))
                .orElse("");
    }
}
