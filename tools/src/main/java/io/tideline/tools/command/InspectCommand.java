package io.tideline.tools.command;

import io.tideline.api.v1.InspectRequest;
import io.tideline.api.v1.InspectResponse;
import io.tideline.api.v1.StoredCell;
import io.tideline.client.TidelineClient;
import io.tideline.tools.output.Fields;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One timeline as stored: head, watermarks, attributes, table, region, server, size, rows. Never payloads. */
@Command(
        name = "inspect",
        description = "Shows a timeline as stored: head, watermarks, region, size and rows; never payloads.",
        footer = {"  tideline inspect '#ubuntu'", "  tideline inspect shop/inbox/alice --cells 100 -o json"})
public final class InspectCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(paramLabel = "TIMELINE", description = "app/family/id, or an id.")
    private String name = "";

    @Option(
            names = "--cells",
            paramLabel = "N",
            defaultValue = "12",
            description = "Cells to show, 0 to 1,000 (default: ${DEFAULT-VALUE}).")
    private int cells = 12;

    @Override
    public Integer call() {
        common.require(cells >= 0 && cells <= 1_000, "--cells: " + cells + " (expected: 0..1000)");
        InspectRequest request = InspectRequest.newBuilder()
                .setTimeline(timelines.timeline(name))
                .setMaxCells(cells)
                .build();
        try (TidelineClient client = connection.open()) {
            InspectResponse found = connection.await(client.operator().inspect(request));
            output.document().print(fields(found));
        }
        return ExitCode.OK;
    }

    private static Fields fields(InspectResponse found) {
        return EntryFields.ofDescription(found.getDescription())
                .put("table", found.getTable())
                .put("region", found.getRegion())
                .put("server", found.getServer())
                .put("entryRows", found.getEntryRows())
                .put("storedBytes", found.getStoredBytes())
                .put(
                        "cells",
                        found.getCellsList().stream().map(InspectCommand::cell).toList());
    }

    private static Fields cell(StoredCell cell) {
        return new Fields()
                .put("row", cell.getRowHex())
                .put("column", cell.getColumn())
                .put("timestamp", EntryFields.instant(cell.getTimestamp()))
                .put("valueBytes", cell.getValueBytes())
                .put("decoded", cell.getDecoded());
    }
}
