package io.tideline.store.search;

import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Who looks for what, where.
 *
 * @param viewer sees what his memberships may see; empty for a back end or an operator, who see all
 * @param conversations names of timelines to look in, 0 to {@value #MAX_CONVERSATIONS}; empty for all that the viewer may see
 * @param clause empty for everything
 * @param after where the page before ended; empty to begin
 * @param upToDate whether to wait until everything committed before can be found
 */
public record SearchRequest(
        AppId app,
        Optional<UserId> viewer,
        List<String> conversations,
        SearchSubject subject,
        Optional<Clause> clause,
        SearchSort sort,
        int limit,
        Optional<SortKey> after,
        boolean upToDate) {
    public static final int MAX_CONVERSATIONS = 100;

    public SearchRequest {
        Objects.requireNonNull(app, "app");
        Objects.requireNonNull(viewer, "viewer");
        conversations = List.copyOf(conversations);
        if (conversations.size() > MAX_CONVERSATIONS) {
            throw new IllegalArgumentException(
                    "conversation_ids: " + conversations.size() + " (expected: 0.." + MAX_CONVERSATIONS + ")");
        }
        // Checks the rest.
        var unused = new SearchQuery(subject, clause, Optional.empty(), sort, limit, after);
    }

    SearchQuery query(Optional<List<SeqSpan>> spans) {
        return new SearchQuery(subject, clause, spans, sort, limit, after);
    }
}
