package io.tideline.tools.history;

import io.tideline.api.v1.ReapplyErasuresRequest;
import io.tideline.api.v1.ReapplyErasuresResponse;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import io.tideline.tools.output.Column;
import io.tideline.tools.output.Fields;
import io.tideline.tools.output.RecordWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Carries out all erasures of an app again. */
@Command(
        name = "again",
        description = "Carries out all erasures of an app again: for after something was restored from a backup.",
        footer = {
            "  tideline erase again --app shop --occasion restore-2026-11-21",
            "  tideline operations wait $(tideline erase again --occasion r1 -o jsonl | head -1 | cut -d'\"' -f4)"
        })
public final class EraseAgainCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Option(
            names = "--occasion",
            required = true,
            paramLabel = "NAME",
            description = "Names the occasion: calling again with the same starts nothing twice.")
    private String occasion = "";

    @Override
    public Integer call() {
        RecordWriter records = output.records(List.of(Column.text("operationId")));
        try (TidelineClient client = connection.open()) {
            ReapplyErasuresResponse started = connection.await(client.operations()
                    .reapplyErasures(ReapplyErasuresRequest.newBuilder()
                            .setApp(app.app())
                            .setOccasion(occasion)
                            .build()));
            started.getOperationIdsList().forEach(id -> records.write(new Fields().put("operationId", id)));
        }
        records.end();
        return ExitCode.OK;
    }
}
