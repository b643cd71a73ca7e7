package io.tideline.core.erase;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import java.util.Objects;

/** What is to be erased. */
public sealed interface ErasureTarget {
    AppId app();

    /** One message with its edits. */
    record OneMessage(AppId app, ConversationId conversation, SequenceId seq) implements ErasureTarget {
        public OneMessage {
            Objects.requireNonNull(app, "app");
            Objects.requireNonNull(conversation, "conversation");
            if (seq.isNone()) {
                throw new IllegalArgumentException("seq: 0 (expected: 1 or more)");
            }
        }
    }

    /** What one user has said, in all conversations where he is or was a member. */
    record OneUser(AppId app, UserId user) implements ErasureTarget {}

    /** All that was said in one conversation. */
    record OneConversation(AppId app, ConversationId conversation) implements ErasureTarget {}

    /** All that was said in one app. */
    record OneApp(AppId app) implements ErasureTarget {}
}
