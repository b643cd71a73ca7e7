package io.tideline.scheduler;

import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * When conversations with a retention of their own were looked at by this process: again after a 24th of the retention, and
 * after a day at the latest. A process that knows nothing looks at once. For one thread.
 */
final class OwnVisits {
    private static final int VISITS = 24;
    private static final Duration LONGEST = Duration.ofDays(1);

    private final Map<TimelineId, Instant> last = new HashMap<>();

    boolean isDue(TimelineId conversation, Duration retention, Instant now) {
        Duration part = retention.dividedBy(VISITS);
        Duration pause = part.compareTo(LONGEST) < 0 ? part : LONGEST;
        Instant before = last.getOrDefault(conversation, Instant.MIN);
        // A clock that has stepped back is no reason to wait for it.
        return before.isAfter(now)
                || before.equals(Instant.MIN)
                || !before.plus(pause).isAfter(now);
    }

    void visited(TimelineId conversation, Instant now) {
        last.put(conversation, now);
    }

    /** Forgets all others. */
    void retain(Set<TimelineId> conversations) {
        last.keySet().retainAll(conversations);
    }
}
