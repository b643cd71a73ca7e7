package io.tideline.hbase.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.store.TimelineKeys;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.hbase.CompareOperator;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.CheckAndMutate;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.Delete;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.RowMutations;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.filter.SingleColumnValueFilter;
import org.apache.hadoop.hbase.util.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The one row that says what the archive's state is: where the metadata lies, who may change it, which batches are in it and
 * what is half done. Every change is made on condition that nobody else has become the writer. Blocks.
 *
 * <p>Columns: {@code m} the metadata's location, {@code f} the fence, raised with each new writer, {@code l} the writer and
 * until when, {@code p} what is to be completed, {@code o} the id in the directory's mark, {@code r} the last run that came
 * to its end, {@code b:NAME} the snapshot of a batch.
 */
final class Catalog {
    private static final byte[] ROW = "catalog".getBytes(UTF_8);
    private static final byte[] METADATA = {'m'};
    private static final byte[] FENCE = {'f'};
    private static final byte[] LEASE = {'l'};
    private static final byte[] PENDING = {'p'};
    private static final byte[] OWNER = {'o'};
    private static final byte[] RUN = {'r'};
    private static final String BATCH = "b:";
    private static final String SEPARATOR = "\n";

    /**
     * Who writes.
     *
     * @param until after which another may
     */
    record Lease(String holder, Instant until, String doing) {
        static final Lease NONE = new Lease("", Instant.EPOCH, "");

        boolean isHeld(Instant now) {
            return until.isAfter(now);
        }

        byte[] encode() {
            return String.join(SEPARATOR, holder, Long.toString(until.toEpochMilli()), doing)
                    .getBytes(UTF_8);
        }

        static Lease decode(byte @Nullable [] value) {
            if (value == null) {
                return NONE;
            }
            String[] parts = new String(value, UTF_8).split(SEPARATOR, -1);
            return parts.length == 3
                    ? new Lease(parts[0], Instant.ofEpochMilli(Long.parseLong(parts[1])), parts[2])
                    : NONE;
        }
    }

    /**
     * A commit whose consequences are not all drawn yet; or a restore, from before its first step to the commit that takes its
     * rows out of the files.
     *
     * @param kind {@link #ARCHIVE}, {@link #REWRITE} or {@link #RESTORE}
     * @param name of the batch, or of the rewrite; the row key prefix of the timeline in hexadecimal
     * @param snapshot Iceberg's id; of a restore the last seq that stays in files
     */
    record Pending(String kind, String name, long snapshot) {
        static final String ARCHIVE = "archive";
        static final String REWRITE = "rewrite";
        static final String RESTORE = "restore";

        static Pending restore(TimelineId timeline, long rest) {
            return new Pending(RESTORE, HexFormat.of().formatHex(TimelineKeys.prefix(timeline)), rest);
        }

        /** Of a restore. */
        TimelineId timeline() {
            return Keys.timeline(HexFormat.of().parseHex(name));
        }

        /** As operators see it. */
        String shown() {
            return kind.equals(RESTORE) ? "restore of " + timeline() : name;
        }

        byte[] encode() {
            return String.join(SEPARATOR, kind, name, Long.toString(snapshot)).getBytes(UTF_8);
        }

        static Optional<Pending> decode(byte @Nullable [] value) {
            if (value == null || value.length == 0) {
                return Optional.empty();
            }
            String[] parts = new String(value, UTF_8).split(SEPARATOR, -1);
            return Optional.of(new Pending(parts[0], parts[1], Long.parseLong(parts[2])));
        }
    }

    /**
     * A run that came to its end.
     *
     * @param planned when it looked what was due
     * @param left timelines of which it had to leave something that was
     */
    record LastRun(Instant planned, long left) {
        byte[] encode() {
            return String.join(SEPARATOR, Long.toString(planned.toEpochMilli()), Long.toString(left))
                    .getBytes(UTF_8);
        }

        static Optional<LastRun> decode(byte @Nullable [] value) {
            if (value == null) {
                return Optional.empty();
            }
            String[] parts = new String(value, UTF_8).split(SEPARATOR, -1);
            return Optional.of(new LastRun(Instant.ofEpochMilli(Long.parseLong(parts[0])), Long.parseLong(parts[1])));
        }
    }

    /** All of the row but the batches. */
    record State(
            @Nullable String metadata,
            long fence,
            Lease lease,
            Optional<Pending> pending,
            @Nullable String owner,
            Optional<LastRun> lastRun) {}

    private final Connection connection;
    private final TableName name;

    Catalog(Connection connection, TableName name) {
        this.connection = connection;
        this.name = name;
    }

    State state() throws IOException {
        try (Table table = connection.getTable(name)) {
            Result row = table.get(new Get(ROW)
                    .addColumn(SchemaNames.CATALOG_FAMILY, METADATA)
                    .addColumn(SchemaNames.CATALOG_FAMILY, FENCE)
                    .addColumn(SchemaNames.CATALOG_FAMILY, LEASE)
                    .addColumn(SchemaNames.CATALOG_FAMILY, PENDING)
                    .addColumn(SchemaNames.CATALOG_FAMILY, OWNER)
                    .addColumn(SchemaNames.CATALOG_FAMILY, RUN));
            byte @Nullable [] metadata = value(row, METADATA);
            byte @Nullable [] fence = value(row, FENCE);
            byte @Nullable [] owner = value(row, OWNER);
            return new State(
                    metadata == null ? null : new String(metadata, UTF_8),
                    fence == null ? 0 : Bytes.toLong(fence),
                    Lease.decode(value(row, LEASE)),
                    Pending.decode(value(row, PENDING)),
                    owner == null ? null : new String(owner, UTF_8),
                    LastRun.decode(value(row, RUN)));
        }
    }

