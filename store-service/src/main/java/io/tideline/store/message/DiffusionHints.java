package io.tideline.store.message;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.internal.ConversationRecords;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which conversations were read-diffused when last looked at. A wrong hint costs a second append or a fan-out task with
 * nothing to do, never a message: the append that goes without a task demands that the conversation is read-diffused.
 */
final class DiffusionHints {
    private static final int MAX_HINTS = 100_000;
    /** So that a conversation that has become read-diffused does not leave needless tasks for longer. */
    private static final Duration LIFE = Duration.ofMinutes(1);

    private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(10);

    private final ConversationRecords conversations;
    private final Cache<TimelineId, Diffusion> hints = CacheBuilder.newBuilder()
            .maximumSize(MAX_HINTS)
            .expireAfterWrite(LIFE)
            .build();
    private final Set<TimelineId> looking = ConcurrentHashMap.newKeySet();

    DiffusionHints(ConversationRecords conversations) {
        this.conversations = conversations;
    }

    boolean saysRead(TimelineId conversation) {
        return hints.getIfPresent(conversation) == Diffusion.READ;
    }

    void put(TimelineId conversation, Diffusion diffusion) {
        hints.put(conversation, diffusion);
    }

    /** Looks, beside the append that has just asked, when nothing is known. */
    @SuppressWarnings("FutureReturnValueIgnored") // a failed look leaves no hint, and the next append looks again
    void refresh(TimelineId conversation) {
        if (hints.getIfPresent(conversation) != null || !looking.add(conversation)) {
            return;
        }
        conversations
                .conversation(conversation, Deadline.after(LOOK_TIMEOUT))
                .thenAccept(found -> found.ifPresent(known -> hints.put(conversation, known.diffusion())))
                .whenComplete((done, failure) -> looking.remove(conversation));
    }
}
