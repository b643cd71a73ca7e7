package io.tideline.tools.command;

import io.tideline.api.v1.Direction;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.Gap;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.ReadResponse;
import io.tideline.client.TidelineClient;
import io.tideline.tools.output.RecordWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a range of one timeline, following the pages. */
@Command(
        name = "read",
        description = "Reads entries of a timeline, following the pages.",
        footer = {
            "  tideline read '#ubuntu' --from 1000 --to 1010",
            "  tideline read '#ubuntu' --backward --limit 20      # the latest 20, latest first",
            "  tideline read '#ubuntu' -o jsonl > ubuntu.export   # everything, for comparing",
            "",
            "JSON fields: seq, serverTime, sender, clientMessageId, kind, and text where the",
            "payload is UTF-8, payloadBase64 where it is not. Ranges that retention dropped:",
            "gapFromSeq, gapToSeq, type."
        })
public final class ReadCommand extends ServerCommand {
    private static final int MAX_PAGE = 1_000;

    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(paramLabel = "TIMELINE", description = "app/family/id, or an id.")
    private String name = "";

    @Option(names = "--from", paramLabel = "SEQ", description = "First seq (default: 1; with --backward the head).")
    private @Nullable Long from;

    @Option(names = "--to", paramLabel = "SEQ", description = "Last seq, included (default: as far as there is).")
    private @Nullable Long to;

    @Option(names = "--backward", description = "From the latest to the oldest.")
    private boolean backward;

    @Option(names = "--limit", paramLabel = "N", description = "At most this many entries (default: all).")
    private long limit = Long.MAX_VALUE;

    @Override
    public Integer call() {
        common.require(limit >= 1, "--limit: " + limit + " (expected: 1 or more)");
        RecordWriter records = output.records(EntryFields.ENTRY_COLUMNS);
        ReadRequest.Builder request = firstPage();
        try (TidelineClient client = connection.open()) {
            long left = limit;
            while (left > 0) {
                request.setPageSize((int) Math.min(left, MAX_PAGE));
                ReadResponse page = connection.await(client.read(request.build()));
                print(page, records);
                left -= page.getEntriesCount();
                // A reader that has gone away (| head) ends the reading.
                if (page.getNextPageToken().isEmpty() || output.out().checkError()) {
                    break;
                }
                request.setPageToken(page.getNextPageToken());
            }
        }
        records.end();
        return ExitCode.OK;
    }

    private ReadRequest.Builder firstPage() {
        ReadRequest.Builder request = ReadRequest.newBuilder()
                .setTimeline(timelines.timeline(name))
                .setDirection(backward ? Direction.BACKWARD : Direction.FORWARD);
        if (from != null) {
            request.setFromSeq(from);
        }
        if (to != null) {
            request.setToSeq(to);
        }
        return request;
    }

    private void print(ReadResponse page, RecordWriter records) {
        for (Entry entry : page.getEntriesList()) {
            records.write(output.entry(entry));
        }
        for (Gap gap : page.getGapsList()) {
            output.writeGap(gap, records);
        }
        records.flush();
    }
}
