package io.tideline.api.server.history;

import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.history.HistoryScope;

/** Who looks at which conversation. */
final class Scopes {
    private Scopes() {}

    /** Lets a member look as himself, and back ends at everything. Comes before anything is read. */
    static void require(String app, String user) {
        if (user.isEmpty()) {
            Caller.current().requireApp(app);
        } else {
            Caller.current().requireUser(app, user);
        }
    }

    static HistoryScope scope(RequestFields fields, String app, String conversation, String user) {
        return new HistoryScope(fields.app(app), fields.conversation(conversation), fields.userIfAny("user", user));
    }

    static ReadQuery query(
            TimelineId timeline, SequenceId from, SequenceId to, Direction direction, int entries, SequenceId floor) {
        return new ReadQuery(timeline, from, to, direction, entries, ReadQuery.DEFAULT_MAX_BYTES, floor);
    }
}
