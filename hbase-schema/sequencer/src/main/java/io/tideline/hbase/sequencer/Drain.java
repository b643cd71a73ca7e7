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
    private final Region region;
    private final RegionMemory memory;
    private final GuardedRecords records;
    private final SequencerMetrics metrics;
    private final long now;
    private final boolean indexesActivity;
    private final Map<Key, TimelineProgress> timelines = new HashMap<>();
    private final Map<Key, DedupeCell> committedHere = new HashMap<>();
    private final List<Mutation> mutations = new ArrayList<>();

    Drain(Region region, RegionMemory memory, SequencerMetrics metrics, long now) {
        this.region = region;
        this.memory = memory;
        this.records = new GuardedRecords(region, memory.records(), metrics);
        this.metrics = metrics;
        this.now = now;
        // A table that has not been upgraded yet goes on without.
        this.indexesActivity = region.getTableDescriptor().hasColumnFamily(SchemaNames.ACTIVITY_FAMILY);
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
        @Nullable TimelineProgress timeline = timelines.get(prefix);
        if (timeline == null) {
            byte[] headRow = RowKeys.headRow(item.prefix());
            if (!region.getRegionInfo().containsRow(headRow)) {
                metrics.wrongRegion();
                return new BatchAnswer.WrongRegion();
            }
            timeline = new TimelineProgress(item.prefix(), headRow, readHead(prefix, headRow), now);
            timelines.put(prefix, timeline);
        }
        return assign(item, timeline);
    }

    private @Nullable HeadCell readHead(Key prefix, byte[] headRow) throws IOException {
        @Nullable HeadCell cached = memory.heads().get(prefix);
        if (cached != null) {
            return cached;
        }
        metrics.headRead();
        List<Cell> cells = region.get(new Get(headRow).addColumn(SchemaNames.HEAD_FAMILY, SchemaNames.HEAD), false);
        return cells.isEmpty() ? null : HeadCell.decode(CellUtil.cloneValue(cells.get(0)));
    }

    /**
     * First the repeats, then the guards, and only then the seqs: so a conflict and a refusal are found before anything
     * of the item is prepared, and what is nothing but repeats is answered as the first time, whatever holds by now.
     */
    private BatchAnswer.ItemAnswer assign(AppendBatch.Item item, TimelineProgress timeline) throws IOException {
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
        BatchAnswer.@Nullable Refused refused = repeats == dedupeRows.length ? null : records.refusal(item);
        if (refused != null) {
            return refused;
        }
        long firstSeq = timeline.last() + 1;
        List<DedupeCell> cells = new ArrayList<>(dedupeRows.length);
        for (int i = 0; i < dedupeRows.length; i++) {
            @Nullable DedupeCell known = earlier[i];
            cells.add(known != null ? known : add(item.prefix(), entries.get(i), dedupeRows[i], digests[i], timeline));
        }
        addRest(item, timeline, cells, firstSeq);
        return repeats == 0 && cells.get(0).serverTime() == timeline.serverTime()
                ? new BatchAnswer.AllNew(
                        firstSeq,
                        timeline.serverTime(),
                        cells.size(),
                        cells.get(0).counted())
                : oneByOne(cells, firstSeq);
    }

    private @Nullable DedupeCell findEarlier(byte[] dedupeRow) throws IOException {
        Key key = new Key(dedupeRow);
        @Nullable DedupeCell here = committedHere.get(key);
        if (here != null || memory.filter().cannotContain(dedupeRow)) {
            return here;
        }
        metrics.dedupeRead();
        List<Cell> cells =
                region.get(new Get(dedupeRow).addColumn(SchemaNames.DEDUPE_FAMILY, SchemaNames.DEDUPE), false);
        return cells.isEmpty() ? null : DedupeCell.decode(CellUtil.cloneValue(cells.get(0)));
    }

    private DedupeCell add(byte[] prefix, EntryBytes entry, byte[] dedupeRow, long digest, TimelineProgress timeline)
            throws IOException {
        timeline.advance(entry);
        DedupeCell dedupe =
                new DedupeCell(timeline.last(), timeline.serverTime(), digest, timeline.counted(), entry.messageId());
        committedHere.put(new Key(dedupeRow), dedupe);
        put(
                RowKeys.entryRow(prefix, dedupe.seq()),
                SchemaNames.ENTRY_FAMILY,
                SchemaNames.ENTRY,
                timeline.cellTime(),
                entry.encodeCell(dedupe.serverTime(), dedupe.counted()));
        put(dedupeRow, SchemaNames.DEDUPE_FAMILY, SchemaNames.DEDUPE, timeline.cellTime(), dedupe.encode());
        // Before the write, not after it: an id may then be looked for in vain, but never be overlooked.
        memory.filter().add(dedupeRow);
        return dedupe;
    }

    /** What goes with the new entries of an item; what goes with its repeats was written with them. */
    private void addRest(AppendBatch.Item item, TimelineProgress timeline, List<DedupeCell> cells, long firstNewSeq)
            throws IOException {
        timeline.discount(item.discounted());
        int attached = 0;
        for (AttachedRecord record : item.attachments()) {
            DedupeCell entry = cells.get(record.entryIndex());
            if (entry.seq() >= firstNewSeq) {
                attach(record, record.row(item.prefix()), entry);
                attached++;
            }
        }
        if (attached > 0) {
            metrics.attached(attached);
        }
        markSenders(item, timeline, cells, firstNewSeq);
    }

    private void attach(AttachedRecord record, byte[] row, DedupeCell entry) throws IOException {
        put(
                row,
                record.family(),
                new byte[] {record.facet()},
                entry.seq(),
                record.encodeCell(entry.seq(), entry.counted()));
        if (record.canBeGuarded()) {
            records.prepare(row, record, entry.seq());
        }
    }

    /** One cell for each sender: the last of his entries says what the ones before it would say. */
    private void markSenders(AppendBatch.Item item, TimelineProgress timeline, List<DedupeCell> cells, long firstNewSeq)
            throws IOException {
        if (item.entries().stream().noneMatch(EntryBytes::marksSender)) {
            return;
        }
        Map<Key, DedupeCell> lastOf = new HashMap<>();
        for (int i = 0; i < cells.size(); i++) {
            EntryBytes entry = item.entries().get(i);
            if (entry.marksSender() && cells.get(i).seq() >= firstNewSeq) {
                lastOf.put(new Key(entry.sender()), cells.get(i));
            }
        }
        for (Map.Entry<Key, DedupeCell> mark : lastOf.entrySet()) {
            put(
                    timeline.headRow(),
                    SchemaNames.RECORD_FAMILY,
                    MarkCell.qualifier(mark.getKey().bytes()),
                    mark.getValue().seq(),
                    new MarkCell(mark.getValue().counted()).encode());
        }
    }

    private static BatchAnswer.ItemAnswer oneByOne(List<DedupeCell> cells, long firstNewSeq) {
        return new BatchAnswer.SomeRepeated(cells.stream()
                .map(cell -> new BatchAnswer.EntryAnswer(
                        cell.seq() < firstNewSeq, cell.seq(), cell.serverTime(), cell.messageId(), cell.counted()))
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
        List<FeedAnswer.TimelineChange> moves = new ArrayList<>();
        for (TimelineProgress timeline : timelines.values()) {
            if (timeline.changed()) {
                put(
                        timeline.headRow(),
                        SchemaNames.HEAD_FAMILY,
                        SchemaNames.HEAD,
                        timeline.cellTime(),
                        timeline.head().encode());
            }
            if (indexesActivity && RowKeys.hasTiers(timeline.prefix())) {
                for (int day : timeline.newDays()) {
                    put(
                            RowKeys.activityRow(timeline.prefix(), day),
                            SchemaNames.ACTIVITY_FAMILY,
                            SchemaNames.ACTIVITY,
                            timeline.cellTime(),
                            new ActivityCell(day).encode());
                }
            }
            if (timeline.moved()) {
                moves.add(new FeedAnswer.TimelineChange(timeline.prefix(), timeline.last()));
            }
        }
        if (mutations.isEmpty()) {
            return;
        }
        // In key order each insert into a memstore finds the way of the one before it in the processor's cache. Within
        // one mutation the order means nothing else, but for one cell twice: the later one stays, since this is stable.
        mutations.sort((a, b) -> Arrays.compareUnsigned(a.getRow(), b.getRow()));
        long start = System.nanoTime();
        boolean committed = false;
        try {
            // Without row locks: these cells are written by this thread alone, or are registers, which need no order.
            // A lock on the head row would make every append wait for the log with whoever raises a read mark in it.
            region.mutateRowsWithLocks(mutations, List.of(), HConstants.NO_NONCE, HConstants.NO_NONCE);
            committed = true;
        } finally {
            remember(committed, moves);
        }
        metrics.synced(System.nanoTime() - start);
    }

    private void remember(boolean committed, List<FeedAnswer.TimelineChange> moves) {
        timelines.forEach((prefix, timeline) -> {
            if (!committed) {
                memory.heads().evict(prefix);
            } else if (timeline.changed()) {
                memory.heads().put(prefix, timeline.head());
            }
        });
        records.refreshCache(committed);
        if (committed) {
            memory.changes().add(moves);
        } else {
            memory.changes().reset();
        }
    }

    int entries() {
        return committedHere.size();
    }
}
