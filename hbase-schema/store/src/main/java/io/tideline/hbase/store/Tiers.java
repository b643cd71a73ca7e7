package io.tideline.hbase.store;

import io.tideline.hbase.schema.TimelineTable;

/** The tiers of one installation. */
record Tiers(HBaseTableTier hot, HBaseWarmTier warm, ArchiveSlot archive) {
    static Tiers of(Tables tables, EntryScanner scanner) {
        HBaseTableTier hot = new HBaseTableTier(tables, scanner, timeline -> TimelineTable.of(timeline.family()));
        return new Tiers(hot, new HBaseWarmTier(tables, scanner, hot), new ArchiveSlot());
    }
}
