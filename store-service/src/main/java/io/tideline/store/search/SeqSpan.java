package io.tideline.store.search;

import java.util.Objects;

/**
 * Seqs of a conversation that may be found.
 *
 * @param last {@link Long#MAX_VALUE} for no end. A message whose content is newer is not found either
 */
public record SeqSpan(String conversation, long first, long last) {
    public SeqSpan {
        Objects.requireNonNull(conversation, "conversation");
    }

    /** All of a conversation. */
    public static SeqSpan all(String conversation) {
        return new SeqSpan(conversation, 1, Long.MAX_VALUE);
    }

    public boolean isAll() {
        return first <= 1 && last == Long.MAX_VALUE;
    }
}
