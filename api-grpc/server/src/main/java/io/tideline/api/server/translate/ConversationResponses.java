package io.tideline.api.server.translate;

import io.tideline.api.v1.Conversation;
import io.tideline.api.v1.ConversationUnread;
import io.tideline.api.v1.Member;
import io.tideline.api.v1.UserConversation;
import io.tideline.core.conversation.Membership;
import io.tideline.sync.unread.ConversationsPage;

/** Conversations, members, and what is unread. */
public final class ConversationResponses {
    private ConversationResponses() {}

    public static Conversation conversation(io.tideline.core.conversation.Conversation conversation) {
        return Conversation.newBuilder()
                .setId(conversation.id().value())
                .setKind(MessagingEnums.kind(conversation.kind()))
                .setPolicy(MessagingEnums.policy(conversation.settings().policy()))
                .setDiffusion(MessagingEnums.diffusion(conversation.diffusion()))
                .setDiffusionSinceSeq(conversation.diffusionSince().value())
                .setHistoryVisible(conversation.settings().historyVisible())
                .putAllAttributes(conversation.settings().attributes())
                .setMemberCount(conversation.memberCount())
                .setDissolved(conversation.dissolved())
                .setCreatedBy(conversation.createdBy().value())
                .setCreateTime(Responses.timestamp(conversation.createdAt()))
                .setVersion(conversation.version())
                .build();
    }

    public static Member member(Membership membership) {
        return Member.newBuilder()
                .setUser(membership.user().value())
                .setRole(MessagingEnums.role(membership.role()))
                .setJoinedSeq(membership.joined().value())
                .setVisibleFromSeq(membership.visibleFrom().value())
                .setLeftSeq(membership.left().value())
                .build();
    }

    public static UserConversation listed(ConversationsPage.Listed listed) {
        io.tideline.core.conversation.UserConversation conversation = listed.conversation();
        return UserConversation.newBuilder()
                .setConversationId(conversation.conversation().value())
                .setKind(MessagingEnums.kind(conversation.kind()))
                .setRole(MessagingEnums.role(conversation.membership().role()))
                .setLastSeq(listed.unread().head().value())
                .setLastTime(Responses.timestamp(listed.lastTime()))
                .setUnread(unread(listed.unread()))
                .build();
    }

    public static ConversationUnread unread(io.tideline.sync.unread.ConversationUnread unread) {
        return ConversationUnread.newBuilder()
                .setConversationId(unread.conversation().value())
                .setUnread(unread.unread())
                .setReadSeq(unread.readThrough().value())
                .setLastSeq(unread.head().value())
                .setMarkedUnread(unread.markedUnread())
                .setMuted(unread.muted())
                .setPersonalUnread(unread.personal().unread())
                .setPersonalReadSeq(unread.personal().readThrough().value())
                .setPersonalLastSeq(unread.personal().head().value())
                .build();
    }
}
