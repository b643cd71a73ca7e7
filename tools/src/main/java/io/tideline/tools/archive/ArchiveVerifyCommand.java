package io.tideline.tools.archive;

import io.tideline.api.v1.Operation;
import io.tideline.api.v1.VerifyArchiveRequest;
import io.tideline.client.ArchiveClient;
import io.tideline.tools.command.TimelineOptions;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads the files and compares. */
@Command(
        name = "verify",
        description = {
            "Reads files from end to end and compares them with what was counted in HBase, with the locator and",
            "with the table's metadata. Exit code 1 when anything is wrong; the report names it."
        },
        footer = {
            "  tideline archive verify",
            "  tideline archive verify shop/conversation/1k3v9m2x0w8",
            "  tideline archive verify --rebuild-locator",
            "",
            "Runs and erasures go on meanwhile; what looks wrong beside them is read again when it has its turn."
        })
public final class ArchiveVerifyCommand extends ArchiveTaskCommand {
    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "TIMELINE",
            description = "app/family/id, or an id: only what there is of it (default: all files).")
    private String name = "";

    @Option(
            names = "--rebuild-locator",
            description = "Writes locator entries that are missing or wrong anew from the files.")
    private boolean rebuildLocator;

    @Override
    CompletableFuture<Operation> start(ArchiveClient archive, String id) {
        VerifyArchiveRequest.Builder request =
                VerifyArchiveRequest.newBuilder().setOperationId(id).setRebuildLocator(rebuildLocator);
        if (!name.isEmpty()) {
            request.setTimeline(timelines.timeline(name));
        }
        return archive.verify(request.build());
    }
}
