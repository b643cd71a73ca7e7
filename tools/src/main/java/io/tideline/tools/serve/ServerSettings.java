package io.tideline.tools.serve;

import io.tideline.api.server.TidelineServerConfig;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.store.HBaseStorage.SchemaMode;
import io.tideline.scheduler.TierPolicies;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Everything the server's process is told.
 *
 * @param advertised where other servers reach this one; its port may be 0 for the one that the server opens
 * @param peerCertificates what other servers' certificates are checked with; empty: they speak plaintext
 * @param exportDirectory where exports are written; empty: there are none
 * @param archive where the cold tier's files lie; empty: there is none
 * @param yarnConfiguration directory with the configuration of the YARN that archive jobs run on; empty: in this process
 * @param searchDirectory where search indexes are kept; empty: nothing can be searched
 */
record ServerSettings(
        StorageLocation storage,
        SchemaConfig schema,
        SchemaMode schemaMode,
        TidelineServerConfig api,
        TierPolicies tiers,
        PeerAddress advertised,
        Optional<Path> peerCertificates,
        Optional<Path> exportDirectory,
        Optional<ArchiveLocation> archive,
        Optional<Path> yarnConfiguration,
        Optional<Path> searchDirectory) {}
