package io.tideline.tools.archive;

import io.tideline.api.v1.ExpireArchiveRequest;
import io.tideline.api.v1.Operation;
import io.tideline.client.ArchiveClient;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Takes out of the files what retention has dropped. */
@Command(
        name = "expire",
        description = "Takes out of the files what retention has dropped.",
        footer = {
            "  tideline archive expire --dry-run",
            "  tideline archive expire",
            "",
            "Retention drops nothing that is held."
        })
public final class ArchiveExpireCommand extends ArchiveTaskCommand {
    @Option(names = "--dry-run", description = "Only says what would be done.")
    private boolean dryRun;

    @Override
    CompletableFuture<Operation> start(ArchiveClient archive, String id) {
        return archive.expire(ExpireArchiveRequest.newBuilder()
                .setOperationId(id)
                .setDryRun(dryRun)
                .build());
    }
}
