package io.tideline.tools.messaging;

import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageGap;
import io.tideline.api.v1.SyncRange;
import io.tideline.api.v1.SyncResponse;
import io.tideline.tools.command.OutputOptions;
import io.tideline.tools.output.Fields;
import io.tideline.tools.output.OutputFormat;
import io.tideline.tools.output.RecordWriter;

/** Prints what comes to a device: messages as records, all else beside a table on stderr and in JSON as records too. */
final class DeviceOutput {
    private final OutputOptions output;
    private final RecordWriter records;

    DeviceOutput(OutputOptions output, RecordWriter records) {
        this.output = output;
        this.records = records;
    }

    void message(Message message) {
        records.write(
                output.format() == OutputFormat.table
                        ? MessagingFields.forPeople(message)
                        : MessagingFields.of(message));
    }

    void gap(MessageGap gap) {
        remark(
                "seq " + gap.getFromSeq() + " to " + gap.getToSeq() + ": " + MessagingFields.word(gap.getType()),
                MessagingFields.of(gap));
    }

    /** A page: its messages, then how far each conversation has come by it. */
    void page(SyncResponse page) {
        page.getMessagesList().forEach(this::message);
        records.flush();
        page.getRangesList().forEach(this::range);
        if (page.hasTruncated()) {
            long oldest = page.getTruncated().getOldestAvailableSeq();
            remark(
                    "away for longer than the inbox keeps, it begins at " + oldest,
                    new Fields()
                            .put("truncatedAtSeq", oldest)
                            .put("checkpointSeq", page.getTruncated().getCheckpointSeq()));
        }
        records.flush();
    }

    private void range(SyncRange range) {
        remark(
                range.getConversationId() + ": seq " + range.getFromSeq() + " to " + range.getToSeq() + " of "
                        + range.getLastSeq() + ", " + MessagingFields.word(range.getStop()),
                new Fields()
                        .put("range", range.getConversationId())
                        .put("fromSeq", range.getFromSeq())
                        .put("toSeq", range.getToSeq())
                        .put("stop", range.getStop().name())
                        .put("lastSeq", range.getLastSeq())
                        .put("personalToSeq", range.getPersonalToSeq())
                        .put("limited", range.getLimited()));
        range.getGapsList().forEach(this::gap);
    }

    void remark(String line, Fields record) {
        if (output.format() == OutputFormat.table) {
            output.err().println("tideline: " + line);
            output.err().flush();
        } else {
            records.write(record);
        }
    }

    void flush() {
        records.flush();
    }

    void end() {
        records.end();
    }
}
