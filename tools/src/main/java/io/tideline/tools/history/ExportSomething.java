package io.tideline.tools.history;

import io.tideline.api.v1.ExportRequest;
import io.tideline.api.v1.StartOperationRequest;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What commands that export have in common. */
abstract class ExportSomething extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Mixin
    private final StartOptions start = new StartOptions();

    @Option(
            names = "--path",
            paramLabel = "PATH",
            description = "Directory below the server's --export-dir (default: one named after the operation).")
    private String path = "";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "jsonl (gzipped lines of JSON) or parquet (default: jsonl).")
    private String format = "";

    abstract ExportRequest.Builder target(ExportRequest.Builder request);

    @Override
    public final Integer call() {
        StartOperationRequest request = StartOperationRequest.newBuilder()
                .setOperationId(start.id("export"))
                .setExport(target(ExportRequest.newBuilder()
                        .setApp(app.app())
                        .setPath(path)
                        .setFormat(format)))
                .build();
        return new OperationFollower(connection, output).start(request, start.waits());
    }
}
