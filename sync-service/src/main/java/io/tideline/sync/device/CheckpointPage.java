package io.tideline.sync.device;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.timeline.SequenceId;
import java.util.List;
import java.util.Optional;

/**
 * A page of a device's stored checkpoints.
 *
 * @param inboxThrough how far the device has processed the inbox
 * @param next the conversation to go on after; empty when all were listed
 */
public record CheckpointPage(SequenceId inboxThrough, List<Checkpoint> checkpoints, Optional<ConversationId> next) {
    public CheckpointPage {
        checkpoints = List.copyOf(checkpoints);
    }
}
