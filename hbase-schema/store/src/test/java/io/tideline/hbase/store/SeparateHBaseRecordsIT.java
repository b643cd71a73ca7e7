package io.tideline.hbase.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.feed.ChangeFeed;
import io.tideline.core.feed.ChangeFeedContract;
import io.tideline.core.record.ReadMarkContract;
import io.tideline.core.record.RecordScanContract;
import io.tideline.core.record.RecordStoreContract;
import io.tideline.core.store.ReadMarkStore;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contracts of records, read marks and changes on a client of HBase servers in processes of their own. */
@ExtendWith(DiagnosedOnFailure.class)
final class SeparateHBaseRecordsIT
        implements RecordStoreContract, RecordScanContract, ReadMarkContract, ChangeFeedContract {
    /** Not within a test, whose patience is shorter than the start of a cluster on a busy machine. */
    @BeforeAll
    static void start() {
        assertThat(SeparateHBase.storage().findings()).isEmpty();
    }

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
