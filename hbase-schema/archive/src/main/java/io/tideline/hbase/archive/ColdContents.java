package io.tideline.hbase.archive;

import io.tideline.core.archive.ColdContent;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.timeline.SequenceId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.jspecify.annotations.Nullable;

/** Adds up what the locator knows of a range. */
final class ColdContents {
    private ColdContents() {}

    /**
     * What stretches have of a range.
     *
     * @param live files by name; one that is not among them adds entries, and no bytes
     */
    static ColdContent of(EntryRange range, List<Slice> slices, Map<String, DataFile> live) {
        if (slices.isEmpty()) {
            return ColdContent.EMPTY;
        }
        Map<String, Long> rows = new HashMap<>();
        long first = Long.MAX_VALUE;
        long last = 0;
        for (Slice slice : slices) {
            long from = Math.max(slice.first(), range.first().value());
            long to = Math.min(slice.last(), range.last().value());
            rows.merge(slice.file(), to - from + 1, Long::sum);
            first = Math.min(first, from);
            last = Math.max(last, to);
        }
        long bytes = 0;
        for (Map.Entry<String, Long> file : rows.entrySet()) {
            @Nullable DataFile found = live.get(file.getKey());
            bytes += found == null ? 0 : share(found, file.getValue());
        }
        return new ColdContent(
                SequenceId.of(first),
                SequenceId.of(last),
                rows.values().stream().mapToLong(Long::longValue).sum(),
                rows.size(),
                bytes);
    }

    private static long share(DataFile file, long rows) {
        return Math.round((double) file.fileSizeInBytes() * rows / Math.max(1, file.recordCount()));
    }
}