    private static byte @Nullable [] value(Result row, byte[] qualifier) {
        return row.getValue(SchemaNames.CATALOG_FAMILY, qualifier);
    }

    /** The snapshot that a batch was committed with. */
    Optional<Long> batch(String batch) throws IOException {
        try (Table table = connection.getTable(name)) {
            byte @Nullable [] value = value(
                    table.get(new Get(ROW).addColumn(SchemaNames.CATALOG_FAMILY, batchColumn(batch))),
                    batchColumn(batch));
            return value == null ? Optional.empty() : Optional.of(Bytes.toLong(value));
        }
    }

    private static byte[] batchColumn(String batch) {
        return (BATCH + batch).getBytes(UTF_8);
    }

    /**
     * Becomes the writer, if nobody is, with a fence that nobody had.
     *
     * @return the fence; empty while another is the writer
     */
    Optional<Long> acquire(String holder, Duration time, String doing, Instant now) throws IOException {
        State seen = state();
        if (seen.lease().isHeld(now)) {
            return Optional.empty();
        }
        long fence = seen.fence() + 1;
        Put put = new Put(ROW)
                .addColumn(SchemaNames.CATALOG_FAMILY, FENCE, Bytes.toBytes(fence))
                .addColumn(SchemaNames.CATALOG_FAMILY, LEASE, new Lease(holder, now.plus(time), doing).encode());
        CheckAndMutate.Builder check = CheckAndMutate.newBuilder(ROW);
        CheckAndMutate change = (seen.fence() == 0
                        ? check.ifNotExists(SchemaNames.CATALOG_FAMILY, FENCE)
                        : check.ifEquals(SchemaNames.CATALOG_FAMILY, FENCE, Bytes.toBytes(seen.fence())))
                .build(put);
        try (Table table = connection.getTable(name)) {
            if (table.checkAndMutate(change).isSuccess()) {
                return Optional.of(fence);
            }
        }
        // The answer to a first try may have got lost.
        State after = state();
        return after.fence() == fence && after.lease().holder().equals(holder) ? Optional.of(fence) : Optional.empty();
    }

    /** Prolongs or ends the time of the writer; answers whether it still was the writer. */
    boolean hold(long fence, Lease lease) throws IOException {
        return change(fence, List.of(new Put(ROW).addColumn(SchemaNames.CATALOG_FAMILY, LEASE, lease.encode())));
    }

    /** Notes the id that the directory's mark is to have; answers whether the caller still was the writer. */
    boolean own(long fence, String owner) throws IOException {
        return change(fence, List.of(new Put(ROW).addColumn(SchemaNames.CATALOG_FAMILY, OWNER, owner.getBytes(UTF_8))));
    }

    /** Whether nobody has become the writer since the one with this fence. */
    boolean isWriter(long fence) throws IOException {
        return state().fence() == fence;
    }

    /** Swaps the metadata, notes the batch and what is to be completed, all in one step. */
    boolean commit(long fence, @Nullable String expected, String metadata, @Nullable Pending pending)
            throws IOException {
        if (expected != null && !expected.equals(state().metadata())) {
            return false;
        }
        Put put = new Put(ROW).addColumn(SchemaNames.CATALOG_FAMILY, METADATA, metadata.getBytes(UTF_8));
        if (pending != null) {
            put.addColumn(SchemaNames.CATALOG_FAMILY, PENDING, pending.encode());
            if (pending.kind().equals(Pending.ARCHIVE)) {
                put.addColumn(
                        SchemaNames.CATALOG_FAMILY, batchColumn(pending.name()), Bytes.toBytes(pending.snapshot()));
            }
        }
        return change(fence, List.of(put));
    }

    /** Notes that a run has come to its end; answers whether the caller still was the writer. */
    boolean ran(long fence, LastRun run) throws IOException {
        return change(fence, List.of(new Put(ROW).addColumn(SchemaNames.CATALOG_FAMILY, RUN, run.encode())));
    }

    /** Notes what is to be completed or undone; answers whether the caller still was the writer. */
    boolean begin(long fence, Pending pending) throws IOException {
        return change(fence, List.of(new Put(ROW).addColumn(SchemaNames.CATALOG_FAMILY, PENDING, pending.encode())));
    }

    /** All that followed from the last commit is done. */
    boolean completed(long fence) throws IOException {
        return change(fence, List.of(new Delete(ROW).addColumns(SchemaNames.CATALOG_FAMILY, PENDING)));
    }

    private boolean change(long fence, List<? extends org.apache.hadoop.hbase.client.Mutation> mutations)
            throws IOException {
        SingleColumnValueFilter mine = new SingleColumnValueFilter(
                SchemaNames.CATALOG_FAMILY, FENCE, CompareOperator.EQUAL, Bytes.toBytes(fence));
        mine.setFilterIfMissing(true);
        RowMutations all = new RowMutations(ROW);
        for (org.apache.hadoop.hbase.client.Mutation mutation : mutations) {
            all.add(mutation);
        }
        try (Table table = connection.getTable(name)) {
            return table.checkAndMutate(
                            CheckAndMutate.newBuilder(ROW).ifMatches(mine).build(all))
                    .isSuccess();
        }
    }
}
