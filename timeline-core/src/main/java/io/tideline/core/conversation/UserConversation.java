package io.tideline.core.conversation;

import java.util.Objects;

/**
 * A conversation as one user's list has it.
 *
 * @param diffusion READ: the conversation's head must be looked at; WRITE: everything after {@code version} is
 *     announced in the inbox
 * @param version the seq, in the conversation, up to which this is true
 */
public record UserConversation(
        ConversationId conversation, ConversationKind kind, Diffusion diffusion, Membership membership, long version) {
    public UserConversation {
        Objects.requireNonNull(conversation, "conversation");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(diffusion, "diffusion");
        Objects.requireNonNull(membership, "membership");
    }
}
