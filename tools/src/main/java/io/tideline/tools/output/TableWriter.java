package io.tideline.tools.output;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Aligned columns. The widths come from the records before the first flush, or the first {@value #SAMPLE}; a later wider
 * cell pushes its row to the right. The last column is never padded or cut.
 */
final class TableWriter implements RecordWriter {
    private static final int SAMPLE = 500;

    private final List<Column> columns;
    private final PrintWriter out;
    private final List<List<String>> waiting = new ArrayList<>();
    private final int[] widths;
    private boolean titled;

    TableWriter(List<Column> columns, PrintWriter out) {
        this.columns = List.copyOf(columns);
        this.out = out;
        this.widths = new int[columns.size()];
    }

    @Override
    public void write(Fields record) {
        waiting.add(columns.stream().map(column -> record.cell(column.field())).toList());
        if (waiting.size() >= SAMPLE) {
            printWaiting();
        }
    }

    @Override
    public void flush() {
        if (!waiting.isEmpty()) {
            printWaiting();
        }
        out.flush();
    }

    @Override
    public void end() {
        // Also without a record: the titles say that the question was understood.
        printWaiting();
        out.flush();
    }

    private void printWaiting() {
        if (!titled) {
            List<String> titles = columns.stream().map(Column::title).toList();
            widen(titles);
            waiting.forEach(this::widen);
            print(titles);
            titled = true;
        }
        waiting.forEach(this::print);
        waiting.clear();
    }

    private void widen(List<String> cells) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], Cells.width(cells.get(i)));
        }
    }

    private void print(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            String padding = " ".repeat(Math.max(0, widths[i] - Cells.width(cell)));
            boolean last = i == widths.length - 1;
            if (columns.get(i).numeric()) {
                line.append(padding).append(cell);
            } else {
                line.append(cell).append(last ? "" : padding);
            }
            line.append(last ? "" : "  ");
        }
        out.println(line.toString().stripTrailing());
    }
}
