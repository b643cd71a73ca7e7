package io.tideline.sync.device;

import io.tideline.core.message.MessageView;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Optional;

/** The newest messages of conversations, as they were sent, without a read. */
public interface RecentSource {
    /** Knows nothing. */
    RecentSource NONE = new RecentSource() {
        @Override
        public Optional<List<MessageView>> after(TimelineId conversation, SequenceId after, SequenceId through) {
            return Optional.empty();
        }

        @Override
        public boolean isComing(TimelineId conversation, SequenceId through) {
            return false;
        }
    };

    /** The messages after {@code after}, at least up to {@code through}, without a hole; empty when they are not known. */
    Optional<List<MessageView>> after(TimelineId conversation, SequenceId after, SequenceId through);

    /** Whether the messages up to {@code through} are being read, and those who were told of them will be woken then. */
    boolean isComing(TimelineId conversation, SequenceId through);
}
