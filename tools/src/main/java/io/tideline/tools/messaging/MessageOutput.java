package io.tideline.tools.messaging;

import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageGap;
import io.tideline.tools.command.OutputOptions;

/** Prints messages and gaps for commands of other packages as those of this one do. */
public final class MessageOutput {
    private final DeviceOutput printer;

    public MessageOutput(OutputOptions output) {
        this.printer = new DeviceOutput(output, output.records(MessagingFields.MESSAGE_COLUMNS));
    }

    public void message(Message message) {
        printer.message(message);
    }

    public void gap(MessageGap gap) {
        printer.gap(gap);
    }

    public void end() {
        printer.end();
    }
}
