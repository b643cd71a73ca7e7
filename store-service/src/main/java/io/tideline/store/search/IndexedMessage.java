package io.tideline.store.search;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A message as it is searched.
 *
 * @param conversation name of its timeline
 * @param version the seq of the entry that its content is from: its own, or that of its last edit
 * @param text empty when the payload is none
 */
public record IndexedMessage(
        String conversation, long seq, long version, String sender, String kind, Instant time, Optional<String> text) {
    public IndexedMessage {
        Objects.requireNonNull(conversation, "conversation");
        Objects.requireNonNull(sender, "sender");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(text, "text");
    }
}
