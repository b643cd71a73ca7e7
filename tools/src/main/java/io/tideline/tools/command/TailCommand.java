package io.tideline.tools.command;

import io.tideline.api.v1.Entry;
import io.tideline.api.v1.Gap;
import io.tideline.api.v1.HeadQuery;
import io.tideline.api.v1.HeadsRequest;
import io.tideline.api.v1.TimelineName;
import io.tideline.api.v1.WatchRequest;
import io.tideline.client.TidelineCallException;
import io.tideline.client.TidelineClient;
import io.tideline.client.WatchEvents;
import io.tideline.client.Watcher;
import io.tideline.tools.output.RecordWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the last entries of a timeline, then every append as it is committed, until interrupted. */
@Command(
        name = "tail",
        description = "Shows the last entries of a timeline and follows it, like tail -f.",
        footer = {
            "  tideline tail '#ubuntu'                  # the last 10, then what comes",
            "  tideline tail '#ubuntu' -n 0 -o jsonl    # only what comes",
            "  tideline tail '#ubuntu' --from 1 --count 1000",
            "",
            "A lost connection is taken up again where it was, without a hole or a repeat.",
            "Ends with Ctrl-C."
        })
public final class TailCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(paramLabel = "TIMELINE", description = "app/family/id, or an id.")
    private String name = "";

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            defaultValue = "10",
            description = "Entries to show before following (default: ${DEFAULT-VALUE}).")
    private long last = 10;

    @Option(names = "--from", paramLabel = "SEQ", description = "Starts at this seq instead.")
    private @Nullable Long from;

    @Option(names = "--count", paramLabel = "N", description = "Ends after this many entries (default: never).")
    private long count = Long.MAX_VALUE;

    @Override
    public Integer call() {
        common.require(last >= 0, "-n: " + last + " (expected: 0 or more)");
        common.require(from == null || from >= 1, "--from: " + from + " (expected: 1 or more)");
        common.require(count >= 1, "--count: " + count + " (expected: 1 or more)");
        TimelineName timeline = timelines.timeline(name);
        RecordWriter records = output.records(EntryFields.ENTRY_COLUMNS);
        try (TidelineClient client = connection.open()) {
            WatchRequest request = WatchRequest.newBuilder()
                    .setTimeline(timeline)
                    .setFromSeq(firstSeq(client, timeline))
                    .build();
            follow(client, request, new Printer(records));
        }
        records.end();
        return ExitCode.OK;
    }

    private long firstSeq(TidelineClient client, TimelineName timeline) {
        // Asked also when --from says it all: a server that is down is told at once, a watch would wait for it.
        HeadsRequest heads = HeadsRequest.newBuilder()
                .addQueries(HeadQuery.newBuilder().setTimeline(timeline))
                .build();
        long head = connection.await(client.heads(heads)).getHeads(0).getLastSeq();
        return from != null ? from : Math.max(1, head - Math.min(last, head) + 1);
    }

    private static void follow(TidelineClient client, WatchRequest request, Printer printer) {
        try (Watcher watcher = client.watch(request, printer)) {
            // Without a limit: following ends when somebody ends it.
            printer.ended.get();
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof TidelineCallException call) {
                throw call;
            }
            throw new IllegalStateException(failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Prints events, one at a time, on a thread of the transport. */
    private final class Printer implements WatchEvents {
        private final RecordWriter records;
        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
        private long left = count;

        Printer(RecordWriter records) {
            this.records = records;
        }

        @Override
        public void onEntries(List<Entry> entries) {
            for (Entry entry : entries) {
                if (left > 0) {
                    records.write(output.entry(entry));
                    left--;
                }
            }
            records.flush();
            if (left == 0 || output.out().checkError()) {
                ended.complete(true);
            }
        }

        @Override
        public void onGap(Gap gap) {
            output.writeGap(gap, records);
        }

        @Override
        public void onReconnect(Throwable cause) {
            output.err().println("tideline: connection lost, trying again");
            output.err().flush();
        }

        @Override
        public void onFailure(TidelineCallException failure) {
            ended.completeExceptionally(failure);
        }
    }
}
