package io.tideline.tools.messaging;

import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.Device;
import io.tideline.api.v1.GetCheckpointsRequest;
import io.tideline.api.v1.GetCheckpointsResponse;
import io.tideline.api.v1.GetUnreadRequest;
import io.tideline.api.v1.GetUnreadResponse;
import io.tideline.api.v1.HeadQuery;
import io.tideline.api.v1.HeadsRequest;
import io.tideline.api.v1.ListConversationsRequest;
import io.tideline.api.v1.ListDevicesRequest;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import io.tideline.api.v1.UserConversation;
import io.tideline.client.MessagingClient;
import io.tideline.client.PageCursor;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.EntryFields;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import io.tideline.tools.output.Column;
import io.tideline.tools.output.Fields;
import io.tideline.tools.output.OutputFormat;
import io.tideline.tools.output.RecordWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows everything there is about one user. */
@Command(
        name = "user",
        description = {
            "Shows everything about one user: inbox, devices with their checkpoints,",
            "conversations with heads, read marks and unread counts."
        },
        footer = {
            "  tideline user bob",
            "  tideline user bob -o json | jq '.devices[].checkpoints'",
            "  tideline user bob --recount && echo exact",
            "",
            "With --recount the server also counts message by message; exit code 1 on a difference."
        })
public final class UserCommand extends ServerCommand {
    private static final int PAGE = 500;
    private static final int CHECKPOINTS_AT_ONCE = 5_000;

    private static final List<Column> DEVICE_COLUMNS = List.of(
            Column.text("device"),
            Column.text("firstSeen"),
            Column.text("lastSeen"),
            Column.number("inboxSeq"),
            Column.text("checkpoints"));

    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Parameters(paramLabel = "USER", description = "Whom.")
    private String user = "";

    @Option(names = "--recount", description = "Counts unread again, message by message, and compares.")
    private boolean recount;

    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            long inboxHead = inboxHead(client);
            MessagingClient messaging = client.messaging();
            List<Fields> devices = devices(messaging);
            List<Fields> conversations = conversations(messaging);
            GetUnreadResponse unread = connection.await(messaging.getUnread(GetUnreadRequest.newBuilder()
                    .setApp(app.app())
                    .setUser(user)
                    .setRecount(recount)
                    .build()));
            Fields summary = new Fields()
                    .put("user", user)
                    .put("inboxLastSeq", inboxHead)
                    .put("unread", unread.getTotal())
                    .put("mutedUnread", unread.getMutedTotal())
                    .put("conversationCount", unread.getConversationCount());
            print(summary, devices, conversations, unread);
            return unread.getDifferencesCount() == 0 ? ExitCode.OK : ExitCode.NEGATIVE;
        }
    }

    private long inboxHead(TidelineClient client) {
        TimelineName inbox = TimelineName.newBuilder()
                .setApp(app.app())
                .setFamily(TimelineFamily.INBOX)
                .setId(user)
                .build();
        HeadsRequest heads = HeadsRequest.newBuilder()
                .addQueries(HeadQuery.newBuilder().setTimeline(inbox))
                .build();
        return connection.await(client.heads(heads)).getHeads(0).getLastSeq();
    }

    private List<Fields> devices(MessagingClient client) {
        List<Fields> devices = new ArrayList<>();
        List<Device> listed = connection
                .await(client.listDevices(ListDevicesRequest.newBuilder()
                        .setApp(app.app())
                        .setUser(user)
                        .build()))
                .getDevicesList();
        for (Device device : listed) {
            devices.add(describe(client, device));
        }
        return devices;
    }

    private Fields describe(MessagingClient client, Device device) {
        Map<String, Long> checkpoints = new TreeMap<>();
        long inboxSeq;
        String token = "";
        do {
            GetCheckpointsResponse page = connection.await(client.getCheckpoints(GetCheckpointsRequest.newBuilder()
                    .setApp(app.app())
                    .setUser(user)
                    .setDevice(device.getDevice())
                    .setPageSize(CHECKPOINTS_AT_ONCE)
                    .setPageToken(token)
                    .build()));
            for (Checkpoint checkpoint : page.getCheckpointsList()) {
                checkpoints.put(checkpoint.getConversationId(), checkpoint.getSeq());
            }
            inboxSeq = page.getInboxSeq();
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return new Fields()
                .put("device", device.getDevice())
                .put("firstSeen", EntryFields.instant(device.getFirstSeen()))
                .put("lastSeen", EntryFields.instant(device.getLastSeen()))
                .put("inboxSeq", inboxSeq)
                .put("checkpoints", checkpoints);
    }

    private List<Fields> conversations(MessagingClient client) {
        List<Fields> conversations = new ArrayList<>();
        PageCursor<UserConversation> listed = client.allConversations(ListConversationsRequest.newBuilder()
                .setApp(app.app())
                .setUser(user)
                .setPageSize(PAGE)
                .build());
        while (listed.hasNext()) {
            conversations.add(MessagingFields.of(listed.next()));
        }
        return conversations;
    }

    private void print(Fields summary, List<Fields> devices, List<Fields> conversations, GetUnreadResponse unread) {
        if (output.format() != OutputFormat.table) {
            summary.put("devices", devices).put("conversations", conversations);
            if (recount) {
                summary.put(
                        "differences",
                        unread.getDifferencesList().stream()
                                .map(Differences::of)
                                .toList());
            }
            output.document().print(summary);
            return;
        }
        output.document().print(summary);
        table(DEVICE_COLUMNS, devices);
        table(MessagingFields.USER_CONVERSATION_COLUMNS, conversations);
        if (recount) {
            Differences.tell(unread.getDifferencesList(), output.err());
        }
    }

    private void table(List<Column> columns, List<Fields> rows) {
        output.out().println();
        RecordWriter records = output.records(columns);
        rows.forEach(records::write);
        records.end();
    }
}
