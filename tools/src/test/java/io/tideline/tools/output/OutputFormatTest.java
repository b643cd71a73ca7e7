package io.tideline.tools.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class OutputFormatTest {
    private static final List<Column> COLUMNS =
            List.of(Column.number("seq"), Column.text("clientMessageId"), Column.text("text"));

    private final StringWriter printed = new StringWriter();

    private String print(OutputFormat format, Fields... records) {
        RecordWriter writer = RecordWriter.of(format, COLUMNS, new PrintWriter(printed));
        for (Fields record : records) {
            writer.write(record);
        }
        writer.end();
        return printed.toString();
    }

    private static Fields record(long seq, String id, String text) {
        return new Fields().put("seq", seq).put("clientMessageId", id).put("text", text);
    }

    @Test
    void table_alignsAndShowsControlCharacters() {
        assertThat(print(
                        OutputFormat.table,
                        record(9, "a", "one\ntwo \u001b[2J"),
                        record(10, "b-long-id-that-is-wide", "ü")))
                .isEqualTo("""
                        SEQ  CLIENT_MESSAGE_ID       TEXT
                          9  a                       one\\ntwo \\u001b[2J
                         10  b-long-id-that-is-wide  ü
                        """);
    }

    @Test
    void table_flushed_keepsTheWidthsOfTheBeginning() {
        RecordWriter writer = RecordWriter.of(OutputFormat.table, COLUMNS, new PrintWriter(printed));
        writer.write(record(1, "a", "x"));
        writer.flush();
        writer.write(record(2, "b", "y"));
        writer.end();

        assertThat(printed.toString()).isEqualTo("""
                        SEQ  CLIENT_MESSAGE_ID  TEXT
                          1  a                  x
                          2  b                  y
                        """);
    }

    @Test
    void json_isOneArray() {
        assertThat(print(OutputFormat.json, record(1, "a", "x\n"), record(2, "b", "\"")))
                .isEqualTo("""
                        [
                          {"seq":1,"clientMessageId":"a","text":"x\\n"},
                          {"seq":2,"clientMessageId":"b","text":"\\""}
                        ]
                        """);
    }

    @Test
    void json_withoutRecords_isAnEmptyArray() {
        assertThat(print(OutputFormat.json)).isEqualTo("[]\n");
    }

    @Test
    void jsonl_isAnObjectALine_withoutAbsentFields() {
        Fields nested = new Fields()
                .put("a", null)
                .put("b", true)
                .put("c", List.of(1L, 2.5))
                .put("d", Map.of("e", "f"));

        assertThat(print(OutputFormat.jsonl, record(1, "a", "x"), nested)).isEqualTo("""
                        {"seq":1,"clientMessageId":"a","text":"x"}
                        {"b":true,"c":[1,2.5],"d":{"e":"f"}}
                        """);
    }

    @ParameterizedTest
    @EnumSource
    void document_inEachFormat(OutputFormat format) {
        Fields document = new Fields()
                .put("timeline", "a/inbox/b")
                .put("lastSeq", 7L)
                .put("attributes", new TreeMap<>(Map.of("title", "T", "x", "line\nend")))
                .put("cells", List.of(new Fields().put("row", "00"), new Fields().put("row", "01")));

        new DocumentPrinter(format, new PrintWriter(printed)).print(document);

        assertThat(printed.toString())
                .isEqualTo(
                        switch (format) {
                            case table -> """
                                timeline    a/inbox/b
                                lastSeq     7
                                attributes
                                  title  T
                                  x      line\\nend
                                cells
                                  00
                                  01
                                """;
                            case json -> """
                                {
                                  "timeline" : "a/inbox/b",
                                  "lastSeq" : 7,
                                  "attributes" : {
                                    "title" : "T",
                                    "x" : "line\\nend"
                                  },
                                  "cells" : [
                                    {
                                      "row" : "00"
                                    },
                                    {
                                      "row" : "01"
                                    }
                                  ]
                                }
                                """;
                            case jsonl -> """
                                {"timeline":"a/inbox/b","lastSeq":7,"attributes":{"title":"T","x":"line\\nend"},"cells":[{"row":"00"},{"row":"01"}]}
                                """;
                        });
    }
}
