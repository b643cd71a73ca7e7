package io.tideline.store.message;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;

/**
 * Which conversations were write-diffused when last appended to. A wrong hint costs a second append or a fan-out task with
 * nothing to do, never a message: the append that goes without a task demands that the conversation is read-diffused.
 */
final class DiffusionHints {
    private static final int MAX_HINTS = 100_000;
    /** So that a conversation that has become read-diffused does not leave needless tasks for longer. */
    private static final Duration LIFE = Duration.ofMinutes(1);

    private final Cache<TimelineId, Boolean> hints = CacheBuilder.newBuilder()
            .maximumSize(MAX_HINTS)
            .expireAfterWrite(LIFE)
            .build();

    boolean saysWrite(TimelineId conversation) {
        return hints.getIfPresent(conversation) != null;
    }

    void writes(TimelineId conversation) {
        hints.put(conversation, true);
    }
}
