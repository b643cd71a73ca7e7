package io.tideline.tools.messaging;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.SendBatchRequest;
import io.tideline.api.v1.SendPersonalRequest;
import io.tideline.api.v1.SendPersonalResponse;
import io.tideline.api.v1.SendResponse;
import io.tideline.client.MessagingClient;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.StandardInput;
import io.tideline.tools.command.TimelineOptions;
import io.tideline.tools.output.Fields;
import io.tideline.tools.output.RecordWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends messages: the arguments, all or none of them, a file as one, or lines of stdin as they come. */
@Command(
        name = "send",
        description = "Sends messages to a conversation and prints their receipts.",
        footer = {
            "  tideline send 1k3v9m2x0w8 'Good morning' --sender alice",
            "  tideline send 1k3v9m2x0w8 'Paid' --sender shop --client-message-id order-77",
            "  tideline send 1k3v9m2x0w8 --file photo.jpg --kind image --sender alice",
            "  tideline send 1k3v9m2x0w8 'Welcome' --sender alice --personal-to bob,carol",
            "  generate-lines | tideline send 1k3v9m2x0w8 --sender shop",
            "",
            "Arguments are sent all or none; lines of stdin in batches of what is there. With",
            "--client-message-id a repeat is recognised and answered with the first receipt."
        })
public final class SendCommand extends ServerCommand {
    /** Half of what one request may hold, in messages and in bytes. */
    private static final int BATCH_MESSAGES = 500;

    private static final int BATCH_BYTES = 1024 * 1024;

    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Parameters(index = "0", paramLabel = "CONVERSATION", description = "Its id.")
    private String conversationId = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "TEXT", description = "None: one a line from stdin.")
    private List<String> texts = List.of();

    @Option(names = "--file", paramLabel = "FILE", description = "Its bytes are the message, instead.")
    private @Nullable Path file;

    @Option(
            names = "--sender",
            paramLabel = "USER",
            defaultValue = "${sys:user.name}",
            description = "Who sends (default: ${DEFAULT-VALUE}).")
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

    @Option(names = "--notice", description = "Counts for nobody as unread.")
    private boolean notice;

    @Option(
            names = "--personal-to",
            paramLabel = "USER",
            split = ",",
            description = "Only these members see it; sent by a moderator or a service.")
    private List<String> recipients = List.of();

    @Option(
            names = "--follows",
            paramLabel = "SEQ",
            description = "With --personal-to: the conversation's seq that it stands behind (default: its head).")
    private long follows;

    private long count;

    @Override
    public Integer call() throws IOException {
        common.require(file == null || texts.isEmpty(), "expected: texts, or --file");
        common.require(follows == 0 || !recipients.isEmpty(), "--follows goes with --personal-to");
        RecordWriter records = output.records(MessagingFields.RECEIPT_COLUMNS);
        try (TidelineClient client = connection.open()) {
            MessagingClient messaging = client.messaging();
            if (file != null) {
                send(messaging, List.of(message(ByteString.copyFrom(Files.readAllBytes(file)), true)), records);
            } else if (!texts.isEmpty()) {
                boolean single = texts.size() == 1;
                send(
                        messaging,
                        texts.stream()
                                .map(text -> message(ByteString.copyFromUtf8(text), single))
                                .toList(),
                        records);
            } else {
                sendLines(messaging, records);
            }
        }
        records.end();
        return ExitCode.OK;
    }

    private void sendLines(MessagingClient client, RecordWriter records) throws IOException {
        BufferedReader in = StandardInput.reader();
        List<OutgoingMessage> batch = new ArrayList<>();
        int bytes = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            OutgoingMessage message = message(ByteString.copyFromUtf8(line), false);
            batch.add(message);
            bytes += message.getPayload().size();
            // Whoever types sees the receipt at once; a pipe that is full makes full batches.
            if (batch.size() == BATCH_MESSAGES || bytes >= BATCH_BYTES || !in.ready()) {
                send(client, batch, records);
                batch.clear();
                bytes = 0;
            }
        }
        if (!batch.isEmpty()) {
            send(client, batch, records);
        }
    }

    private void send(MessagingClient client, List<OutgoingMessage> messages, RecordWriter records) {
        if (!recipients.isEmpty()) {
            messages.forEach(message -> sendPersonal(client, message, records));
            return;
        }
        List<SendResponse> receipts = connection
                .await(client.sendBatch(SendBatchRequest.newBuilder()
                        .setApp(app.app())
                        .setConversationId(conversationId)
                        .setSender(sender)
                        .addAllMessages(messages)
                        .build()))
                .getReceiptsList();
        for (int i = 0; i < receipts.size(); i++) {
            records.write(MessagingFields.of(receipts.get(i), messages.get(i).getClientMessageId()));
        }
        records.flush();
    }

    private void sendPersonal(MessagingClient client, OutgoingMessage message, RecordWriter records) {
        SendPersonalResponse receipt = connection.await(client.sendPersonal(SendPersonalRequest.newBuilder()
                .setApp(app.app())
                .setConversationId(conversationId)
                .setSender(sender)
                .addAllRecipients(recipients)
                .setMessage(message)
                .setFollowsSeq(follows)
                .build()));
        records.write(new Fields()
                .put("seq", receipt.getFollowsSeq())
                .put("messageId", receipt.getMessageId())
                .put("repeated", receipt.getRepeated())
                .put("clientMessageId", message.getClientMessageId()));
        records.flush();
    }

    private OutgoingMessage message(ByteString payload, boolean single) {
        count++;
        String id = clientMessageId == null
                ? UUID.randomUUID().toString()
                : single ? clientMessageId : clientMessageId + "-" + count;
        return OutgoingMessage.newBuilder()
                .setClientMessageId(id)
                .setKind(kind)
                .setPayload(payload)
                .setNotice(notice)
                .build();
    }
}
