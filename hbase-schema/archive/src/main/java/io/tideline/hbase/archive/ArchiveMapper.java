package io.tideline.hbase.archive;

import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.RowKeys;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.io.ImmutableBytesWritable;
import org.apache.hadoop.hbase.mapreduce.TableMapper;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.MapFile;
import org.apache.hadoop.io.Text;
import org.jspecify.annotations.Nullable;

/**
 * Reads its part of the warm table's snapshot, row by row, writes what the plan says into files, and reports the stretches.
 * A stretch ends before the first entry that is not due, and before a hole. Public for Hadoop.
 */
public final class ArchiveMapper extends TableMapper<Text, BytesWritable> {
    static final String LOCATION = "tideline.archive.location";
    static final String PLAN = "tideline.archive.plan";
    static final String AUTHOR = "tideline.archive.author";
    static final String FILE_BYTES = "tideline.archive.file.bytes";

    /** What jobs count. */
    enum Count {
        ENTRIES,
        TIMELINES,
        /** Timelines of which an entry is missing in the table. */
        HOLES
    }

    /** As many as a task writes timelines into a file. */
    private final Map<TimelineId, PlanEntry> planned = new HashMap<>();

    private MapFile.@Nullable Reader plan;
    private @Nullable FileSink sink;
    private byte[] prefix = {};
    private @Nullable PlanEntry entry;
    private TimelineId timeline = FileLayout.NO_TIMELINE;
    private long next;
    private long timelinesSeen;

    @Override
    protected void setup(Context context) throws IOException {
        Configuration configuration = context.getConfiguration();
        FileLayout layout = new FileLayout(configuration, configuration.get(LOCATION, ""));
        plan = new MapFile.Reader(new Path(configuration.get(PLAN, "")), configuration);
        sink = new FileSink(
                layout,
                new EntryFiles(layout, 0),
                configuration.get(AUTHOR, "") + "-"
                        + context.getTaskAttemptID().getTaskID().getId(),
                configuration.getLong(FILE_BYTES, 0),
                (file, slices) -> report(file, slices, context));
    }

    private void report(String file, List<Slice> slices, Context context) throws IOException {
        for (Slice slice : slices) {
            PlanEntry of = planned.get(slice.timeline());
            if (of == null) {
                throw new IOException("a file has a timeline that was not planned");
            }
            try {
                context.write(new Text(file), new BytesWritable(new Moved(slice, of.before()).encode(of)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        context.getCounter(Count.ENTRIES)
                .increment(slices.stream().mapToLong(Slice::length).sum());
        planned.keySet().retainAll(List.of(timeline));
        context.progress();
    }

    @Override
    protected void map(ImmutableBytesWritable key, Result result, Context context) throws IOException {
        Cell cell = result.rawCells()[0];
        byte[] row = result.getRow();
        if (!isOfSameTimeline(row)) {
            enter(row, context);
        }
        PlanEntry of = entry;
        FileSink to = sink;
        if (of == null || to == null) {
            return;
        }
        long seq = RowKeys.seq(row, 0, prefix.length);
        if (seq < next) {
            return;
        }
        EntryRow found = row(seq, cell);
        if (seq > next) {
            context.getCounter(Count.HOLES).increment(1);
            entry = null;
        } else if (seq > of.to() || !of.isDue(seq, found.time())) {
            entry = null;
        } else {
            if (seq == of.from()) {
                context.getCounter(Count.TIMELINES).increment(1);
                planned.put(timeline, of);
            }
            to.add(prefix, timeline, found);
            next = seq + 1;
        }
    }

    private static EntryRow row(long seq, Cell cell) throws IOException {
        try {
            return EntryRow.ofCell(seq, cell.getValueArray(), cell.getValueOffset(), cell.getValueLength());
        } catch (MalformedBatchException e) {
            throw new IOException("a stored cell cannot be decoded", e);
        }
    }

    private boolean isOfSameTimeline(byte[] row) {
        return prefix.length > 0
                && row.length == prefix.length + 1 + Long.BYTES
                && row[prefix.length] == RowKeys.KIND_ENTRY
                && Arrays.equals(row, 0, prefix.length, prefix, 0, prefix.length);
    }

    private void enter(byte[] row, Context context) throws IOException {
        MapFile.Reader reader = plan;
        entry = null;
        if (reader == null) {
            return;
        }
        try {
            prefix = RowKeys.prefixOf(row);
        } catch (MalformedBatchException e) {
            throw new IOException("a row is that of no timeline", e);
        }
        BytesWritable value = new BytesWritable();
        if (reader.get(new BytesWritable(prefix), value) != null) {
            PlanEntry found = PlanEntry.decode(value.getBytes(), value.getLength());
            timeline = Keys.timeline(prefix);
            next = found.from();
            entry = found;
        }
        if (++timelinesSeen % 1000 == 0) {
            context.progress();
        }
    }

    @Override
    protected void cleanup(Context context) throws IOException {
        if (sink != null) {
            sink.close();
        }
        if (plan != null) {
            plan.close();
        }
    }
}
