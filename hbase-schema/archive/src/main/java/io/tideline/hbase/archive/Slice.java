package io.tideline.hbase.archive;

import io.tideline.core.timeline.TimelineId;
import java.util.Objects;

/**
 * A stretch of one timeline in one file: seqs without a hole, rows without another timeline's in between.
 *
 * @param first 1 or more
 * @param last {@code first} or more
 * @param file the name of the file below the data directory
 * @param row the first one's place in the file, from 0
 * @param checksum CRC32C over the rows, as {@link EntryRow.Checksum} makes it
 */
record Slice(TimelineId timeline, long first, long last, String file, long row, long checksum) {
    Slice {
        Objects.requireNonNull(timeline, "timeline");
        Objects.requireNonNull(file, "file");
        if (first < 1 || last < first || row < 0) {
            throw new IllegalArgumentException("slice: " + first + ".." + last + " at row " + row);
        }
    }

    long length() {
        return last - first + 1;
    }

    /** Where an entry of it stands in the file. */
    long rowOf(long seq) {
        return row + seq - first;
    }
}
