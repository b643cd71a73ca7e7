package io.tideline.hbase.store;

import io.tideline.core.store.Deadline;
import io.tideline.core.tier.TierState;
import io.tideline.core.tier.WatermarkStore;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.sequencer.WatermarksCell;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.client.CheckAndMutate;
import org.apache.hadoop.hbase.client.CheckAndMutateResult;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Result;
import org.jspecify.annotations.Nullable;

/** Watermarks in the head row of the table that a timeline grows in, changed by a conditional put on their exact bytes. */
final class HBaseWatermarkStore implements WatermarkStore {
    private final Tables tables;

    HBaseWatermarkStore(Tables tables) {
        this.tables = tables;
    }

    @Override
    public CompletableFuture<TierState> state(TimelineId timeline, Deadline deadline) {
        return HBaseFailures.translated(get(timeline, deadline).thenApply(HBaseWatermarkStore::decode));
    }

    private CompletableFuture<Result> get(TimelineId timeline, Deadline deadline) {
        return tables.reading(timeline, deadline)
                .get(new Get(row(timeline)).addColumn(SchemaNames.HEAD_FAMILY, SchemaNames.WATERMARKS));
    }

    private static byte[] row(TimelineId timeline) {
        return RowKeys.headRow(TimelineKeys.prefix(timeline));
    }

    private static TierState decode(Result result) {
        byte @Nullable [] value = result.value();
        if (value == null) {
            return TierState.INITIAL;
        }
        try {
            WatermarksCell cell = WatermarksCell.decode(value);
            return new TierState(HeadReader.watermarks(cell), cell.epoch());
        } catch (MalformedBatchException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public CompletableFuture<Boolean> replace(
            TimelineId timeline, TierState expected, TierState next, Deadline deadline) {
        if (next.epoch() != expected.epoch() + 1) {
            throw new IllegalArgumentException(
                    "epoch: " + next.epoch() + " (expected: " + (expected.epoch() + 1) + ")");
        }
        if (timeline.family() != TimelineFamily.CONVERSATION && timeline.family() != TimelineFamily.PERSONAL) {
            throw new IllegalArgumentException(
                    "timeline: " + timeline.family() + " (expected: a conversation or a personal timeline)");
        }
        return HBaseFailures.translated(get(timeline, deadline)
                .thenCompose(found -> decode(found).equals(expected)
                        ? put(timeline, found, next, deadline)
                        : CompletableFuture.completedFuture(false)));
    }

    private CompletableFuture<Boolean> put(TimelineId timeline, Result found, TierState next, Deadline deadline) {
        byte[] row = row(timeline);
        @Nullable Cell before = found.isEmpty() ? null : found.rawCells()[0];
        // Later than the cell that it replaces, whatever the clocks of two servers say.
        long time = Math.max(System.currentTimeMillis(), before == null ? 0 : before.getTimestamp() + 1);
        Put put = new Put(row).addColumn(SchemaNames.HEAD_FAMILY, SchemaNames.WATERMARKS, time, encode(next));
        CheckAndMutate.Builder check = CheckAndMutate.newBuilder(row);
        CheckAndMutate change = (before == null
                        ? check.ifNotExists(SchemaNames.HEAD_FAMILY, SchemaNames.WATERMARKS)
                        : check.ifEquals(SchemaNames.HEAD_FAMILY, SchemaNames.WATERMARKS, found.value()))
                .build(put);
        return tables.reading(timeline, deadline).checkAndMutate(change).thenApply(CheckAndMutateResult::isSuccess);
    }

    private static byte[] encode(TierState state) {
        Watermarks marks = state.watermarks();
        return new WatermarksCell(
                        marks.expiredThrough().value(),
                        marks.expiredCounted(),
                        marks.coldThrough().value(),
                        marks.warmThrough().value(),
                        state.epoch())
                .encode();
    }
}
