package io.tideline.tools.command;

import io.tideline.api.v1.ServerInfoResponse;
import io.tideline.client.TidelineClient;
import io.tideline.tools.output.Fields;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What runs behind an address: versions, storage and the metrics of the process. */
@Command(
        name = "info",
        description = "Shows versions, storage and metrics of a server.",
        footer = {"  tideline info", "  tideline info -o json | jq .metrics"})
public final class InfoCommand implements Callable<Integer> {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

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
