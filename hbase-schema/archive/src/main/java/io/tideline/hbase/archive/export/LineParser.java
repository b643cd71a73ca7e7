package io.tideline.hbase.archive.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tideline.core.export.ExportColumn;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads lines of an export as rows. Whatever a line holds that no column can stops it: nothing is left out unsaid. */
final class LineParser {
    private final JsonFactory json = new JsonFactory();
    private final List<ExportColumn> columns;
    private final Map<String, Integer> places = new HashMap<>();

    LineParser(List<ExportColumn> columns) {
        this.columns = List.copyOf(columns);
        for (ExportColumn column : columns) {
            if (places.put(column.name(), places.size()) != null) {
                throw new IllegalArgumentException("columns: two of " + column.name() + " (expected: one of each)");
            }
        }
    }

    Row parse(String line) throws IOException {
        List<@Nullable Object> values = new ArrayList<>(columns.size());
        columns.forEach(column -> values.add(null));
        try (JsonParser parser = json.createParser(line)) {
            require(parser.nextToken() == JsonToken.START_OBJECT, "no object");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                @Nullable Integer place = places.get(parser.currentName());
                if (place == null) {
                    throw malformed("a field that no column has");
                }
                parser.nextToken();
                values.set(place, value(columns.get(place).type(), parser));
            }
            require(parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null, "not one object");
        }
        return new Row(values);
    }

    private static Object value(ExportColumn.Type type, JsonParser parser) throws IOException {
        return switch (type) {
            case TEXT -> text(parser);
            case NUMBER -> number(parser);
            case FLAG -> parser.getBooleanValue();
            case TIME -> micros(text(parser));
            case TEXTS, NUMBERS -> map(type, parser);
        };
    }

    private static Map<String, Object> map(ExportColumn.Type type, JsonParser parser) throws IOException {
        require(parser.currentToken() == JsonToken.START_OBJECT, "another value than an object");
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            map.put(name, type == ExportColumn.Type.TEXTS ? text(parser) : (Object) number(parser));
        }
        return map;
    }

    private static String text(JsonParser parser) throws IOException {
        require(parser.currentToken() == JsonToken.VALUE_STRING, "another value than a text");
        return parser.getText();
    }

    private static long number(JsonParser parser) throws IOException {
        require(parser.currentToken() == JsonToken.VALUE_NUMBER_INT, "another value than a whole number");
        return parser.getLongValue();
    }

    private static long micros(String time) throws IOException {
        try {
            return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(time));
        } catch (DateTimeException | ArithmeticException e) {
            throw new IOException("a line of an export has another text than a time", e);
        }
    }

    /** Without the line, which is what users said. */
    private static void require(boolean condition, String found) throws IOException {
        if (!condition) {
            throw malformed(found);
        }
    }

    private static IOException malformed(String found) {
        return new IOException("a line of an export has " + found);
    }
}
