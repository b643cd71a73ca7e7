package io.tideline.tools.history;

import io.tideline.api.v1.EraseRequest;
import io.tideline.api.v1.StartOperationRequest;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What commands that erase have in common. */
abstract class EraseSomething extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Mixin
    private final StartOptions start = new StartOptions();

    @Option(names = "--yes", description = "Must be given: there is no way back.")
    private boolean yes;

    @Option(
            names = "--purge",
            description = {
                "Ends only when what was replaced has left HBase's files: flushes and compacts all",
                "tables, which reads and writes each wholly. The archive's files are rewritten anyway."
            })
    private boolean purge;

    abstract EraseRequest.Builder target(EraseRequest.Builder request);

    @Override
    public final Integer call() {
        common.require(yes, "expected: --yes, since there is no way back");
        StartOperationRequest request = StartOperationRequest.newBuilder()
                .setOperationId(start.id("erase"))
                .setErase(target(EraseRequest.newBuilder()
                        .setApp(app.app())
                        .setConfirmed(true)
                        .setPurge(purge)))
                .build();
        return new OperationFollower(connection, output).start(request, start.waits());
    }
}
