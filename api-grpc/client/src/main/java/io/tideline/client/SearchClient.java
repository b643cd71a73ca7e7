package io.tideline.client;

import io.tideline.api.v1.SearchConversationsRequest;
import io.tideline.api.v1.SearchConversationsResponse;
import io.tideline.api.v1.SearchMembersRequest;
import io.tideline.api.v1.SearchMembersResponse;
import io.tideline.api.v1.SearchMessagesRequest;
import io.tideline.api.v1.SearchMessagesResponse;
import io.tideline.api.v1.SearchServiceGrpc;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Finds messages, conversations and members, with the retries and failures of {@link TidelineClient}. */
public final class SearchClient {
    private final CallContext context;

    SearchClient(CallContext context) {
        this.context = context;
    }

    /** One page of messages. */
    public CompletableFuture<SearchMessagesResponse> messages(SearchMessagesRequest request) {
        return context.unary(SearchServiceGrpc.getSearchMessagesMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    /** One page of conversations. */
    public CompletableFuture<SearchConversationsResponse> conversations(SearchConversationsRequest request) {
        return context.unary(
                SearchServiceGrpc.getSearchConversationsMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    /** One page of members. */
    public CompletableFuture<SearchMembersResponse> members(SearchMembersRequest request) {
        return context.unary(SearchServiceGrpc.getSearchMembersMethod(), request, Repeat.ALWAYS, Function.identity());
    }
}
