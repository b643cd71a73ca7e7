package io.tideline.tools.archive;

import io.tideline.api.v1.CompactArchiveRequest;
import io.tideline.api.v1.Operation;
import io.tideline.client.ArchiveClient;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes small files together, and erased entries out of all. */
@Command(
        name = "compact",
        description = "Writes small files together as larger ones, and erased entries out of all files.",
        footer = {"  tideline archive compact --dry-run", "  tideline archive compact"})
public final class ArchiveCompactCommand extends ArchiveTaskCommand {
    @Option(names = "--dry-run", description = "Only says what would be done.")
    private boolean dryRun;

    @Override
    CompletableFuture<Operation> start(ArchiveClient archive, String id) {
        return archive.compact(CompactArchiveRequest.newBuilder()
                .setOperationId(id)
                .setDryRun(dryRun)
                .build());
    }
}
