package io.tideline.hbase.store;

import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.store.TimelineStoreContract;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract on a client of HBase servers in processes of their own. */
@ExtendWith(DiagnosedOnFailure.class)
final class SeparateHBaseStoreIT extends TimelineStoreContract {
    @Override
    protected TimelineStore store() {
        return SeparateHBase.storage().store();
    }

    @Override
    protected TimelineDirectory directory() {
        return SeparateHBase.storage().directory();
    }
}
