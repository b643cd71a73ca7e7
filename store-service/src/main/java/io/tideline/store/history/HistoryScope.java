package io.tideline.store.history;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineId;
import java.util.Objects;
import java.util.Optional;

/**
 * A conversation and who looks at it.
 *
 * @param viewer a member, present or former, who sees what his membership may see; empty for a back end or an operator, who
 *     sees all
 */
public record HistoryScope(AppId app, ConversationId conversation, Optional<UserId> viewer) {
    public HistoryScope {
        Objects.requireNonNull(app, "app");
        Objects.requireNonNull(conversation, "conversation");
        Objects.requireNonNull(viewer, "viewer");
    }

    public TimelineId timeline() {
        return conversation.timeline(app);
    }
}
