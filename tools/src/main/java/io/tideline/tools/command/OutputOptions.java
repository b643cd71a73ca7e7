package io.tideline.tools.command;

import io.tideline.api.v1.Entry;
import io.tideline.api.v1.Gap;
import io.tideline.tools.output.Column;
import io.tideline.tools.output.DocumentPrinter;
import io.tideline.tools.output.Fields;
import io.tideline.tools.output.OutputFormat;
import io.tideline.tools.output.RecordWriter;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code -o}, and where answers go. */
public final class OutputOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private OutputFormat format = OutputFormat.table;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    public OutputFormat format() {
        return format;
    }

    /** Lets the format be this one when none was asked for. */
    public void byDefault(OutputFormat usual) {
        if (!command.commandLine().getParseResult().hasMatchedOption("-o")) {
            format = usual;
        }
    }

    public RecordWriter records(List<Column> columns) {
        return RecordWriter.of(format, columns, out());
    }

    public DocumentPrinter document() {
        return new DocumentPrinter(format, out());
    }

    /** An entry as this format shows it. */
    Fields entry(Entry entry) {
        return format == OutputFormat.table ? EntryFields.ofEntryForPeople(entry) : EntryFields.ofEntry(entry);
    }

    /** Writes a gap among entries: a record of its own in JSON, a remark on stderr beside a table. */
    void writeGap(Gap gap, RecordWriter records) {
        if (format == OutputFormat.table) {
            err().println("tideline: seq " + gap.getFromSeq() + " to " + gap.getToSeq() + ": "
                    + gap.getType().name().toLowerCase(Locale.ROOT));
        } else {
            records.write(EntryFields.ofGap(gap));
        }
    }

    public PrintWriter out() {
        return command.commandLine().getOut();
    }

    public PrintWriter err() {
        return command.commandLine().getErr();
    }
}
