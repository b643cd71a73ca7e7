package io.tideline.tools.output;

import java.io.PrintWriter;

/** One array with an object a line, printed as the records come. */
final class JsonArrayWriter implements RecordWriter {
    private final PrintWriter out;
    private boolean begun;

    JsonArrayWriter(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void write(Fields record) {
        out.print(begun ? ",\n  " : "[\n  ");
        begun = true;
        out.print(Json.line(record));
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void end() {
        out.print(begun ? "\n]\n" : "[]\n");
        out.flush();
    }
}
