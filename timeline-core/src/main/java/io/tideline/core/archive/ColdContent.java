package io.tideline.core.archive;

import io.tideline.core.timeline.SequenceId;
import java.util.Objects;

/**
 * What files hold of a range of one timeline, as the locator says.
 *
 * @param first the first seq of the range that is in a file, {@link SequenceId#NONE} when none is
 * @param last the last one
 * @param entries rows, erased ones included; fewer than the range has seqs means that the locator has a hole
 * @param files that have any of it
 * @param bytes of each file the part that the range has of its rows: files hold many timelines, so this is an estimate
 */
public record ColdContent(SequenceId first, SequenceId last, long entries, long files, long bytes) {
    public static final ColdContent EMPTY = new ColdContent(SequenceId.NONE, SequenceId.NONE, 0, 0, 0);

    public ColdContent {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(last, "last");
    }
}
