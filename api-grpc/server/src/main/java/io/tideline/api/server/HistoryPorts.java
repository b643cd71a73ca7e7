package io.tideline.api.server;

import io.tideline.core.archive.Archive;
import io.tideline.core.export.ExportFormat;
import io.tideline.core.tier.EntryLocator;
import io.tideline.store.erase.EraseConfig;
import io.tideline.store.erase.ErasePorts;
import io.tideline.store.operation.OperationConfig;
import io.tideline.store.operation.OperationHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What history and long-running operations stand on besides timelines and records.
 *
 * @param erase the tiers that erasures go through; empty: nothing can be erased
 * @param operationLease for how long a server that is not heard of keeps its operations from others
 * @param exportDirectory where exports are written; empty: there are none
 * @param exportFormats of exported files, besides JSON lines
 * @param locator says more about where entries lie
 * @param archive the files of the cold tier; empty: there are none
 * @param handlers of further kinds of operations
 */
public record HistoryPorts(
        Optional<ErasePorts> erase,
        EraseConfig eraseConfig,
        Duration operationLease,
        Optional<Path> exportDirectory,
        List<ExportFormat> exportFormats,
        Optional<EntryLocator> locator,
        Optional<Archive> archive,
        List<OperationHandler> handlers) {
    public static final HistoryPorts NONE = new HistoryPorts(
            Optional.empty(),
            EraseConfig.DEFAULT,
            OperationConfig.LEASE,
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            List.of());

    public HistoryPorts {
        Objects.requireNonNull(erase, "erase");
        Objects.requireNonNull(eraseConfig, "eraseConfig");
        Objects.requireNonNull(operationLease, "operationLease");
        Objects.requireNonNull(exportDirectory, "exportDirectory");
        exportFormats = List.copyOf(exportFormats);
        Objects.requireNonNull(locator, "locator");
        Objects.requireNonNull(archive, "archive");
        handlers = List.copyOf(handlers);
    }
}
