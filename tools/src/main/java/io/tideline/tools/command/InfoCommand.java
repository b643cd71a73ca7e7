package io.tideline.tools.command;

import io.tideline.api.v1.ServerInfoResponse;
import io.tideline.client.TidelineClient;
import io.tideline.tools.output.Fields;
import java.util.TreeMap;
import picocli.CommandLine.Command;

/** What runs behind an address: versions, storage and the metrics of the process. */
@Command(
        name = "info",
        description = "Shows versions, storage and metrics of a server.",
        footer = {"  tideline info", "  tideline info -o json | jq .metrics"})
public final class InfoCommand extends ServerCommand {
    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            ServerInfoResponse info = connection.await(client.operator().serverInfo());
            output.document()
                    .print(new Fields()
                            .put("server", connection.address().toString())
                            .put("version", info.getVersion())
                            .put("storage", info.getStorage())
                            .put("sequencerVersion", info.getSequencerVersion())
                            .put("metrics", new TreeMap<>(info.getMetricsMap())));
        }
        return ExitCode.OK;
    }
}
