package io.tideline.core.erase;

import io.tideline.core.timeline.SequenceId;
import java.time.Instant;
import java.util.Objects;

/**
 * The intent to erase, written before anything is erased and kept for ever, so that it can be carried out again on what was
 * brought back from a backup.
 *
 * @param id of the operation that carries it out
 * @param before when it was asked for: of a user or an app, only what was committed up to then is erased
 * @param through of a message, the seq of its last edit; of a conversation, its last seq when it was asked for; {@link
 *     SequenceId#NONE} while that is not known
 * @param sent of a message, its server time, {@link Instant#EPOCH} when that is not known any more
 * @param complete whether it was carried out to the end once
 */
public record Erasure(
        String id, ErasureTarget target, Instant before, SequenceId through, Instant sent, boolean complete) {
    public Erasure {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(through, "through");
        Objects.requireNonNull(sent, "sent");
    }

    public Erasure withThrough(SequenceId seq) {
        return new Erasure(id, target, before, seq, sent, complete);
    }

    public Erasure completed() {
        return new Erasure(id, target, before, through, sent, true);
    }
}
