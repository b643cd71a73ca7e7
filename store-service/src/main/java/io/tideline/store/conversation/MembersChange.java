package io.tideline.store.conversation;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.UserId;
import java.util.List;

/**
 * A change of who is in a conversation, or in what role.
 *
 * @param conversation after the change
 * @param changed whom it concerned, without those for whom it was so before; empty when nothing was written
 */
public record MembersChange(Conversation conversation, List<UserId> changed) {
    public MembersChange {
        changed = List.copyOf(changed);
    }
}
