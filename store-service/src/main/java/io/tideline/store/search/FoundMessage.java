package io.tideline.store.search;

import io.tideline.core.message.MessageView;
import java.util.Objects;

/**
 * A message that was found, as the viewer sees it.
 *
 * @param conversation name of its timeline
 * @param score how well it fits, when hits are sorted by that; else 0
 */
public record FoundMessage(String conversation, MessageView view, float score) {
    public FoundMessage {
        Objects.requireNonNull(conversation, "conversation");
        Objects.requireNonNull(view, "view");
    }
}
