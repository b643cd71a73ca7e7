package io.tideline.hbase.archive;

import io.tideline.core.timeline.TimelineId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The stretches of a file, found by reading all of it. */
final class SliceScan {
    private final List<Slice> slices = new ArrayList<>();
    private final String file;
    private byte[] key = {};
    private TimelineId timeline = FileLayout.NO_TIMELINE;
    private EntryRow.Checksum checksum = new EntryRow.Checksum();
    private long first;
    private long last;
    private long rows;

    private SliceScan(String file) {
        this.file = file;
    }

    /** In the order of the file. Blocks. */
    static List<Slice> of(EntryFiles files, String file) throws IOException {
        SliceScan scan = new SliceScan(file);
        try (EntryFiles.Scan rows = files.scan(file)) {
            while (rows.next()) {
                scan.add(rows.key(), rows.row());
            }
        }
        scan.end();
        return scan.slices;
    }

    @SuppressWarnings("ReferenceEquality") // The scan gives the same array as long as the timeline is the same.
    private void add(byte[] of, EntryRow row) {
        boolean same = key == of;
        if (!same || row.seq() != last + 1) {
            end();
            first = row.seq();
        }
        if (!same) {
            key = of;
            timeline = Keys.timeline(Keys.prefix(of));
        }
        checksum.add(row);
        last = row.seq();
        rows++;
    }

    private void end() {
        if (first > 0) {
            slices.add(new Slice(timeline, first, last, file, rows - (last - first + 1), checksum.value()));
            checksum = new EntryRow.Checksum();
            first = 0;
        }
    }
}
