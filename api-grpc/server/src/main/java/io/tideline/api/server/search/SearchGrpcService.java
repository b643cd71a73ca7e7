package io.tideline.api.server.search;

import io.grpc.stub.StreamObserver;
import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.call.UnaryCalls;
import io.tideline.api.server.call.UnaryMethod;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.v1.SearchConversationsRequest;
import io.tideline.api.v1.SearchConversationsResponse;
import io.tideline.api.v1.SearchMembersRequest;
import io.tideline.api.v1.SearchMembersResponse;
import io.tideline.api.v1.SearchMessagesRequest;
import io.tideline.api.v1.SearchMessagesResponse;
import io.tideline.api.v1.SearchServiceGrpc;

/** The methods of {@code tideline.v1.SearchService}. Never blocks. */
public final class SearchGrpcService extends SearchServiceGrpc.SearchServiceImplBase {
    private final UnaryMethod<SearchMessagesRequest, SearchMessagesResponse> messages;
    private final UnaryMethod<SearchConversationsRequest, SearchConversationsResponse> conversations;
    private final UnaryMethod<SearchMembersRequest, SearchMembersResponse> members;

    public SearchGrpcService(ServerPorts ports, Statuses statuses) {
        UnaryCalls calls = new UnaryCalls(statuses);
        Searches searches = new Searches(ports.search());
        this.messages = calls.method(ports.metrics(), "SearchMessages", searches::messages);
        this.conversations = calls.method(ports.metrics(), "SearchConversations", searches::conversations);
        this.members = calls.method(ports.metrics(), "SearchMembers", searches::members);
    }

    @Override
    public void searchMessages(SearchMessagesRequest request, StreamObserver<SearchMessagesResponse> observer) {
        messages.call(request, observer);
    }

    @Override
    public void searchConversations(
            SearchConversationsRequest request, StreamObserver<SearchConversationsResponse> observer) {
        conversations.call(request, observer);
    }

    @Override
    public void searchMembers(SearchMembersRequest request, StreamObserver<SearchMembersResponse> observer) {
        members.call(request, observer);
    }
}
