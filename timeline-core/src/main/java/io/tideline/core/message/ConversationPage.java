package io.tideline.core.message;

import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import java.util.List;

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
 */
public record ConversationPage(
        List<MessageView> messages, List<Gap> gaps, TimelinePage.StopReason stop, SequenceId next, SequenceId last) {
    public ConversationPage {
        messages = List.copyOf(messages);
        gaps = List.copyOf(gaps);
    }
}
