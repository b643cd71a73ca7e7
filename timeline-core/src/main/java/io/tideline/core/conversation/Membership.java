package io.tideline.core.conversation;

import io.tideline.core.timeline.SequenceId;
import java.util.Objects;

/**
 * One member of a conversation, now or formerly.
 *
 * @param joined the seq of the entry by which the user last joined
 * @param joinedCounted its running count: what was sent before does not count as unread
 * @param visibleFrom the first seq that the user may see
 * @param left the seq of the entry by which the user left, was removed, or the conversation was dissolved; {@link
 *     SequenceId#NONE} while a member. Nothing after it may be seen
 * @param version the seq of the entry that last changed this
 */
public record Membership(
        UserId user,
        Role role,
        SequenceId joined,
        long joinedCounted,
        SequenceId visibleFrom,
        SequenceId left,
        long version) {
    public Membership {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(joined, "joined");
        Objects.requireNonNull(visibleFrom, "visibleFrom");
        Objects.requireNonNull(left, "left");
    }

    public boolean isActive() {
        return left.isNone();
    }

    /** Whether the user may see the entry at {@code seq}. */
    public boolean sees(SequenceId seq) {
        return !visibleFrom.isAfter(seq) && (left.isNone() || !seq.isAfter(left));
    }
}
