package io.tideline.tools.archive;

import io.tideline.api.v1.Operation;
import io.tideline.api.v1.RestoreFromArchiveRequest;
import io.tideline.client.ArchiveClient;
import io.tideline.tools.command.TimelineOptions;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings history back from the files. */
@Command(
        name = "restore",
        description = {
            "Brings a conversation back from the files into the warm table: wholly, or from a seq on. What was",
            "erased stays erased. It goes back with the next run unless it is held or the policy has changed."
        },
        footer = {
            "  tideline archive restore shop/conversation/1k3v9m2x0w8",
            "  tideline archive restore 1k3v9m2x0w8 --app shop --from 4711 --dry-run",
            "  tideline archive hold 1k3v9m2x0w8 && tideline archive restore 1k3v9m2x0w8",
            "",
            "A range always reaches to the last entry in files: what files have, and what the warm table has, is told by one",
            "seq for each timeline, so restored entries cannot lie between archived ones. Reading needs no restore."
        })
public final class ArchiveRestoreCommand extends ArchiveTaskCommand {
    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(paramLabel = "TIMELINE", description = "app/family/id, or an id.")
    private String name = "";

    @Option(
            names = "--from",
            paramLabel = "SEQ",
            description = "From here to the last entry in files (default: all of them).")
    private long from;

    @Option(names = "--dry-run", description = "Only says what would be done.")
    private boolean dryRun;

    @Override
    CompletableFuture<Operation> start(ArchiveClient archive, String id) {
        return archive.restore(RestoreFromArchiveRequest.newBuilder()
                .setOperationId(id)
                .setTimeline(timelines.timeline(name))
                .setFromSeq(from)
                .setDryRun(dryRun)
                .build());
    }
}
