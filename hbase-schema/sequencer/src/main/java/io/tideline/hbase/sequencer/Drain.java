package io.tideline.hbase.sequencer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.KeyValue;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Mutation;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.regionserver.Region;
import org.jspecify.annotations.Nullable;

/**
 * One pass over the batches that were waiting: reads the heads, recognises repeats, assigns seqs, and writes everything
 * in one mutation. Used once, by the thread that holds the drain lock, so nobody else assigns seqs in this region
 * meanwhile.
 */
final class Drain {
    /** What this drain knows of one timeline; {@code last} counts up while entries get their seqs. */
    private static final class Progress {
        private final byte[] headRow;
        private final long cellTime;
        private final long serverTime;
        private long last;
        private boolean changed;

        Progress(byte[] headRow, @Nullable HeadCell before, long now) {
            this.headRow = headRow;
            this.last = before == null ? 0 : before.last();
            this.cellTime = before == null ? now : Math.max(now, before.cellTime() + 1);
            this.serverTime = before == null ? now : Math.max(now, before.serverTime());
        }

        HeadCell head() {
            return new HeadCell(last, cellTime, serverTime);
        }
    }

    private final Region region;
    private final HeadCache cache;
    private final DedupeFilter filter;
    private final SequencerMetrics metrics;
    private final long now;
    private final Map<Key, Progress> timelines = new HashMap<>();
    private final Map<Key, DedupeCell> committedHere = new HashMap<>();
    private final List<Mutation> mutations = new ArrayList<>();

    Drain(Region region, HeadCache cache, DedupeFilter filter, SequencerMetrics metrics, long now) {
        this.region = region;
        this.cache = cache;
        this.filter = filter;
        this.metrics = metrics;
        this.now = now;
    }

    /** Prepares one batch; nothing is written before {@link #commit}. */
    List<BatchAnswer.ItemAnswer> prepare(AppendBatch batch) throws IOException {
        List<BatchAnswer.ItemAnswer> answers = new ArrayList<>(batch.items().size());
        for (AppendBatch.Item item : batch.items()) {
            try {
                answers.add(prepare(item));
            } catch (MalformedBatchException unreadable) {
                // Found before anything of the item was prepared. One ruined timeline must not stop its neighbours.
                metrics.unreadable();
                answers.add(new BatchAnswer.Unreadable());
            }
        }
        return answers;
    }

    private BatchAnswer.ItemAnswer prepare(AppendBatch.Item item) throws IOException {
        Key prefix = new Key(item.prefix());
        @Nullable Progress timeline = timelines.get(prefix);
        if (timeline == null) {
            byte[] headRow = RowKeys.headRow(item.prefix());
            if (!region.getRegionInfo().containsRow(headRow)) {
                metrics.wrongRegion();
                return new BatchAnswer.WrongRegion();
            }
            timeline = new Progress(headRow, readHead(prefix, headRow), now);
            timelines.put(prefix, timeline);
        }
        return assign(item, timeline);
    }

    private @Nullable HeadCell readHead(Key prefix, byte[] headRow) throws IOException {
        @Nullable HeadCell cached = cache.get(prefix);
        if (cached != null) {
            return cached;
        }
        metrics.headRead();
        List<Cell> cells = region.get(new Get(headRow).addColumn(SchemaNames.HEAD_FAMILY, SchemaNames.HEAD), false);
        return cells.isEmpty() ? null : HeadCell.decode(CellUtil.cloneValue(cells.get(0)));
    }

    /** Two steps, so that a conflict is found before anything of the item has a seq. */
    private BatchAnswer.ItemAnswer assign(AppendBatch.Item item, Progress timeline) throws IOException {
        List<EntryBytes> entries = item.entries();
        byte[][] dedupeRows = new byte[entries.size()][];
        long[] digests = new long[entries.size()];
        @Nullable DedupeCell[] earlier = new DedupeCell[entries.size()];
        int repeats = 0;
        for (int i = 0; i < dedupeRows.length; i++) {
            dedupeRows[i] = entries.get(i).dedupeRow(item.prefix());
            digests[i] = entries.get(i).digest();
            @Nullable DedupeCell known = findEarlier(dedupeRows[i]);
            if (known != null) {
                if (known.digest() != digests[i]) {
                    metrics.conflict();
                    return new BatchAnswer.Conflict(i, known.seq());
                }
                metrics.dedupeHit();
                earlier[i] = known;
                repeats++;
            }
        }
        long firstSeq = timeline.last + 1;
        List<DedupeCell> cells = new ArrayList<>(dedupeRows.length);
        for (int i = 0; i < dedupeRows.length; i++) {
            @Nullable DedupeCell known = earlier[i];
            cells.add(known != null ? known : add(item.prefix(), entries.get(i), dedupeRows[i], digests[i], timeline));
        }
        return repeats == 0
                ? new BatchAnswer.AllNew(firstSeq, timeline.serverTime, dedupeRows.length)
                : someRepeated(cells, firstSeq);
    }

