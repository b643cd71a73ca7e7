package io.tideline.core.message;

import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A page of a conversation as one user sees it. Messages that do not {@linkplain MessageView#follows follow} another, and
 * gaps, together cover the seqs from the query's {@code from} to the page's end without a hole. To a user who has left, the
 * conversation ends with the entry by which he did.
 *
 * @param messages in the query's direction
 * @param gaps in the query's direction
 * @param stop why the page ends where it does
 * @param next the {@code from} that goes on where this page ended; {@link SequenceId#NONE} when a backward read has
 *     reached the start
 * @param last the last seq that the user may see, as far as this read knows it
 * @param nextPersonal where to go on among those that follow the entry at {@code next}: behind the one of this seq in its
 *     personal timeline, or at {@link SequenceId#NONE} with the first; empty when the next page begins at {@code next}
 */
public record ConversationPage(
        List<MessageView> messages,
        List<Gap> gaps,
        TimelinePage.StopReason stop,
        SequenceId next,
        SequenceId last,
        Optional<SequenceId> nextPersonal) {
    public ConversationPage {
        messages = List.copyOf(messages);
        gaps = List.copyOf(gaps);
        Objects.requireNonNull(nextPersonal, "nextPersonal");
    }

    /** The next page begins with the entry at {@code next}. */
    public ConversationPage(
            List<MessageView> messages,
            List<Gap> gaps,
            TimelinePage.StopReason stop,
            SequenceId next,
            SequenceId last) {
        this(messages, gaps, stop, next, last, Optional.empty());
    }
}
