package io.tideline.store.conversation;

import io.tideline.core.conversation.Membership;
import java.util.List;

/** A page of members. Complete when none follow; else go on after the last one's user. */
public record MemberPage(List<Membership> members, boolean complete) {
    public MemberPage {
        members = List.copyOf(members);
    }
}