    private @Nullable DedupeCell findEarlier(byte[] dedupeRow) throws IOException {
        Key key = new Key(dedupeRow);
        @Nullable DedupeCell here = committedHere.get(key);
        if (here != null || filter.cannotContain(dedupeRow)) {
            return here;
        }
        metrics.dedupeRead();
        List<Cell> cells =
                region.get(new Get(dedupeRow).addColumn(SchemaNames.DEDUPE_FAMILY, SchemaNames.DEDUPE), false);
        return cells.isEmpty() ? null : DedupeCell.decode(CellUtil.cloneValue(cells.get(0)));
    }

    private DedupeCell add(byte[] prefix, EntryBytes entry, byte[] dedupeRow, long digest, Progress timeline)
            throws IOException {
        long seq = ++timeline.last;
        timeline.changed = true;
        DedupeCell dedupe = new DedupeCell(seq, timeline.serverTime, digest);
        committedHere.put(new Key(dedupeRow), dedupe);
        put(
                RowKeys.entryRow(prefix, seq),
                SchemaNames.ENTRY_FAMILY,
                SchemaNames.ENTRY,
                timeline.cellTime,
                entry.encodeCell(timeline.serverTime));
        put(dedupeRow, SchemaNames.DEDUPE_FAMILY, SchemaNames.DEDUPE, timeline.cellTime, dedupe.encode());
        // Before the write, not after it: an id may then be looked for in vain, but never be overlooked.
        filter.add(dedupeRow);
        return dedupe;
    }

    private static BatchAnswer.ItemAnswer someRepeated(List<DedupeCell> cells, long firstNewSeq) {
        return new BatchAnswer.SomeRepeated(cells.stream()
                .map(cell -> new BatchAnswer.EntryAnswer(cell.seq() < firstNewSeq, cell.seq(), cell.serverTime()))
                .toList());
    }

    private void put(byte[] row, byte[] family, byte[] qualifier, long time, byte[] value) throws IOException {
        mutations.add(new Put(row).add(new KeyValue(row, family, qualifier, time, value)));
    }

    /**
     * Writes everything that was prepared: one WAL edit, one sync, all or nothing, visible when this returns.
     *
     * @throws IOException when that is not certain; the heads it touched are then read anew
     */
    void commit() throws IOException {
        if (mutations.isEmpty()) {
            return;
        }
        List<byte[]> headRows = new ArrayList<>(timelines.size());
        for (Progress timeline : timelines.values()) {
            if (timeline.changed) {
                headRows.add(timeline.headRow);
                put(
                        timeline.headRow,
                        SchemaNames.HEAD_FAMILY,
                        SchemaNames.HEAD,
                        timeline.cellTime,
                        timeline.head().encode());
            }
        }
        // Sorted, so that two mutations that lock several rows can never wait for each other in a circle.
        headRows.sort(Arrays::compareUnsigned);
        // In key order each insert into a memstore finds the way of the one before it in the processor's cache. Within
        // one mutation the order means nothing else.
        mutations.sort((a, b) -> Arrays.compareUnsigned(a.getRow(), b.getRow()));
        long start = System.nanoTime();
        boolean committed = false;
        try {
            region.mutateRowsWithLocks(mutations, headRows, HConstants.NO_NONCE, HConstants.NO_NONCE);
            committed = true;
        } finally {
            refreshCache(committed);
        }
        metrics.synced(System.nanoTime() - start);
    }

    private void refreshCache(boolean committed) {
        timelines.forEach((prefix, timeline) -> {
            if (!committed) {
                cache.evict(prefix);
            } else if (timeline.changed) {
                cache.put(prefix, timeline.head());
            }
        });
    }

    int entries() {
        return committedHere.size();
    }
}
