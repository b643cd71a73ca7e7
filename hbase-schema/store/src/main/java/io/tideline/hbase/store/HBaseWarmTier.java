package io.tideline.hbase.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.store.Deadline;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.ErasedEntry;
import io.tideline.core.tier.RangeDigest;
import io.tideline.core.tier.WarmTier;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.EntryBytes;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.client.Put;

/** The warm table. Cells are copied as they are, timestamps included, so that a copy may be repeated. */
final class HBaseWarmTier extends HBaseTableTier implements WarmTier {
    private final HBaseTableTier hot;

    HBaseWarmTier(Tables tables, EntryScanner scanner, HBaseTableTier hot) {
        super(tables, scanner, timeline -> TimelineTable.WARM);
        this.hot = hot;
    }

    @Override
    public CompletableFuture<RangeDigest> copyFromHot(EntryRange range, Deadline deadline) {
        return hot.eachStep(range, deadline, cells -> put(range.timeline(), copies(cells), deadline));
    }

    private CompletableFuture<Void> put(TimelineId timeline, List<Put> puts, Deadline deadline) {
        return puts.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : HBaseFailures.translated(tableOf(timeline, deadline).putAll(puts));
    }

    private static List<Put> copies(List<Cell> cells) {
        List<Put> puts = new ArrayList<>(cells.size());
        for (Cell cell : cells) {
            try {
                puts.add(new Put(CellUtil.cloneRow(cell)).add(cell));
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        }
        return puts;
    }

    @Override
    public CompletableFuture<Void> restore(
            TimelineId timeline, List<Entry> entries, List<ErasedEntry> erased, Deadline deadline) {
        byte[] prefix = TimelineKeys.prefix(timeline);
        // Later than what was here before, which may not have been dropped yet, and may have said what is erased now.
        long now = System.currentTimeMillis();
        List<Put> puts = new ArrayList<>();
        for (Entry entry : entries) {
            puts.add(put(prefix, entry.seq().value(), now, cell(entry)));
        }
        for (ErasedEntry marker : erased) {
            byte[] cell = EntryBytes.erasedCell(marker.serverTime().toEpochMilli(), marker.counted());
            puts.add(put(prefix, marker.seq().value(), now, cell));
        }
        return put(timeline, puts, deadline);
    }

    @Override
    public CompletableFuture<Void> reopen(TimelineId timeline, SequenceId through, Deadline deadline) {
        return mark(timeline, through, before -> before > through.value(), 0, deadline);
    }

    private static Put put(byte[] prefix, long seq, long time, byte[] value) {
        return new Put(RowKeys.entryRow(prefix, seq))
                .addColumn(SchemaNames.ENTRY_FAMILY, SchemaNames.ENTRY, time, value);
    }

    private static byte[] cell(Entry entry) {
        return EntryBytes.cell(
                entry.serverTime().toEpochMilli(),
                entry.counted(),
                entry.messageId().value(),
                entry.sender().value().getBytes(UTF_8),
                entry.clientMessageId().value().getBytes(UTF_8),
                entry.kind().value().getBytes(UTF_8),
                entry.payload().toByteArray());
    }
}
