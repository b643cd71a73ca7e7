package io.tideline.hbase.archive;

import io.tideline.core.timeline.TimelineId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.UUID;
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
        private byte[] key = {};
        private byte[] prefix = {};
        private TimelineId timeline = FileLayout.NO_TIMELINE;

        Input(EntryFiles.Scan scan) {
            this.scan = scan;
        }

        @SuppressWarnings("ReferenceEquality") // The scan gives the same array as long as the timeline is the same.
        boolean next() throws IOException {
            if (!scan.next()) {
                return false;
            }
            if (scan.key() != key) {
                key = scan.key();
                prefix = Keys.prefix(key);
                timeline = Keys.timeline(prefix);
            }
            return true;
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
        long commit(ArchiveTable table) throws IOException {
            return table.replace(name, inputs, written);
        }
    }

    /** Rewrites files, each for itself. */
    Prepared each(ArchiveTable table, Collection<DataFile> inputs, Edit edit, WriterSession session)
            throws IOException {
        String name = UUID.randomUUID().toString();
        List<String> written = new ArrayList<>();
        int done = 0;
        for (DataFile input : inputs) {
            session.progress().at("rewrite", done++, inputs.size());
            try (FileSink sink = new FileSink(
                    layout, files, table.author() + "-" + name, fileBytes, (file, slices) -> written.add(file))) {
                merge(List.of(input), edit, sink, session);
            }
        }
        session.checkpoint();
        return new Prepared(name, List.copyOf(inputs), written);
    }

    private void merge(Collection<DataFile> inputs, Edit edit, FileSink sink, WriterSession session)
            throws IOException {
        List<EntryFiles.Scan> open = new ArrayList<>();
        try {
            PriorityQueue<Input> queue = new PriorityQueue<>(ORDER);
            for (DataFile file : inputs) {
                EntryFiles.Scan scan = files.scan(ArchiveTable.name(file));
                open.add(scan);
                Input input = new Input(scan);
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

    /** An edit that takes ranges of seqs out: of each timeline those from {@code ranges}, both ends included. */
    static Edit without(Map<TimelineId, List<Slice>> ranges) {
        return (timeline, row) -> ranges.getOrDefault(timeline, List.of()).stream()
                        .anyMatch(slice -> slice.first() <= row.seq() && row.seq() <= slice.last())
                ? null
                : row;
    }
}
