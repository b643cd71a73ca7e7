package io.tideline.hbase.archive;

import io.tideline.core.store.TimelineStore;
import io.tideline.core.tier.ArchivePolicy;
import io.tideline.core.tier.WarmTier;
import io.tideline.core.tier.WatermarkStore;
import java.util.Objects;

/** What the archive stands on besides HBase itself. */
public record ArchivePorts(TimelineStore store, WarmTier warm, WatermarkStore watermarks, ArchivePolicy policy) {
    public ArchivePorts {
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(warm, "warm");
        Objects.requireNonNull(watermarks, "watermarks");
        Objects.requireNonNull(policy, "policy");
    }
}
