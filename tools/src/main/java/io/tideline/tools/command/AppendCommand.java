package io.tideline.tools.command;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.TidelineClient;
import io.tideline.tools.output.RecordWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Appends texts, each one entry: the arguments, all or none of them, or lines of stdin as they come. */
@Command(
        name = "append",
        description = "Appends messages to a timeline and prints their receipts.",
        footer = {
            "  tideline append support 'Good morning' --sender alice",
            "  tideline append support 'Paid' --sender shop --client-message-id order-77",
            "  generate-lines | tideline append shop/conversation/orders/77 --sender shop",
            "",
            "Arguments are appended all or none; lines of stdin in batches of what is there.",
            "With --client-message-id a repeat is recognised and answered with the first",
            "receipt."
        })
public final class AppendCommand extends ServerCommand {
    /** Half of what one request may hold, in entries and in bytes. */
    private static final int BATCH_ENTRIES = 500;

    private static final int BATCH_BYTES = 1024 * 1024;

    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(index = "0", paramLabel = "TIMELINE", description = "app/family/id, or an id.")
    private String name = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "TEXT", description = "None: one a line from stdin.")
    private List<String> texts = List.of();

    @Option(
            names = "--sender",
            paramLabel = "SENDER",
            defaultValue = "${sys:user.name}",
            description = "Who writes (default: ${DEFAULT-VALUE}).")
    private String sender = "";

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            defaultValue = "text",
            description = "What the payload is (default: ${DEFAULT-VALUE}).")
    private String kind = "text";

    @Option(
            names = "--client-message-id",
            paramLabel = "ID",
            description = "The sender's id of the message; of several: ID-1, ID-2 … (default: random).")
    private @Nullable String clientMessageId;

    private long count;

    @Override
    public Integer call() throws IOException {
        TimelineName timeline = timelines.timeline(name);
        RecordWriter records = output.records(EntryFields.RECEIPT_COLUMNS);
        try (TidelineClient client = connection.open()) {
            if (!texts.isEmpty()) {
                boolean single = texts.size() == 1;
                append(
                        client,
                        timeline,
                        texts.stream().map(text -> entry(text, single)).toList(),
                        records);
            } else {
                appendLines(client, timeline, records);
            }
        }
        records.end();
        return ExitCode.OK;
    }

    private void appendLines(TidelineClient client, TimelineName timeline, RecordWriter records) throws IOException {
        BufferedReader in = StandardInput.reader();
        List<NewEntry> batch = new ArrayList<>();
        int bytes = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            NewEntry entry = entry(line, false);
            batch.add(entry);
            bytes += entry.getPayload().size();
            // Whoever types sees the receipt at once; a pipe that is full makes full batches.
            if (batch.size() == BATCH_ENTRIES || bytes >= BATCH_BYTES || !in.ready()) {
                append(client, timeline, batch, records);
                batch.clear();
                bytes = 0;
            }
        }
        if (!batch.isEmpty()) {
            append(client, timeline, batch, records);
        }
    }

    private void append(TidelineClient client, TimelineName timeline, List<NewEntry> entries, RecordWriter records) {
        connection
                .await(client.append(timeline, List.copyOf(entries)))
                .forEach(receipt -> records.write(EntryFields.ofReceipt(receipt)));
        records.flush();
    }

    private NewEntry entry(String text, boolean single) {
        count++;
        String id = clientMessageId == null
                ? UUID.randomUUID().toString()
                : single ? clientMessageId : clientMessageId + "-" + count;
        return NewEntry.newBuilder()
                .setSender(sender)
                .setClientMessageId(id)
                .setKind(kind)
                .setPayload(ByteString.copyFromUtf8(text))
                .build();
    }
}
