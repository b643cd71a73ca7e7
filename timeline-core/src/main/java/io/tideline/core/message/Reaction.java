package io.tideline.core.message;

import io.tideline.core.conversation.UserId;
import io.tideline.core.record.KeyPart;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.SequenceId;
import java.util.List;

/**
 * One user's reaction to a message.
 *
 * @param target the message's seq
 * @param reaction 1 to 64 bytes of UTF-8 without control characters
 * @param active false once it was taken away
 * @param at the seq of the event by which it came or went
 */
public record Reaction(SequenceId target, UserId user, String reaction, boolean active, SequenceId at) {
    public Reaction {
        checkName(reaction);
    }

    /** Checks a name. @throws IllegalArgumentException when {@code reaction} is none */
    public static void checkName(String reaction) {
        new ClientMessageId(reaction);
    }

    /** The key of its {@code REACTION} record. */
    public static List<KeyPart> key(SequenceId target, UserId user, String reaction) {
        return List.of(KeyPart.of(target.value()), KeyPart.of(user.value()), KeyPart.of(reaction));
    }
}
