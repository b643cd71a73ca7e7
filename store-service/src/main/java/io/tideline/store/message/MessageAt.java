package io.tideline.store.message;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.Objects;

/** A message by its place. */
public record MessageAt(AppId app, ConversationId conversation, SequenceId seq) {
    public MessageAt {
        Objects.requireNonNull(app, "app");
        Objects.requireNonNull(conversation, "conversation");
        if (seq.isNone()) {
            throw new IllegalArgumentException("seq: 0 (expected: 1 or more)");
        }
    }

    TimelineId timeline() {
        return conversation.timeline(app);
    }
}
