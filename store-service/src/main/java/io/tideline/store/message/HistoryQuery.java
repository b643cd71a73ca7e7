package io.tideline.store.message;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.store.Direction;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import java.util.Objects;
import java.util.Optional;

/**
 * A range of a conversation, to be read a page at a time as one user sees it.
 *
 * @param from the first seq wanted; {@link SequenceId#NONE}: forward the first that the user may see, backward the last
 * @param to the last seq wanted, included; {@link SequenceId#NONE} for no bound
 * @param maxEntries 1 to {@link io.tideline.core.store.ReadQuery#MAX_ENTRIES}, not counting what is for the user alone
 * @param maxBytes payload bytes after which a page ends
 * @param floor a seq that the caller knows to be committed, or {@link SequenceId#NONE}
 * @param fromPersonal {@code nextPersonal} of the page before, with its {@code next} as {@code from}
 */
public record HistoryQuery(
        AppId app,
        ConversationId conversation,
        UserId user,
        SequenceId from,
        SequenceId to,
        Direction direction,
        int maxEntries,
        int maxBytes,
        SequenceId floor,
        Optional<SequenceId> fromPersonal) {
    public HistoryQuery {
        Objects.requireNonNull(app, "app");
        Objects.requireNonNull(conversation, "conversation");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(direction, "direction");
        Objects.requireNonNull(floor, "floor");
        Objects.requireNonNull(fromPersonal, "fromPersonal");
    }

    /** Begins with the entry at {@code from}. */
    public HistoryQuery(
            AppId app,
            ConversationId conversation,
            UserId user,
            SequenceId from,
            SequenceId to,
            Direction direction,
            int maxEntries,
            int maxBytes,
            SequenceId floor) {
        this(app, conversation, user, from, to, direction, maxEntries, maxBytes, floor, Optional.empty());
    }
}
