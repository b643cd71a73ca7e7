package io.tideline.store.history;

import io.tideline.core.message.MessageView;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.SequenceId;
import java.util.List;

/**
 * Messages that were asked for.
 *
 * @param messages in the order of their seqs
 * @param gaps of those asked for by seq that cannot be read
 * @param beyond seqs that were never assigned, or that the user may not see since he has left
 * @param unknown ids that no readable message of the conversation has
 */
public record FoundMessages(
        List<MessageView> messages, List<Gap> gaps, List<SequenceId> beyond, List<MessageId> unknown) {
    public FoundMessages {
        messages = List.copyOf(messages);
        gaps = List.copyOf(gaps);
        beyond = List.copyOf(beyond);
        unknown = List.copyOf(unknown);
    }
}
