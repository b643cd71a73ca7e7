package io.tideline.api.server.conversations;

import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.translate.ConversationResponses;
import io.tideline.api.server.translate.MessagingEnums;
import io.tideline.api.server.translate.PageTokens;
import io.tideline.api.server.translate.PageTokens.Listing;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.v1.AddMembersRequest;
import io.tideline.api.v1.Conversation;
import io.tideline.api.v1.ListMembersRequest;
import io.tideline.api.v1.ListMembersResponse;
import io.tideline.api.v1.Member;
import io.tideline.api.v1.RemoveMemberRequest;
import io.tideline.api.v1.SetMemberRoleRequest;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserId;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.store.Outcome;
import io.tideline.store.conversation.ConversationService;
import io.tideline.store.conversation.MemberPage;
import io.tideline.store.conversation.MemberQuery;
import io.tideline.store.conversation.MembersChange;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Who is in a conversation. */
final class Members {
    private static final int MAX_ADDED = 10_000;
    private static final int DEFAULT_PAGE_SIZE = 100;

    private final ConversationService service;

    Members(ConversationService service) {
        this.service = service;
    }

    CompletableFuture<Conversation> add(AddMembersRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        ConversationId conversation = fields.conversation(request.getConversationId());
        UserId user = fields.user("user", request.getUser());
        List<UserId> members = fields.users("members", request.getMembersList(), 1, MAX_ADDED);
        Optional<Role> role = MessagingEnums.role(request.getRole(), fields);
        fields.check();
        return changed(service.addMembers(app, conversation, user, members, role, deadline));
    }

    CompletableFuture<Conversation> remove(RemoveMemberRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        ConversationId conversation = fields.conversation(request.getConversationId());
        UserId user = fields.user("user", request.getUser());
        UserId member = fields.user("member", request.getMember());
        fields.check();
        return changed(service.removeMembers(app, conversation, user, List.of(member), deadline));
    }

    private static CompletableFuture<Conversation> changed(CompletableFuture<Outcome<MembersChange>> outcome) {
        return outcome.thenApply(Refusals::accepted)
                .thenApply(change -> ConversationResponses.conversation(change.conversation()));
    }

    CompletableFuture<Member> setRole(SetMemberRoleRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        ConversationId conversation = fields.conversation(request.getConversationId());
        UserId user = fields.user("user", request.getUser());
        UserId member = fields.user("member", request.getMember());
        Optional<Role> role = MessagingEnums.role(request.getRole(), fields);
        if (request.getRole() == io.tideline.api.v1.Role.ROLE_UNSPECIFIED) {
            fields.add("role", "role: missing (expected: FOLLOWER, MEMBER, MODERATOR or OWNER)");
        }
        fields.check();
        return service.changeRole(app, conversation, user, member, role.orElseThrow(), deadline)
                .thenApply(Refusals::accepted)
                .thenApply(ConversationResponses::member);
    }

    CompletableFuture<ListMembersResponse> list(ListMembersRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        ConversationId conversation = fields.conversation(request.getConversationId());
        Optional<UserId> viewer = fields.userIfAny("user", request.getUser());
        int limit = fields.number("page_size", request.getPageSize(), DEFAULT_PAGE_SIZE, MemberQuery.MAX_LIMIT);
        String former = Boolean.toString(request.getIncludeFormer());
        Optional<UserId> after = fields.position(request.getPageToken(), token -> PageTokens.position(
                        Listing.MEMBERS, token, app.value(), conversation.value(), former)
                .map(UserId::new));
        fields.check();

        MemberQuery query = new MemberQuery(app, conversation, viewer, after, limit, request.getIncludeFormer());
        return service.members(query, deadline).thenApply(Refusals::accepted).thenApply(page -> answer(query, page));
    }

    private static ListMembersResponse answer(MemberQuery query, MemberPage page) {
        List<Membership> members = page.members();
        ListMembersResponse.Builder response = ListMembersResponse.newBuilder();
        members.forEach(member -> response.addMembers(ConversationResponses.member(member)));
        if (!page.complete() && !members.isEmpty()) {
            response.setNextPageToken(PageTokens.of(
                    Listing.MEMBERS,
                    members.get(members.size() - 1).user().value(),
                    query.app().value(),
                    query.conversation().value(),
                    Boolean.toString(query.includeFormer())));
        }
        return response.build();
    }
}
