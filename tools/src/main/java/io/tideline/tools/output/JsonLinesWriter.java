package io.tideline.tools.output;

import java.io.PrintWriter;

/** One object a line. */
final class JsonLinesWriter implements RecordWriter {
    private final PrintWriter out;

    JsonLinesWriter(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void write(Fields record) {
        out.print(Json.line(record));
        out.print('\n');
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void end() {
        out.flush();
    }
}
