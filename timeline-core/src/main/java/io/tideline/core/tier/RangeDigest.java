package io.tideline.core.tier;

import io.tideline.core.timeline.SequenceId;

/**
 * What a tier holds of a range, in few numbers: two tiers that agree on it hold the same.
 *
 * @param count rows found, erased ones included
 * @param first the least seq found, {@link SequenceId#NONE} when none was
 * @param last the greatest seq found, {@link SequenceId#NONE} when none was
 * @param checksum over all rows in the order of their seqs: seq and stored bytes
 * @param bytes stored bytes, uncompressed
 */
public record RangeDigest(long count, SequenceId first, SequenceId last, long checksum, long bytes) {
    public static final RangeDigest EMPTY = new RangeDigest(0, SequenceId.NONE, SequenceId.NONE, 0, 0);

    /** Whether each seq of {@code range} was found. */
    public boolean covers(EntryRange range) {
        return count == range.length() && first.equals(range.first()) && last.equals(range.last());
    }
}
