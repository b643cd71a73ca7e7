package io.tideline.store.search;

import io.tideline.core.erase.Erasure;
import io.tideline.core.erase.ErasureTarget;
import java.time.Instant;
import java.util.List;

/** What is taken out of an index because it was erased. */
public sealed interface IndexRemoval {
    /** These messages. */
    record Places(List<IndexBatch.Place> places) implements IndexRemoval {
        public Places {
            places = List.copyOf(places);
        }
    }

    /** All of a sender, up to and including a time. */
    record OfSender(String sender, Instant through) implements IndexRemoval {}

    /** All of a conversation, up to and including a seq. */
    record OfConversation(String conversation, long through) implements IndexRemoval {}

    /** Everything, up to and including a time. */
    record OfAll(Instant through) implements IndexRemoval {}

    /** What an erasure takes, as far as it can be found out without reading anything. */
    static IndexRemoval of(Erasure erasure) {
        ErasureTarget target = erasure.target();
        if (target instanceof ErasureTarget.OneMessage message) {
            return new Places(List.of(new IndexBatch.Place(
                    message.conversation().value(), message.seq().value())));
        }
        if (target instanceof ErasureTarget.OneUser user) {
            return new OfSender(user.user().value(), erasure.before());
        }
        return target instanceof ErasureTarget.OneConversation conversation
                ? new OfConversation(
                        conversation.conversation().value(), erasure.through().value())
                : new OfAll(erasure.before());
    }
}
