package io.tideline.sync.unread;

import io.tideline.core.conversation.UserConversation;
import io.tideline.core.message.MessageView;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A page of a user's conversations.
 *
 * @param next where to go on; empty when all were listed
 */
public record ConversationsPage(List<Listed> conversations, Optional<ConversationsQuery.Position> next) {
    public ConversationsPage {
        conversations = List.copyOf(conversations);
    }

    /**
     * One conversation.
     *
     * @param lastTime server time of the head
     * @param preview the last entry that the user may see, when it was asked for and there is one
     */
    public record Listed(
            UserConversation conversation,
            ConversationUnread unread,
            Instant lastTime,
            Optional<MessageView> preview) {}
}
