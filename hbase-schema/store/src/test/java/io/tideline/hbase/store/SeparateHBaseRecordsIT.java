package io.tideline.hbase.store;

import io.tideline.core.feed.ChangeFeed;
import io.tideline.core.feed.ChangeFeedContract;
import io.tideline.core.record.ReadMarkContract;
import io.tideline.core.record.ReadMarkStore;
import io.tideline.core.record.RecordScanContract;
import io.tideline.core.record.RecordStore;
import io.tideline.core.record.RecordStoreContract;
import io.tideline.core.store.TimelineStore;

/** The contracts of records, read marks and changes on a client of HBase servers in processes of their own. */
final class SeparateHBaseRecordsIT
        implements RecordStoreContract, RecordScanContract, ReadMarkContract, ChangeFeedContract {
    @Override
    public RecordStore records() {
        return SeparateHBase.storage().records();
    }

    @Override
    public ReadMarkStore readMarks() {
        return SeparateHBase.storage().readMarks();
    }

    @Override
    public ChangeFeed changes() {
        return SeparateHBase.storage().changes();
    }

    @Override
    public TimelineStore store() {
        return SeparateHBase.storage().store();
    }
}
