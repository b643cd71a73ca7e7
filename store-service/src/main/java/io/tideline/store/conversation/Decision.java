package io.tideline.store.conversation;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.record.Attachment;
import io.tideline.core.timeline.NewEntry;
import io.tideline.store.Outcome;
import java.util.List;
import java.util.function.BiFunction;

/** What is to be done about a conversation, seen as it is. */
sealed interface Decision<T> {
    /** Nothing is to be written. */
    record Answer<T>(Outcome<T> outcome) implements Decision<T> {}

    /**
     * Entries are to be appended, if the conversation is still as it was seen.
     *
     * @param attachments besides the conversation's record and the fan-out task
     * @param next what the conversation becomes, its version and a switch of diffusion left aside
     * @param outcome of the conversation as committed and the seq of the first entry
     */
    record Write<T>(
            List<NewEntry> entries,
            List<Attachment> attachments,
            Conversation next,
            BiFunction<Conversation, Long, T> outcome)
            implements Decision<T> {}

    static <T> Decision<T> answer(Outcome<T> outcome) {
        return new Answer<>(outcome);
    }
}
