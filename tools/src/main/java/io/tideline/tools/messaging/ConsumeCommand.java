package io.tideline.tools.messaging;

import com.google.protobuf.Duration;
import io.tideline.api.v1.CommitConsumerRequest;
import io.tideline.api.v1.ConsumerBatch;
import io.tideline.api.v1.ConsumerBeyondHead;
import io.tideline.api.v1.ConsumerCheckpoint;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.Gap;
import io.tideline.api.v1.PollConsumerRequest;
import io.tideline.api.v1.PollConsumerResponse;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.MessagingClient;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.EntryFields;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineNames;
import io.tideline.tools.command.TimelineOptions;
import io.tideline.tools.output.Column;
import io.tideline.tools.output.Fields;
import io.tideline.tools.output.OutputFormat;
import io.tideline.tools.output.RecordWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads everything of an app as a named consumer. */
@Command(
        name = "consume",
        description = {
            "Reads all conversations of an app and all plain timelines among them, or one",
            "timeline, as a named consumer: prints entries, as JSON a line each, then commits",
            "how far it has come."
        },
        footer = {
            "  tideline consume search-index | index-somehow",
            "  tideline consume audit --conversation 1k3v9m2x0w8 --until-idle",
            "  tideline consume audit --timeline shop/inbox/alice --until-idle",
            "  tideline consume audit --no-commit --until-idle -o table",
            "",
            "At least once, in order within a timeline: what was printed and not committed",
            "comes again. Two processes of one name get the same entries. Ends with Ctrl-C.",
            "",
            "A timeline that ends before what was committed of it (erased and begun anew, or",
            "restored from an older copy) is named on stderr, and the exit code is then 1;",
            "with --timeline or --conversation the command fails. Another name reads it all."
        })
public final class ConsumeCommand extends ServerCommand {
    private static final Duration WAIT = Duration.newBuilder().setSeconds(10).build();

    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Parameters(paramLabel = "CONSUMER", description = "Its name.")
    private String consumer = "";

    @Option(names = "--conversation", paramLabel = "CONVERSATION", description = "Only this one.")
    private String conversationId = "";

    @Option(
            names = "--timeline",
            paramLabel = "TIMELINE",
            description = "Only this one, of any family: app/family/id, or an id.")
    private String timelineText = "";

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "100",
            description = "Entries at a time, 1 to 1,000 (default: ${DEFAULT-VALUE}).")
    private int batch = 100;

    @Option(names = "--until-idle", description = "Ends when there is nothing left, instead of waiting.")
    private boolean untilIdle;

    @Option(names = "--no-commit", description = "One poll, and it comes again.")
    private boolean noCommit;

    private final Set<TimelineName> beyondHead = new HashSet<>();

    @Override
    public Integer call() {
        output.byDefault(OutputFormat.jsonl);
        if (!conversationId.isEmpty() && !timelineText.isEmpty()) {
            throw new ParameterException(command.commandLine(), "--conversation beside --timeline (expected: one)");
        }
        Optional<TimelineName> timeline =
                timelineText.isEmpty() ? Optional.empty() : Optional.of(app.timeline(timelineText));
        PollConsumerRequest request = request(timeline);
        RecordWriter records =
                output.records(Stream.concat(Stream.of(Column.text(nameField())), EntryFields.ENTRY_COLUMNS.stream())
                        .toList());
        try (TidelineClient client = connection.open()) {
            MessagingClient messaging = client.messaging();
            boolean more = true;
            while (more) {
                PollConsumerResponse answer = connection.await(messaging.pollConsumer(request));
                tellBeyondHead(answer.getBeyondHeadList());
                answer.getBatchesList().forEach(some -> print(some, records));
                records.flush();
                if (output.out().checkError()) {
                    break;
                }
                if (!noCommit && answer.getBatchesCount() > 0) {
                    connection.await(messaging.commitConsumer(commit(request.getApp(), answer)));
                }
                more = !noCommit && (!untilIdle || answer.getHasMore() || answer.getBatchesCount() > 0);
            }
        }
        records.end();
        return beyondHead.isEmpty() ? ExitCode.OK : ExitCode.NEGATIVE;
    }

    /** Each once, however often it is polled. */
    private void tellBeyondHead(List<ConsumerBeyondHead> found) {
        for (ConsumerBeyondHead one : found) {
            if (beyondHead.add(one.getTimeline())) {
                output.err()
                        .println("tideline: " + TimelineNames.format(one.getTimeline()) + " ends at seq "
                                + one.getLastSeq() + ", before " + one.getCommittedSeq()
                                + " which was committed: nothing of it comes");
                output.err().flush();
            }
        }
    }

    private PollConsumerRequest request(Optional<TimelineName> timeline) {
        PollConsumerRequest.Builder request = PollConsumerRequest.newBuilder()
                .setApp(timeline.map(TimelineName::getApp).orElse(app.app()))
                .setConsumer(consumer)
                .setConversationId(conversationId)
                .setMaxEntries(batch);
        timeline.ifPresent(request::setTimeline);
        return untilIdle || noCommit
                ? request.build()
                : request.setMaxWait(WAIT).build();
    }

    private CommitConsumerRequest commit(String ofApp, PollConsumerResponse answer) {
        List<ConsumerCheckpoint> done = new ArrayList<>();
        for (ConsumerBatch some : answer.getBatchesList()) {
            done.add(ConsumerCheckpoint.newBuilder()
                    .setTimeline(some.getTimeline())
                    .setSeq(some.getThroughSeq())
                    .build());
        }
        return CommitConsumerRequest.newBuilder()
                .setApp(ofApp)
                .setConsumer(consumer)
                .addAllTimelines(done)
                .build();
    }

    /** A timeline that was asked for by its name is shown by its name. */
    private String nameField() {
        return timelineText.isEmpty() ? "conversationId" : "timeline";
    }

    private Fields named(ConsumerBatch some) {
        return new Fields()
                .put(
                        nameField(),
                        timelineText.isEmpty() ? some.getConversationId() : TimelineNames.format(some.getTimeline()));
    }

    private void print(ConsumerBatch some, RecordWriter records) {
        for (Gap gap : some.getGapsList()) {
            records.write(named(some)
                    .put("gapFromSeq", gap.getFromSeq())
                    .put("gapToSeq", gap.getToSeq())
                    .put("type", gap.getType().name()));
        }
        boolean table = output.format() == OutputFormat.table;
        for (Entry entry : some.getEntriesList()) {
            Fields fields = named(some);
            (table ? EntryFields.ofEntryForPeople(entry) : EntryFields.ofEntry(entry))
                    .asMap()
                    .forEach(fields::put);
            records.write(fields);
        }
    }
}
