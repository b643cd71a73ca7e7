package io.tideline.tools.output;

import java.io.PrintWriter;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints an answer that is one thing. */
public final class DocumentPrinter {
    private final OutputFormat format;
    private final PrintWriter out;

    public DocumentPrinter(OutputFormat format, PrintWriter out) {
        this.format = format;
        this.out = out;
    }

    /** As {@code name  value} lines, as an indented object or as an object on one line. */
    public void print(Fields document) {
        switch (format) {
            case table -> printLines(document.asMap(), "");
            case json -> out.print(Json.pretty(document) + "\n");
            case jsonl -> out.print(Json.line(document) + "\n");
        }
        out.flush();
    }

    private void printLines(Map<?, ?> fields, String indent) {
        int width = fields.keySet().stream()
                .mapToInt(name -> Cells.width(String.valueOf(name)))
                .max()
                .orElse(0);
        fields.forEach((name, value) -> {
            String shown = Cells.visible(String.valueOf(name));
            if (value instanceof Map<?, ?> nested) {
                out.println(indent + shown);
                printLines(nested, indent + "  ");
            } else if (value instanceof Fields record) {
                String padding = " ".repeat(width - Cells.width(shown) + 2);
                out.println(indent + shown + padding + itemText(record));
            } else if (value instanceof Collection<?> items) {
                out.println(indent + shown);
                items.forEach(item -> out.println(indent + "  " + itemText(item)));
            } else {
                String padding = " ".repeat(width - Cells.width(shown) + 2);
                out.println(indent + shown + padding + Cells.visible(String.valueOf(value)));
            }
        });
    }

    private static String itemText(Object item) {
        return item instanceof Fields fields
                ? fields.asMap().values().stream()
                        .map(value -> Cells.visible(String.valueOf(value)))
                        .collect(Collectors.joining("  "))
                : Cells.visible(String.valueOf(item));
    }
}
