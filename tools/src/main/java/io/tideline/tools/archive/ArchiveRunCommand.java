package io.tideline.tools.archive;

import io.tideline.api.v1.Operation;
import io.tideline.api.v1.RunArchiveRequest;
import io.tideline.client.ArchiveClient;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Moves what is due into files. */
@Command(
        name = "run",
        description = {
            "Moves what the policies let go from the warm table into files, as one batch: written, read back,",
            "committed, and only then let go of. Exit code 1 when anything had to stay; the report says why."
        },
        footer = {
            "  tideline archive run",
            "  tideline archive run --id night-2026-11-21 --no-wait",
            "  tideline archive run --dry-run",
            "",
            "The id names the batch: the same one again finds what was done and does nothing twice."
        })
public final class ArchiveRunCommand extends ArchiveTaskCommand {
    @Option(names = "--dry-run", description = "Only says what would be done.")
    private boolean dryRun;

    @Override
    CompletableFuture<Operation> start(ArchiveClient archive, String id) {
        return archive.run(RunArchiveRequest.newBuilder()
                .setOperationId(id)
                .setDryRun(dryRun)
                .build());
    }
}
