package io.tideline.hbase.archive.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.tideline.core.export.ExportColumn;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Read back by an engine that shares no code with what has written. */
final class ParquetExportFormatTest {
    private static final List<ExportColumn> COLUMNS = List.of(
            new ExportColumn("seq", ExportColumn.Type.NUMBER),
            new ExportColumn("serverTime", ExportColumn.Type.TIME),
            new ExportColumn("text", ExportColumn.Type.TEXT),
            new ExportColumn("added", ExportColumn.Type.FLAG),
            new ExportColumn("attributes", ExportColumn.Type.TEXTS),
            new ExportColumn("reactions", ExportColumn.Type.NUMBERS));

    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("messages.parquet");
    }

    private long write(String... lines) throws IOException {
        String text = List.of(lines).stream().map(line -> line + "\n").collect(Collectors.joining());
        return new ParquetExportFormat()
                .write(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), COLUMNS, file());
    }

    /** Cells of each row, joined; no cell holds a bar. */
    private List<String> query(String select) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet found = statement.executeQuery(select.replace("FILE", "'" + file() + "'"))) {
            while (found.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    row.append(i > 1 ? "|" : "").append(found.getString(i));
                }
                rows.add(row.toString());
            }
        }
        return rows;
    }

    @Test
    void write_everyType_isReadBackByAnotherEngine() throws Exception {
        long rows = write(
                "{\"seq\":1,\"serverTime\":\"2024-02-29T23:59:59.123456Z\",\"text\":\"grüße \\u2028 \\\"😀\\\"\",\"added\":true}",
                "{\"attributes\":{\"title\":\"A\",\"b\":\"\"},\"reactions\":{\"👍\":3}}",
                "{\"seq\":9223372036854775807,\"attributes\":{},\"text\":\"\"}",
                "{}");

        assertThat(rows).isEqualTo(4);
        assertThat(query("select seq, epoch_us(serverTime), text, added from FILE"))
                .containsExactly(
                        "1|1709251199123456|grüße \u2028 \"😀\"|true",
                        "null|null|null|null",
                        "9223372036854775807|null||null",
                        "null|null|null|null");
        assertThat(query("select attributes['title'], reactions['👍'], cardinality(attributes) from FILE"))
                .containsExactly("null|null|null", "A|3|2", "null|null|0", "null|null|null");
        assertThat(query("select name, type from (describe select * from FILE) t(name, type, x, y, z, w)"))
                .contains("serverTime|TIMESTAMP WITH TIME ZONE", "reactions|MAP(VARCHAR, BIGINT)", "text|VARCHAR");
    }

    @Test
    void write_manyLines_areAllThere_andTheFileIsReplaced() throws Exception {
        Files.writeString(file(), "something else");
        String[] lines = IntStream.range(0, 50_000)
                .mapToObj(i -> "{\"seq\":" + i + ",\"text\":\"message number " + i + "\"}")
                .toArray(String[]::new);

        assertThat(write(lines)).isEqualTo(50_000);

        assertThat(query("select count(*), count(distinct text), sum(seq) from FILE"))
                .containsExactly("50000|50000|1249975000");
        assertThat(query("select distinct compression from parquet_metadata(FILE)"))
                .containsExactly("ZSTD");
    }

    @Test
    void write_nothing_isAFileWithColumnsAndNoRows() throws Exception {
        assertThat(write()).isZero();

        assertThat(query("select count(*), count(text) from FILE")).containsExactly("0|0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"seq\":1",
                "{\"seq\":1}{\"seq\":2}",
                "{\"unknown\":1}",
                "{\"seq\":\"1\"}",
                "{\"seq\":1.5}",
                "{\"text\":1}",
                "{\"serverTime\":\"yesterday\"}",
                "{\"added\":\"true\"}",
                "{\"attributes\":3}",
                "{\"reactions\":{\"x\":\"y\"}}"
            })
    void write_whatNoColumnCanHold_isAnError(String line) {
        assertThatIOException().isThrownBy(() -> write("{\"seq\":1}", line));
    }
}
