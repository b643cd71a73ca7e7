package io.tideline.core.message;

import io.tideline.core.conversation.UserId;
import io.tideline.core.record.KeyPart;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import java.time.Instant;
import java.util.List;

/** What became of a message after it was sent. What is taken back stays so: no later edit brings it back. */
public sealed interface MessageChange {
    /** Who did it. */
    UserId by();

    /** The seq of the event by which it happened; {@link SequenceId#NONE} until it is committed. */
    SequenceId at();

    /** When, by the clock of the process that did it. */
    Instant when();

    /** It has another content now. */
    record Edited(UserId by, SequenceId at, Instant when, MessageKind kind, Payload payload) implements MessageChange {}

    /** Its sender took it back, or a moderator did. */
    record Recalled(UserId by, SequenceId at, Instant when) implements MessageChange {}

    /** It was deleted for all. */
    record Deleted(UserId by, SequenceId at, Instant when) implements MessageChange {}

    /** Whether the message shows nothing any more. */
    default boolean takesBack() {
        return !(this instanceof Edited);
    }

    /** The key of the {@code CHANGE} record that holds the last edit of the message at {@code target}. */
    static List<KeyPart> editKey(SequenceId target) {
        return List.of(KeyPart.of(target.value()), KeyPart.of(0));
    }

    /** The key of the {@code CHANGE} record that says that the message at {@code target} was taken back. */
    static List<KeyPart> takenBackKey(SequenceId target) {
        return List.of(KeyPart.of(target.value()), KeyPart.of(1));
    }
}
