package io.tideline.sync.consumer;

import io.tideline.core.timeline.TimelineId;
import java.util.Objects;
import java.util.Optional;

/**
 * What a consumer can take now.
 *
 * @param timeline the one to be read; empty for all conversations of the consumer's app
 * @param maxEntries 1 to 1000, over all batches
 * @param maxBytes payload bytes, 1 or more; the first entry is always served
 */
public record ConsumerQuery(ConsumerId consumer, Optional<TimelineId> timeline, int maxEntries, int maxBytes) {
    public ConsumerQuery {
        Objects.requireNonNull(consumer, "consumer");
        if (timeline.isPresent() && !timeline.get().app().equals(consumer.app())) {
            throw new IllegalArgumentException("timeline: of another app (expected: the consumer's)");
        }
        if (maxEntries < 1 || maxEntries > 1000) {
            throw new IllegalArgumentException("max_entries: " + maxEntries + " (expected: 1..1000)");
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("max_bytes: " + maxBytes + " (expected: 1 or more)");
        }
    }
}
