package io.tideline.tools.messaging;

import io.tideline.api.v1.SyncRequest;
import io.tideline.api.v1.SyncResponse;
import io.tideline.client.MessagingClient;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import io.tideline.tools.output.Fields;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Brings a device of a user what it has not had: one page, or all. */
@Command(
        name = "sync",
        description = "Shows what a device of a user has not had yet, in order over all conversations.",
        footer = {
            "  tideline sync --as bob/phone",
            "  tideline sync --as bob/phone --all -o jsonl",
            "  tideline sync --as bob/phone --no-ack            # look, and change nothing",
            "",
            "What is shown is acknowledged, so it does not come again for this device. A new",
            "device gets the latest of each conversation (--latest); message list has the rest."
        })
public final class SyncCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Option(
            names = "--as",
            required = true,
            paramLabel = "USER/DEVICE",
            converter = DeviceName.Converter.class,
            description = "Which device of whom.")
    private DeviceName device = new DeviceName("", "");

    @Option(names = "--all", description = "All pages, not only one.")
    private boolean all;

    @Option(names = "--no-ack", description = "Acknowledges nothing: the page comes again.")
    private boolean noAck;

    @Option(
            names = "--page-size",
            paramLabel = "N",
            defaultValue = "200",
            description = "Messages of a page, 1 to 1,000 (default: ${DEFAULT-VALUE}).")
    private int pageSize = 200;

    @Option(
            names = "--latest",
            paramLabel = "N",
            defaultValue = "20",
            description = "Of each conversation for a new device, 1 to 100 (default: ${DEFAULT-VALUE}).")
    private int latest = 20;

    @Override
    public Integer call() {
        common.require(!(all && noAck), "--all acknowledges page by page: not with --no-ack");
        DeviceOutput printer = new DeviceOutput(output, output.records(MessagingFields.MESSAGE_COLUMNS));
        try (TidelineClient client = connection.open()) {
            MessagingClient messaging = client.messaging();
            SyncResponse page = ask(messaging, "", pageSize);
            printer.page(page);
            while (all && page.getHasMore() && !output.out().checkError()) {
                page = ask(messaging, page.getNext(), pageSize);
                printer.page(page);
            }
            if (!noAck && !output.out().checkError()) {
                // Carries the acknowledgement; what it brings is not shown, so it is not acknowledged and comes again.
                ask(messaging, page.getNext(), 1);
            }
            if (!all && page.getHasMore()) {
                printer.remark("there is more: again, or --all", new Fields().put("hasMore", true));
            }
        }
        printer.end();
        return ExitCode.OK;
    }

    private SyncResponse ask(MessagingClient client, String ack, int size) {
        return connection.await(client.sync(SyncRequest.newBuilder()
                .setApp(app.app())
                .setUser(device.user())
                .setDevice(device.device())
                .setAck(ack)
                .setPageSize(size)
                .setLatest(latest)
                .build()));
    }
}
