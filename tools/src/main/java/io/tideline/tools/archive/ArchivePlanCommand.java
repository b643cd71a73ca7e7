package io.tideline.tools.archive;

import io.tideline.api.v1.Operation;
import io.tideline.api.v1.RunArchiveRequest;
import io.tideline.client.ArchiveClient;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;

/** Says what a run would move. */
@Command(
        name = "plan",
        description = "Says what a run would move into files, and moves nothing: the same as run --dry-run.",
        footer = {
            "  tideline archive plan",
            "  tideline archive plan -o json | jq .report",
            "",
            "When nothing is due, look for warm limits in the server's --tiers file, and for holds."
        })
public final class ArchivePlanCommand extends ArchiveTaskCommand {
    @Override
    CompletableFuture<Operation> start(ArchiveClient archive, String id) {
        return archive.run(RunArchiveRequest.newBuilder()
                .setOperationId(id)
                .setDryRun(true)
                .build());
    }
}
