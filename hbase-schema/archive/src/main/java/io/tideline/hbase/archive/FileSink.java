package io.tideline.hbase.archive;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.timeline.TimelineId;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows, given in the order of HBase, into files: another one with each bucket, and when one is large enough. Each
 * file is read from end to end after it was written, and compared with what went into it. Memory: a row group, and the
 * stretches of a file. Not thread safe.
 */
final class FileSink implements Closeable {
    private static final int MAX_SLICES = 50_000;

    private final FileLayout layout;
    private final EntryFiles files;
    private final String batch;
    private final long fileBytes;
    private final Finished finished;
    private @Nullable EntryFileWriter writer;
    private int bucket = -1;
    private byte[] prefix = {};

    /** Hears of each file that is complete and was compared. */
    interface Finished {
        void file(String file, List<Slice> slices) throws IOException;
    }

    FileSink(FileLayout layout, EntryFiles files, String batch, long fileBytes, Finished finished) {
        this.layout = layout;
        this.files = files;
        this.batch = batch;
        this.fileBytes = fileBytes;
        this.finished = finished;
    }

    void add(byte[] of, TimelineId timeline, EntryRow row) throws IOException {
        EntryFileWriter to = writer;
        if (!Arrays.equals(prefix, of)) {
            prefix = of;
            int wanted = FileSchema.bucket(of);
            if (wanted != bucket) {
                finish();
                to = null;
                bucket = wanted;
            }
        }
        if (to != null && (to.bytes() >= fileBytes || to.sliceCount() >= MAX_SLICES)) {
            finish();
            to = null;
        }
        if (to == null) {
            to = new EntryFileWriter(layout, FileLayout.newFile(bucket, batch));
            writer = to;
        }
        to.add(of, timeline, row);
    }

    private void finish() throws IOException {
        EntryFileWriter done = writer;
        if (done == null) {
            return;
        }
        writer = null;
        done.close();
        List<Slice> found = SliceScan.of(files, done.file());
        if (!found.equals(done.slices())) {
            throw new CorruptDataException(
                    "a file of the archive reads differently from what was written", Map.of("file", done.file()), null);
        }
        finished.file(done.file(), done.slices());
    }

    /** Completes the last file. */
    @Override
    public void close() throws IOException {
        finish();
    }
}
