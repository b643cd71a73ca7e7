package io.tideline.scheduler;

import io.tideline.core.tier.Tier;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.SequenceId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Which tier has what of a timeline.
 *
 * @param held nothing of it expires or is archived
 * @param retention that counts unless it is held; empty: entries are kept for ever
 * @param ownRetention whether that is the conversation's own, and not the policy's
 * @param contents of the hot tier, the warm one, and the cold one if there are files
 */
public record TierSummary(
        SequenceId last,
        TierState state,
        boolean held,
        Optional<Duration> retention,
        boolean ownRetention,
        List<Content> contents) {
    public TierSummary {
        Objects.requireNonNull(last, "last");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(retention, "retention");
        contents = List.copyOf(contents);
    }

    /**
     * What one tier has.
     *
     * @param first the first seq that is read from there, {@link SequenceId#NONE} when there is none
     * @param last the last one
     * @param entries that are read from there, erased ones included
     * @param bytes of tables: as stored, uncompressed; of files: the part of compressed files that the entries have by
     *     their number
     * @param released entries that are not read from there any more and still take up space; 0 of files
     * @param lag age of the oldest entry that is due to leave the tier and has not; empty when none is
     */
    public record Content(
            Tier tier,
            SequenceId first,
            SequenceId last,
            long entries,
            long bytes,
            long released,
            Optional<Duration> lag) {
        public Content {
            Objects.requireNonNull(tier, "tier");
            Objects.requireNonNull(first, "first");
            Objects.requireNonNull(last, "last");
            Objects.requireNonNull(lag, "lag");
        }
    }
}
