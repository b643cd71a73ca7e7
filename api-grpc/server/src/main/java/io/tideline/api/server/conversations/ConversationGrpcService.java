package io.tideline.api.server.conversations;

import com.codahale.metrics.MetricRegistry;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.call.UnaryCalls;
import io.tideline.api.server.call.UnaryMethod;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.v1.AddMembersRequest;
import io.tideline.api.v1.Conversation;
import io.tideline.api.v1.ConversationServiceGrpc;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.CreateConversationResponse;
import io.tideline.api.v1.DissolveConversationRequest;
import io.tideline.api.v1.GetConversationRequest;
import io.tideline.api.v1.ListConversationsRequest;
import io.tideline.api.v1.ListConversationsResponse;
import io.tideline.api.v1.ListMembersRequest;
import io.tideline.api.v1.ListMembersResponse;
import io.tideline.api.v1.Member;
import io.tideline.api.v1.RemoveMemberRequest;
import io.tideline.api.v1.SetMemberRoleRequest;
import io.tideline.api.v1.UpdateConversationRequest;
import io.tideline.store.conversation.ConversationService;
import io.tideline.sync.unread.UnreadService;

/** The methods of {@code tideline.v1.ConversationService}. Never blocks. */
public final class ConversationGrpcService extends ConversationServiceGrpc.ConversationServiceImplBase {
    private final UnaryMethod<CreateConversationRequest, CreateConversationResponse> create;
    private final UnaryMethod<GetConversationRequest, Conversation> get;
    private final UnaryMethod<UpdateConversationRequest, Conversation> update;
    private final UnaryMethod<DissolveConversationRequest, Conversation> dissolve;
    private final UnaryMethod<ListConversationsRequest, ListConversationsResponse> list;
    private final UnaryMethod<AddMembersRequest, Conversation> add;
    private final UnaryMethod<RemoveMemberRequest, Conversation> remove;
    private final UnaryMethod<SetMemberRoleRequest, Member> setRole;
    private final UnaryMethod<ListMembersRequest, ListMembersResponse> listMembers;

    public ConversationGrpcService(
            ConversationService service, UnreadService unread, Statuses statuses, MetricRegistry registry) {
        UnaryCalls calls = new UnaryCalls(statuses);
        Conversations conversations = new Conversations(service, unread);
        Members members = new Members(service);
        this.create = calls.method(registry, "CreateConversation", conversations::create);
        this.get = calls.method(registry, "GetConversation", conversations::get);
        this.update = calls.method(registry, "UpdateConversation", conversations::update);
        this.dissolve = calls.method(registry, "DissolveConversation", conversations::dissolve);
        this.list = calls.method(registry, "ListConversations", conversations::list);
        this.add = calls.method(registry, "AddMembers", members::add);
        this.remove = calls.method(registry, "RemoveMember", members::remove);
        this.setRole = calls.method(registry, "SetMemberRole", members::setRole);
        this.listMembers = calls.method(registry, "ListMembers", members::list);
    }

    @Override
    public void createConversation(
            CreateConversationRequest request, StreamObserver<CreateConversationResponse> observer) {
        create.call(request, observer);
    }

    @Override
    public void getConversation(GetConversationRequest request, StreamObserver<Conversation> observer) {
        get.call(request, observer);
    }

    @Override
    public void updateConversation(UpdateConversationRequest request, StreamObserver<Conversation> observer) {
        update.call(request, observer);
    }

    @Override
    public void dissolveConversation(DissolveConversationRequest request, StreamObserver<Conversation> observer) {
        dissolve.call(request, observer);
    }

    @Override
    public void listConversations(
            ListConversationsRequest request, StreamObserver<ListConversationsResponse> observer) {
        list.call(request, observer);
    }

    @Override
    public void addMembers(AddMembersRequest request, StreamObserver<Conversation> observer) {
        add.call(request, observer);
    }

    @Override
    public void removeMember(RemoveMemberRequest request, StreamObserver<Conversation> observer) {
        remove.call(request, observer);
    }

    @Override
    public void setMemberRole(SetMemberRoleRequest request, StreamObserver<Member> observer) {
        setRole.call(request, observer);
    }

    @Override
    public void listMembers(ListMembersRequest request, StreamObserver<ListMembersResponse> observer) {
        listMembers.call(request, observer);
    }
}
