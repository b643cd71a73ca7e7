package io.tideline.tools.command;

import io.tideline.api.v1.Head;
import io.tideline.api.v1.HeadQuery;
import io.tideline.api.v1.HeadsRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.output.RecordWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** How far timelines have come: names as arguments or as lines on stdin, 1,000 to a call. */
@Command(
        name = "heads",
        description = "Shows how far timelines have come.",
        footer = {
            "  tideline heads '#ubuntu' '#linux' shop/inbox/alice",
            "  tideline timelines --all -o jsonl | jq -r .timeline | tideline heads"
        })
public final class HeadsCommand extends ServerCommand {
    private static final int CALL = 1_000;

    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(paramLabel = "TIMELINE", description = "app/family/id, or an id; none: one a line from stdin.")
    private List<String> names = List.of();

    @Override
    public Integer call() {
        // Before anything is asked: a mistyped name costs no call.
        names.forEach(timelines::timeline);
        RecordWriter records = output.records(EntryFields.HEAD_COLUMNS);
        try (TidelineClient client = connection.open();
                Stream<String> wanted = names.isEmpty() ? StandardInput.lines() : names.stream()) {
            List<HeadQuery> queries = new ArrayList<>();
            wanted.filter(name -> !name.isBlank()).forEach(name -> {
                queries.add(HeadQuery.newBuilder()
                        .setTimeline(timelines.timeline(name))
                        .build());
                if (queries.size() == CALL) {
                    print(client, queries, records);
                }
            });
            if (!queries.isEmpty()) {
                print(client, queries, records);
            }
        }
        records.end();
        return ExitCode.OK;
    }

    private void print(TidelineClient client, List<HeadQuery> queries, RecordWriter records) {
        HeadsRequest request = HeadsRequest.newBuilder().addAllQueries(queries).build();
        for (Head head : connection.await(client.heads(request)).getHeadsList()) {
            records.write(EntryFields.ofHead(head));
        }
        queries.clear();
    }
}
