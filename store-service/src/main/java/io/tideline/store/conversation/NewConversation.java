package io.tideline.store.conversation;

import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.ConversationSettings;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.ClientMessageId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A conversation to be created.
 *
 * @param creator a member in any case: the owner, save of a direct conversation, which has none
 * @param members besides the creator, who may stand among them; of a channel they follow, else they are members
 * @param context of a contextual conversation what it is about, 1 to 256 characters; of no other kind
 * @param requestId the creator's own name for this request, so that it can be repeated; ignored for kinds that are unique
 *     by themselves
 */
public record NewConversation(
        AppId app,
        UserId creator,
        ConversationKind kind,
        List<UserId> members,
        ConversationSettings settings,
        Optional<String> context,
        Optional<ClientMessageId> requestId) {
    private static final int MAX_CONTEXT_CHARS = 256;

    public NewConversation {
        Objects.requireNonNull(app, "app");
        Objects.requireNonNull(creator, "creator");
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(requestId, "requestId");
        members = List.copyOf(members);
        boolean contextual = kind == ConversationKind.CONTEXTUAL;
        if (contextual != context.isPresent()) {
            throw new IllegalArgumentException(
                    "context: " + (contextual ? "missing (expected: set)" : "set (expected: none)") + " for " + kind);
        }
        if (context.isPresent() && (context.get().isEmpty() || context.get().length() > MAX_CONTEXT_CHARS)) {
            throw new IllegalArgumentException(
                    "context: " + context.get().length() + " characters (expected: 1.." + MAX_CONTEXT_CHARS + ")");
        }
    }
}
