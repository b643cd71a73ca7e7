package io.tideline.hbase.archive;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.timeline.TimelineId;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.UUID;
import org.apache.hadoop.hdfs.BlockMissingException;
import org.apache.iceberg.DataFile;
import org.jspecify.annotations.Nullable;

/**
 * Writes files anew, several into one where they are small, with rows changed or left out, and puts them in the place of the
 * old ones. Blocks; only for the writer.
 */
final class Rewriter {
    /** Open files at once: each holds a row group. */
    static final int MAX_INPUTS = 16;

    /** What becomes of a row. */
    interface Edit {
        Edit NONE = (timeline, row) -> row;

        /** Null to leave it out. */
        @Nullable EntryRow apply(TimelineId timeline, EntryRow row);
    }

    private final FileLayout layout;
    private final EntryFiles files;
    private final long fileBytes;

    Rewriter(FileLayout layout, EntryFiles files, long fileBytes) {
        this.layout = layout;
        this.files = files;
        this.fileBytes = fileBytes;
    }

    /** One of the files that are merged, at its current row. */
    private static final class Input {
        private final EntryFiles.Scan scan;
        private final DataFile file;
        private long rows;
        private byte[] key = {};
        private byte[] prefix = {};
        private TimelineId timeline = FileLayout.NO_TIMELINE;

        Input(EntryFiles.Scan scan, DataFile file) {
            this.scan = scan;
            this.file = file;
        }

        @SuppressWarnings("ReferenceEquality") // The scan gives the same array as long as the timeline is the same.
        boolean next() throws IOException {
            if (!scan.next()) {
                requireAll();
                return false;
            }
            rows++;
            if (scan.key() != key) {
                key = scan.key();
                prefix = Keys.prefix(key);
                timeline = Keys.timeline(prefix);
            }
            return true;
        }

        /** What no checksum covers, a footer, may say that there is less than there was. */
        private void requireAll() {
            if (rows != file.recordCount()) {
                throw new CorruptDataException(
                        "a file of the archive has other rows than the table says",
                        Map.of("file", ArchiveTable.name(file)),
                        null);
            }
        }

        byte[] prefix() {
            return prefix;
        }

        long seq() {
            return scan.row().seq();
        }
    }

    private static final Comparator<Input> ORDER = Comparator.<Input, byte[]>comparing(
                    Input::prefix, Arrays::compareUnsigned)
            .thenComparingLong(Input::seq);

    /**
     * Rewrites files of one bucket as fewer, and commits; what follows from the commit is for {@link Settlement}.
     *
     * @param inputs live files, at most {@value #MAX_INPUTS}
     * @return the snapshot's id
     */
    long together(ArchiveTable table, Collection<DataFile> inputs, Edit edit, WriterSession session)
            throws IOException {
        String name = UUID.randomUUID().toString();
        List<String> written = new ArrayList<>();
        try (FileSink sink = new FileSink(
                layout, files, table.author() + "-" + name, fileBytes, (file, slices) -> written.add(file))) {
            merge(inputs, edit, sink, session);
        }
        session.checkpoint();
        return table.replace(name, inputs, written);
    }

    /**
     * Files that are written and compared, and that nothing refers to yet.
     *
     * @param inputs whose place they are to take
     */
    record Prepared(String name, List<DataFile> inputs, List<String> written) {
        Prepared {
            inputs = List.copyOf(inputs);
            written = List.copyOf(written);
        }

        long commit(ArchiveTable table) throws IOException {
            return table.replace(name, inputs, written);
        }
    }

    /** Decides about a file that is missing or damaged. */
    interface Unreadable {
        /** For who needs all files. */
        Unreadable NONE_IS_SKIPPED = (file, failure) -> false;

        /** Whether to leave it as it is and to go on with the others. */
        boolean isSkipped(String file, Exception failure);
    }

    /** Rewrites files, each for itself. */
    Prepared each(ArchiveTable table, Collection<DataFile> inputs, Edit edit, WriterSession session)
            throws IOException {
        return each(table, inputs, edit, session, Unreadable.NONE_IS_SKIPPED);
    }

    /** The same, but for those that cannot be read. */
    Prepared each(
            ArchiveTable table, Collection<DataFile> inputs, Edit edit, WriterSession session, Unreadable unreadable)
            throws IOException {
        String name = UUID.randomUUID().toString();
        List<DataFile> read = new ArrayList<>();
        List<String> written = new ArrayList<>();
        int done = 0;
        for (DataFile input : inputs) {
            session.progress().at("rewrite", done++, inputs.size());
            String from = ArchiveTable.name(input);
            List<String> parts = new ArrayList<>();
            try (FileSink sink = new FileSink(
                    layout, files, table.author() + "-" + name, fileBytes, (file, slices) -> parts.add(file))) {
                merge(List.of(input), edit, sink, session);
            } catch (CorruptDataException | BlockMissingException e) {
                if (!isAbout(from, e) || !unreadable.isSkipped(from, e)) {
                    throw e;
                }
                continue;
            }
            read.add(input);
            written.addAll(parts);
        }
        session.checkpoint();
        return new Prepared(name, read, written);
    }

    /** What was just written may turn out to be damaged, too: that says nothing about what it was made of. */
    private static boolean isAbout(String file, Exception failure) {
        return !(failure instanceof CorruptDataException corrupt)
                || file.equals(corrupt.context().get("file"));
    }

    private void merge(Collection<DataFile> inputs, Edit edit, FileSink sink, WriterSession session)
            throws IOException {
        List<EntryFiles.Scan> open = new ArrayList<>();
        try {
            PriorityQueue<Input> queue = new PriorityQueue<>(ORDER);
            for (DataFile file : inputs) {
                EntryFiles.Scan scan = scan(file);
                open.add(scan);
                Input input = new Input(scan, file);
                if (input.next()) {
                    queue.add(input);
                }
            }
            while (!queue.isEmpty()) {
                session.checkpoint();
                Input input = queue.remove();
                EntryRow row = edit.apply(input.timeline, input.scan.row());
                if (row != null) {
                    sink.add(input.prefix, input.timeline, row);
                }
                if (input.next()) {
                    queue.add(input);
                }
            }
        } finally {
            for (EntryFiles.Scan scan : open) {
                scan.close();
            }
        }
    }

    private EntryFiles.Scan scan(DataFile file) throws IOException {
        String name = ArchiveTable.name(file);
        try {
            return files.scan(name);
        } catch (FileNotFoundException e) {
            // The table says that it is there, and nobody else deletes any.
            throw new CorruptDataException("a file of the archive is missing", Map.of("file", name), e);
        }
    }

    /** An edit that takes ranges of seqs out: of each timeline those from {@code ranges}, both ends included. */
    static Edit without(Map<TimelineId, List<Slice>> ranges) {
        return (timeline, row) -> ranges.getOrDefault(timeline, List.of()).stream()
                        .anyMatch(slice -> slice.first() <= row.seq() && row.seq() <= slice.last())
                ? null
                : row;
    }
}
