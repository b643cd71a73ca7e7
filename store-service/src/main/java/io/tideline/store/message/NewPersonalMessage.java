package io.tideline.store.message;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import java.util.List;
import java.util.Objects;

/**
 * A message that only some members of a conversation see.
 *
 * @param byService whether a service sends it in the name of {@code sender}, who then needs to be no member
 * @param recipients members; one who is named twice gets it once
 * @param follows the conversation's seq after which devices show it; {@link SequenceId#NONE} for its head
 */
public record NewPersonalMessage(
        AppId app,
        ConversationId conversation,
        UserId sender,
        boolean byService,
        List<UserId> recipients,
        OutgoingMessage message,
        SequenceId follows) {
    public static final int MAX_RECIPIENTS = 100_000;

    public NewPersonalMessage {
        Objects.requireNonNull(app, "app");
        Objects.requireNonNull(conversation, "conversation");
        Objects.requireNonNull(sender, "sender");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(follows, "follows");
        recipients = List.copyOf(recipients);
    }
}
