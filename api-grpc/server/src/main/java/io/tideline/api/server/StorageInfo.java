package io.tideline.api.server;

import io.tideline.core.tier.TableSizes;
import java.util.Objects;

/**
 * What the server tells operators about its storage.
 *
 * @param description "embedded" with its directory, or the cluster's ZooKeeper quorum
 * @param sequencerVersion version of the sequencer that the region servers run
 * @param sizes of the tables of tiers
 */
public record StorageInfo(String description, String sequencerVersion, TableSizes sizes) {
    public StorageInfo {
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(sequencerVersion, "sequencerVersion");
        Objects.requireNonNull(sizes, "sizes");
    }

    /** Of which the sizes are not known. */
    public StorageInfo(String description, String sequencerVersion) {
        this(description, sequencerVersion, TableSizes.UNKNOWN);
    }
}
