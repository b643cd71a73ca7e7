package io.tideline.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchReportTest {
    private static final BenchReport REPORT = new BenchReport(
            new Environment(Map.of("cores", "2"), Map.of("bench", List.of("-Xmx1g"))),
            BenchSettings.quick(),
            List.of(
                    new BenchResult(
                            "B1",
                            "appends : puts",
                            List.of(
                                    measure("Append", 1234, 1, Map.of("hbase", 70.5)),
                                    measure("put", 1000, 2, Map.of())),
                            List.of(Check.ratioAtLeast("msgs/s", 1234, 1000, 1.0)),
                            List.of("a note")),
                    new BenchResult(
                            "B6",
                            "seen",
                            List.of(measure("seen", 10, 6, Map.of())),
                            List.of(Check.atMost("p50 ms", 6, 5)),
                            List.of()),
                    new BenchResult(
                            "T1", "sizes", List.of(), List.of(Check.ratioAtMost("bytes", 1, 4, 0.3)), List.of())));

    private static Measure measure(String name, double perSecond, double p50, Map<String, Double> cpu) {
        return new Measure(name, perSecond, perSecond, perSecond, p50, p50 + 1, p50 + 2, 100, 0, cpu);
    }

    @Test
    void printTable_results_haveOneRowForEachCheck() {
        StringWriter text = new StringWriter();

        REPORT.printTable(new PrintWriter(text));

        assertThat(text.toString())
                .contains("cores: 2", "closed loop", "B1: a note", "CPU us per operation: hbase 70.5");
        assertThat(text.toString()
                        .lines()
                        .filter(line -> line.matches("\\| [BT]\\d.*"))
                        .map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "| B1 | appends : puts | msgs/s | 1,234 | 1,000 | 1.23 | >= 1.00 | PASS | 1.00 / 2.00 / 3.00 |"
                                + " 2.00 / 3.00 / 4.00 |",
                        "| B6 | seen | p50 ms | 6.00 | - | - | <= 5.00 | FAIL | 6.00 / 7.00 / 8.00 | - |",
                        "| T1 | sizes | bytes | 1.00 | 4.00 | 0.25 | <= 0.30 | PASS | - | - |");
    }

    @Test
    void writeJson_results_isWellFormedWithItsFields(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("new").resolve("bench.json");

        REPORT.writeJson(file);

        Set<String> names = new HashSet<>();
        try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    names.add(parser.currentName());
                }
            }
        }
        assertThat(names).contains("environment", "jvmFlags", "settings", "results", "ratio", "p999Millis", "passed");
    }

    @Test
    void passed_oneCheckMissed_isFalse() {
        assertThat(REPORT.passed()).isFalse();
    }

    @Test
    void number_ofAnySize_isShort() {
        assertThat(BenchReport.number(0.5)).isEqualTo("0.50");
        assertThat(BenchReport.number(12.34)).isEqualTo("12.3");
        assertThat(BenchReport.number(12345.6)).isEqualTo("12,346");
    }
}
