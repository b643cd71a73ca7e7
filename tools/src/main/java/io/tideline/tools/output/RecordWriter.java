package io.tideline.tools.output;

import java.io.PrintWriter;
import java.util.List;

/** Prints records of one kind, one after the other. Not for several threads at once. */
public interface RecordWriter {
    void write(Fields record);

    /** Brings everything written so far onto the screen. */
    void flush();

    /** Ends the document, after the last record and only then: a failed command leaves no document that looks whole. */
    void end();

    /** A writer of {@code format}; a table shows {@code columns}, JSON shows all fields. */
    static RecordWriter of(OutputFormat format, List<Column> columns, PrintWriter out) {
        return switch (format) {
            case table -> new TableWriter(columns, out);
            case json -> new JsonArrayWriter(out);
            case jsonl -> new JsonLinesWriter(out);
        };
    }
}
