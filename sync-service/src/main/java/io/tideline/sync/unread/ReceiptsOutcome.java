package io.tideline.sync.unread;

import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.SequenceId;
import java.util.List;
import java.util.Optional;

/** Who has read a message. */
public sealed interface ReceiptsOutcome {
    /**
     * The other members' state.
     *
     * @param readers how many members, the sender left out, have read it
     * @param others how many members there are besides the sender
     * @param names the readers, in the order of their names; empty when the conversation has more than {@value
     *     #MAX_NAMED} members
     */
    record Receipts(int readers, int others, Optional<List<UserId>> names) implements ReceiptsOutcome {
        public static final int MAX_NAMED = 500;

        public Receipts {
            names = names.map(List::copyOf);
        }
    }

    /**
     * There is no such seq yet.
     *
     * @param head the last seq there is
     */
    record BeyondHead(SequenceId head) implements ReceiptsOutcome {}

    /** The one who asks may not see the message, or nobody can any more: it was erased, or has expired. */
    record NotVisible() implements ReceiptsOutcome {}
}
