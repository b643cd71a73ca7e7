package io.tideline.core.conversation;

import io.tideline.core.timeline.SequenceId;
import java.time.Instant;
import java.util.Objects;

/**
 * A conversation as its record says, hence its many parts.
 *
 * @param diffusion the one in effect from {@code diffusionSince} on
 * @param diffusionSince the seq of the entry that switched it; the first entry's when it was never switched
 * @param dissolved nobody may send, join or leave any more; history stays
 * @param version the seq of the entry that last changed this
 */
public record Conversation(
        ConversationId id,
        ConversationKind kind,
        ConversationSettings settings,
        Diffusion diffusion,
        SequenceId diffusionSince,
        int memberCount,
        boolean dissolved,
        UserId createdBy,
        Instant createdAt,
        long version) {
    public Conversation {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(diffusion, "diffusion");
        Objects.requireNonNull(diffusionSince, "diffusionSince");
        Objects.requireNonNull(createdBy, "createdBy");
        Objects.requireNonNull(createdAt, "createdAt");
        if (memberCount < 0) {
            throw new IllegalArgumentException("memberCount: " + memberCount + " (expected: 0 or more)");
        }
    }
}
