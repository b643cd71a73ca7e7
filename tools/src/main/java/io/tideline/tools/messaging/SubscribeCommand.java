package io.tideline.tools.messaging;

import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SubscribeResponse;
import io.tideline.api.v1.SyncResponse;
import io.tideline.client.MessagingClient;
import io.tideline.client.Subscription;
import io.tideline.client.SubscriptionEvents;
import io.tideline.client.TidelineCallException;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import io.tideline.tools.output.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what comes to a device, as it comes, until interrupted. */
@Command(
        name = "subscribe",
        description = "Shows what a device of a user has not had yet, then everything as it comes.",
        footer = {
            "  tideline subscribe --as bob/phone",
            "  tideline subscribe --as bob/phone -o jsonl --count 10",
            "",
            "What is shown is acknowledged (--no-ack: not). Ends with Ctrl-C, with exit code 3",
            "when the server goes away, and with 4 when the device subscribes elsewhere."
        })
public final class SubscribeCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Option(
            names = "--as",
            required = true,
            paramLabel = "USER/DEVICE",
            converter = DeviceName.Converter.class,
            description = "Which device of whom.")
    private DeviceName device = new DeviceName("", "");

    @Option(names = "--count", paramLabel = "N", description = "Ends after this many messages (default: never).")
    private long count = Long.MAX_VALUE;

    @Option(names = "--no-ack", description = "Acknowledges nothing: everything comes again next time.")
    private boolean noAck;

    @Option(
            names = "--latest",
            paramLabel = "N",
            defaultValue = "20",
            description = "Of each conversation for a new device, 1 to 100 (default: ${DEFAULT-VALUE}).")
    private int latest = 20;

    @Override
    public Integer call() {
        common.require(count >= 1, "--count: " + count + " (expected: 1 or more)");
        DeviceOutput printer = new DeviceOutput(output, output.records(MessagingFields.MESSAGE_COLUMNS));
        try (TidelineClient client = connection.open()) {
            SubscribeRequest.Register register = SubscribeRequest.Register.newBuilder()
                    .setApp(app.app())
                    .setUser(device.user())
                    .setDevice(device.device())
                    .setLatest(latest)
                    .build();
            follow(client.messaging(), register, new Printer(printer));
        }
        printer.end();
        return ExitCode.OK;
    }

    private static void follow(MessagingClient client, SubscribeRequest.Register register, Printer printer) {
        try (Subscription subscription = client.subscribe(register, "", printer)) {
            printer.opened.complete(subscription);
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

    /** Prints what comes, one event at a time, on a thread of the transport. */
    private final class Printer implements SubscriptionEvents {
        private final DeviceOutput printer;
        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
        private final CompletableFuture<Subscription> opened = new CompletableFuture<>();
        private long left = count;
        private volatile boolean full;

        Printer(DeviceOutput printer) {
            this.printer = printer;
        }

        @Override
        public void onBatch(SyncResponse batch) {
            if (full) {
                return;
            }
            printer.page(batch);
            if (output.out().checkError()) {
                ended.complete(true);
                return;
            }
            if (!noAck) {
                var unused = opened.thenAccept(subscription -> subscription.acknowledge(batch.getNext()));
            }
            left -= batch.getMessagesCount();
            if (left <= 0) {
                full = true;
                // Not closed: the server is to have what was acknowledged before the command ends.
                var unused = opened.thenAccept(Subscription::finish);
            }
        }

        @Override
        public void onCaughtUp() {
            if (full) {
                return;
            }
            printer.remark("caught up", new Fields().put("caughtUp", true));
            printer.flush();
        }

        @Override
        public void onHint(SubscribeResponse.Hint hint) {
            if (full) {
                return;
            }
            List<String> moved = new ArrayList<>(hint.getConversationIdsList());
            printer.remark("more in " + String.join(", ", moved), new Fields().put("hint", moved));
            printer.flush();
        }

        @Override
        public void onEnd(TidelineCallException cause) {
            if (full) {
                ended.complete(true);
            } else {
                ended.completeExceptionally(cause);
            }
        }
    }
}
