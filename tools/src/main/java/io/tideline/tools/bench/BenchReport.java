package io.tideline.tools.bench;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The results of a run, for people (a Markdown table) and for machines (JSON).
 *
 */
record BenchReport(Environment environment, BenchSettings settings, List<BenchResult> results) {
    private static final List<String> HEADINGS = List.of(
            "name",
            "what : baseline",
            "figure",
            "subject",
            "baseline",
            "ratio",
            "target",
            "verdict",
            "subject p50/p99/p99.9 ms",
            "baseline p50/p99/p99.9 ms");

    BenchReport {
        results = List.copyOf(results);
    }

    boolean passed() {
        return results.stream().allMatch(BenchResult::passed);
    }

    /** One row for each check, notes below. */
    void printTable(PrintWriter out) {
        environment.facts().forEach((name, value) -> out.println(name + ": " + value));
        out.println(String.format(
                Locale.ROOT,
                "closed loop unless noted, %d bytes of payload, medians of %d rounds of %.0f s each in turns, after %.0f s of"
                        + " warm-up each",
                BenchSettings.PAYLOAD_BYTES,
                settings.rounds(),
                settings.phase().toMillis() / 1e3,
                settings.warmUp().toMillis() / 1e3));
        out.println();
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        for (BenchResult result : results) {
            for (Check check : result.checks()) {
                rows.add(row(result, check));
            }
        }
        printRows(rows, out);
        out.println();
        results.forEach(result -> printNotes(result, out));
        out.flush();
    }

    private static List<String> row(BenchResult result, Check check) {
        return List.of(
                result.id(),
                result.what(),
                check.figure(),
                number(check.subject()),
                check.isAbsolute() ? "-" : number(check.baseline()),
                check.isAbsolute() ? "-" : String.format(Locale.ROOT, "%.2f", check.ratio()),
                (check.atLeast() ? ">= " : "<= ") + number(check.target()),
                result.passed(check) ? "PASS" : "FAIL",
                latencies(result.measures(), 0),
                check.isAbsolute() ? "-" : latencies(result.measures(), 1));
    }

    /** Those of a side; sizes, for one, have none. */
    private static String latencies(List<Measure> measures, int side) {
        return side < measures.size() ? latencies(measures.get(side)) : "-";
    }

    private static String latencies(Measure measure) {
        return number(measure.p50Millis()) + " / " + number(measure.p99Millis()) + " / " + number(measure.p999Millis());
    }

    /** Three digits or so, whatever the size. */
    static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }

    private static void printRows(List<List<String>> rows, PrintWriter out) {
        int[] widths = new int[HEADINGS.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (int r = 0; r < rows.size(); r++) {
            out.println(line(rows.get(r), widths, " "));
            if (r == 0) {
                out.println(line(Collections.nCopies(widths.length, ""), widths, "-"));
            }
        }
    }

    private static String line(List<String> cells, int[] widths, String fill) {
        StringBuilder line = new StringBuilder("|");
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            line.append(fill)
                    .append(cell)
                    .append(fill.repeat(widths[i] - cell.length()))
                    .append(fill)
                    .append('|');
        }
        return line.toString();
    }

    private static void printNotes(BenchResult result, PrintWriter out) {
        result.measures().forEach(measure -> out.println(result.id() + ": " + details(measure)));
        result.notes().forEach(note -> out.println(result.id() + ": " + note));
    }

    private static String details(Measure measure) {
        StringBuilder line = new StringBuilder(measure.name())
                .append(": ")
                .append(number(measure.perSecond()))
                .append("/s (rounds ")
                .append(number(measure.slowestPerSecond()))
                .append(" to ")
                .append(number(measure.fastestPerSecond()))
                .append("), ")
                .append(latencies(measure))
                .append(" ms, ")
                .append(String.format(Locale.ROOT, "%,d", measure.operations()))
                .append(" operations");
        if (measure.failures() > 0) {
            line.append(", ").append(measure.failures()).append(" FAILED");
        }
        if (!measure.cpuMicros().isEmpty()) {
            line.append("; CPU us per operation:");
            new TreeMap<>(measure.cpuMicros())
                    .forEach((process, micros) ->
                            line.append(' ').append(process).append(' ').append(number(micros)));
        }
        return line.toString();
    }

    void writeJson(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try (JsonGenerator json = new JsonFactory().createGenerator(file.toFile(), JsonEncoding.UTF8)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            writeEnvironment(json);
            writeSettings(json);
            json.writeArrayFieldStart("results");
            for (BenchResult result : results) {
                writeResult(json, result);
            }
            json.writeEndArray();
            json.writeBooleanField("passed", passed());
            json.writeEndObject();
        }
    }

    private void writeEnvironment(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("environment");
        for (Map.Entry<String, String> fact : environment.facts().entrySet()) {
            json.writeStringField(fact.getKey(), fact.getValue());
        }
        json.writeObjectFieldStart("jvmFlags");
        for (Map.Entry<String, List<String>> process : environment.jvmFlags().entrySet()) {
            writeStrings(json, process.getKey(), process.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writeSettings(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("settings");
        json.writeStringField("loop", "closed, except B6");
        json.writeNumberField("payloadBytes", BenchSettings.PAYLOAD_BYTES);
        json.writeNumberField("warmUpMillis", settings.warmUp().toMillis());
        json.writeNumberField("phaseMillis", settings.phase().toMillis());
        json.writeNumberField("rounds", settings.rounds());
        json.writeEndObject();
    }

    private static void writeResult(JsonGenerator json, BenchResult result) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", result.id());
        json.writeStringField("what", result.what());
        json.writeArrayFieldStart("checks");
        for (Check check : result.checks()) {
            json.writeStartObject();
            json.writeStringField("figure", check.figure());
            json.writeNumberField("subject", check.subject());
            if (!check.isAbsolute()) {
                json.writeNumberField("baseline", check.baseline());
                json.writeNumberField("ratio", check.ratio());
            }
            json.writeStringField("comparison", check.atLeast() ? ">=" : "<=");
            json.writeNumberField("target", check.target());
            json.writeBooleanField("passed", result.passed(check));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("measures");
        for (Measure measure : result.measures()) {
            writeMeasure(json, measure);
        }
        json.writeEndArray();
        writeStrings(json, "notes", result.notes());
        json.writeEndObject();
    }

    private static void writeMeasure(JsonGenerator json, Measure measure) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", measure.name());
        json.writeNumberField("perSecond", measure.perSecond());
        json.writeNumberField("slowestPerSecond", measure.slowestPerSecond());
        json.writeNumberField("fastestPerSecond", measure.fastestPerSecond());
        json.writeNumberField("p50Millis", measure.p50Millis());
        json.writeNumberField("p99Millis", measure.p99Millis());
        json.writeNumberField("p999Millis", measure.p999Millis());
        json.writeNumberField("operations", measure.operations());
        json.writeNumberField("failures", measure.failures());
        json.writeObjectFieldStart("cpuMicrosPerOperation");
        for (Map.Entry<String, Double> process : new TreeMap<>(measure.cpuMicros()).entrySet()) {
            json.writeNumberField(process.getKey(), process.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeStrings(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
