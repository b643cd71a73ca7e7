package io.tideline.store.search;

import io.tideline.core.conversation.Membership;
import java.util.Objects;

/** A member, present or former, of a conversation. */
public record IndexedMember(String conversation, Membership membership) {
    public IndexedMember {
        Objects.requireNonNull(conversation, "conversation");
        Objects.requireNonNull(membership, "membership");
    }
}
