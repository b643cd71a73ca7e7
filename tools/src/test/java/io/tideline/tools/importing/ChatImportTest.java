package io.tideline.tools.importing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.error.OutcomeUnknownException;
import io.tideline.core.error.SchemaMismatchException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.tools.CliFixture;
import io.tideline.tools.CliFixture.Run;
import io.tideline.tools.chatlog.ChatEvent;
import io.tideline.tools.chatlog.ChatEventParser;
import io.tideline.tools.chatlog.ChatLogReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChatImportTest {
    private static final Path DEMO = Path.of("../docs/demo/ubuntu.jsonl.gz");
    private static final int DEMO_MESSAGES = 1_221;

    /** Nothing is recognised by the server: only reading back keeps a second run from doubling. */
    private final CliFixture forgetful = new CliFixture(Duration.ZERO);

    private final CliFixture cli = new CliFixture();

    @TempDir
    Path directory;

    @AfterEach
    void stop() {
        forgetful.close();
        cli.close();
    }

    private Path file(String... lines) throws IOException {
        return Files.write(directory.resolve("log.jsonl"), List.of(lines));
    }

    private static String message(String channel, String nick, String text) {
        return "{\"channel\":\"%s\",\"kind\":\"message\",\"nick\":\"%s\",\"text\":\"%s\"}"
                .formatted(channel, nick, text);
    }

    private static List<String> expected(Path log, String importId) throws IOException {
        List<String> lines = new ArrayList<>();
        try (ChatLogReader reader = ChatLogReader.open(log)) {
            for (Optional<ChatEvent> next = reader.next(); next.isPresent(); next = reader.next()) {
                ChatEvent event = next.get();
                if (event.kind().equals("message")) {
                    lines.add(importId + ":" + event.line() + "|" + event.nick() + "|" + event.text());
                }
            }
        }
        return lines;
    }

    /** What {@code read} shows, in the form of {@link #expected}: the field names happen to fit the parser. */
    private static List<String> stored(CliFixture cli, String timeline) {
        return cli.run("read", timeline, "-o", "jsonl")
                .out()
                .lines()
                .map(line -> {
                    String id = line.replaceFirst(".*?\"clientMessageId\":\"([^\"]*)\".*", "$1");
                    ChatEvent entry = ChatEventParser.parse(1, line.replaceFirst("\"sender\":", "\"nick\":"));
                    return id + "|" + entry.nick() + "|" + entry.text();
                })
                .toList();
    }

    private static String count(Run run, String field) {
        return run.out().replaceFirst("(?s).*\"" + field + "\":(\\d+).*", "$1");
    }

    private static Run importDemo(CliFixture cli, String... more) {
        List<String> args = new ArrayList<>(List.of("import", DEMO.toString(), "-o", "jsonl", "--batch", "100"));
        args.addAll(List.of(more));
        return cli.run(args.toArray(String[]::new));
    }

    @Test
    void import_wholeFile_isInOrderAndByteIdentical() throws IOException {
        Run run = importDemo(cli);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(count(run, "appended")).isEqualTo("" + DEMO_MESSAGES);
        assertThat(count(run, "otherKinds")).isEqualTo("252");
        assertThat(stored(cli, "#ubuntu")).hasSize(DEMO_MESSAGES).isEqualTo(expected(DEMO, "ubuntu.jsonl.gz"));
    }

    @Test
    void import_again_appendsNothing() {
        importDemo(forgetful);
        int before = forgetful.store.appends();

        Run again = importDemo(forgetful);

        assertThat(again.exitCode()).isZero();
        assertThat(count(again, "appended")).isEqualTo("0");
        assertThat(count(again, "alreadyThere")).isEqualTo("" + DEMO_MESSAGES);
        assertThat(forgetful.store.appends()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void import_brokenOff_goesOnBehindTheLastLine(int brokenAt) throws IOException {
        // The append is done, its answer lost for good: as if the importer had been killed while it waited.
        forgetful.store.onAppend((number, answer) -> number < brokenAt
                ? answer
                : CompletableFuture.failedFuture(new SchemaMismatchException("broken", Map.of(), null)));
        Run broken = importDemo(forgetful);
        forgetful.store.onAppend((number, answer) -> answer);

        Run resumed = importDemo(forgetful);

        assertThat(broken.exitCode()).isEqualTo(4);
        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        assertThat(stored(forgetful, "#ubuntu")).isEqualTo(expected(DEMO, "ubuntu.jsonl.gz"));
    }

    @Test
    void import_lostAnswersAndRefusals_keepOrderAndNumber() throws IOException {
        cli.store.onAppend((number, answer) -> switch (number % 3) {
            case 0 -> CompletableFuture.failedFuture(new OutcomeUnknownException("lost", Map.of(), null));
            case 1 -> CompletableFuture.failedFuture(new StorageUnavailableException("away", Map.of(), null));
            default -> answer;
        });

        Run run = importDemo(cli);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(stored(cli, "#ubuntu")).isEqualTo(expected(DEMO, "ubuntu.jsonl.gz"));
    }

    @Test
    void import_serverRestartsMeanwhile_keepsOrderAndNumber() throws Exception {
        CompletableFuture<Void> restarted = new CompletableFuture<>();
        cli.store.onAppend((number, answer) -> {
            if (number == 3) {
                Thread restart = new Thread(() -> {
                    cli.restartServer();
                    restarted.complete(null);
                });
                restart.start();
                // Never answered: the server goes down over it.
                return new CompletableFuture<>();
            }
            return answer;
        });

        Run run = importDemo(cli);

        assertThat(restarted).isCompleted();
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(stored(cli, "#ubuntu")).isEqualTo(expected(DEMO, "ubuntu.jsonl.gz"));
    }

    @Test
    void import_othersWroteSince_isFoundBehindThem() throws IOException {
        Path log = file(message("#a", "ann", "one"), message("#a", "bob", "two"));
        forgetful.run("import", log.toString());
        String[] more = IntStream.range(0, 30).mapToObj(i -> "later " + i).toArray(String[]::new);
        List<String> append = new ArrayList<>(List.of("append", "#a"));
        append.addAll(List.of(more));
        forgetful.run(append.toArray(String[]::new));

        Run again = forgetful.run("import", log.toString(), "-o", "jsonl");

        assertThat(count(again, "alreadyThere")).isEqualTo("2");
        assertThat(stored(forgetful, "#a")).hasSize(32);
    }

    @Test
    void import_grownFile_appendsTheNewLines() throws IOException {
        forgetful.run("import", file(message("#a", "ann", "one")).toString());

        Run run = forgetful.run(
                "import",
                file(message("#a", "ann", "one"), message("#a", "bob", "two")).toString(),
                "-o",
                "jsonl");

        assertThat(count(run, "appended")).isEqualTo("1");
        assertThat(stored(forgetful, "#a")).containsExactly("log.jsonl:1|ann|one", "log.jsonl:2|bob|two");
    }

    @Test
    void import_otherFileUnderTheSameId_isRefused() throws IOException {
        forgetful.run("import", file(message("#a", "ann", "one")).toString());

        Run other = forgetful.run("import", file(message("#a", "ann", "ONE")).toString());
        Run shorter =
                forgetful.run("import", file("", message("#a", "ann", "later")).toString());

        assertThat(other.exitCode()).isEqualTo(4);
        assertThat(other.err()).contains("line 1: imported before with another content", "--import-id");
        assertThat(shorter.exitCode()).isEqualTo(4);
        assertThat(stored(forgetful, "#a")).hasSize(1);
    }

    @Test
    void import_severalChannels_goToOneTimelineEach() throws IOException {
        Path log = file(
                message("#a", "ann", "a1"),
                message("#b/c", "ann", "b1"),
                message("#a", "bob", "a2"),
                message("#b/c", "bob", "b2"));

        Run run = cli.run("import", log.toString(), "-o", "jsonl", "--app", "chat", "--import-id", "i");

        assertThat(run.out()).contains("\"lastSeq\":{\"chat/conversation/#a\":2,\"chat/conversation/#b/c\":2}");
        assertThat(stored(cli, "chat/conversation/#a")).containsExactly("i:1|ann|a1", "i:3|bob|a2");
        assertThat(stored(cli, "chat/conversation/#b/c")).containsExactly("i:2|ann|b1", "i:4|bob|b2");
    }

    @Test
    void import_givenTimeline_takesAllChannels() throws IOException {
        Path log = file(message("#a", "ann", "1"), message("#b", "bob", "2"));

        cli.run("import", log.toString(), "--timeline", "chat/conversation/in/one");

        assertThat(stored(cli, "chat/conversation/in/one")).containsExactly("log.jsonl:1|ann|1", "log.jsonl:2|bob|2");
    }

    @Test
    void import_kindsAndEmptyTexts_areCounted() throws IOException {
        Path log = file(
                "{\"channel\":\"#a\",\"kind\":\"join\",\"nick\":\"ann\"}",
                "{\"channel\":\"#a\",\"kind\":\"message\",\"nick\":\"ann\"}",
                message("#a", "ann", ""),
                "{\"channel\":\"#a\",\"kind\":\"action\",\"nick\":\"ann\",\"text\":\"waves\"}");

        Run run = cli.run("import", log.toString(), "-o", "jsonl", "--kinds", "message,action");

        assertThat(count(run, "otherKinds")).isEqualTo("1");
        assertThat(count(run, "withoutText")).isEqualTo("2");
        assertThat(stored(cli, "#a")).containsExactly("log.jsonl:2|ann|", "log.jsonl:3|ann|", "log.jsonl:4|ann|waves");
    }

    @Test
    void import_originalTimes_areThoseOfTheFile() throws IOException {
        Path log = file(
                timed("2006-06-08T06:18:00Z", "one"),
                timed("2006-06-08T08:17:00+02:00", "a minute before, by a clock that is wrong"),
                timed("2006-06-09T00:00:00.5Z", "three"));

        Run run = cli.run("import", log.toString(), "--original-times");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(cli.run("read", "#a", "-o", "jsonl").out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("2006-06-08T06:18:00"),
                        line -> assertThat(line).contains("2006-06-08T06:18:00"),
                        line -> assertThat(line).contains("2006-06-09T00:00:00.5"));
    }

    @Test
    void import_originalTimesThatAreNone_stopWithTheLine() throws IOException {
        Run missing = cli.run("import", file(message("#a", "ann", "one")).toString(), "--original-times");
        Run future = cli.run("import", file(timed("2999-01-01T00:00:00Z", "x")).toString(), "--original-times");
        Run group = cli.run(
                "import", file(timed("2006-06-08T06:18:00Z", "x")).toString(), "--original-times", "--as-group");

        assertThat(missing.exitCode()).isEqualTo(4);
        assertThat(missing.err()).contains("line 1: ts: no time");
        assertThat(future.exitCode()).isNotZero();
        assertThat(future.err()).contains("original_time");
        assertThat(group.exitCode()).isEqualTo(2);
    }

    private static String timed(String time, String text) {
        return "{\"ts\":\"%s\",\"channel\":\"#a\",\"kind\":\"message\",\"nick\":\"ann\",\"text\":\"%s\"}"
                .formatted(time, text);
    }

    @Test
    void import_oversizedText_stopsOrIsSkipped() throws IOException {
        String largest = "x".repeat(256 * 1024);
        Path log = file(message("#a", "ann", largest), message("#a", "ann", largest + "x"), message("#a", "bob", "z"));

        Run stopped = cli.run("import", log.toString());
        Run skipped = cli.run("import", log.toString(), "--skip-oversized", "-o", "jsonl");

        assertThat(stopped.exitCode()).isEqualTo(4);
        assertThat(stopped.err()).contains("line 2: text of 262145 bytes");
        assertThat(skipped.exitCode()).as(skipped.err()).isZero();
        assertThat(count(skipped, "oversized")).isEqualTo("1");
        assertThat(stored(cli, "#a")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"channel\":\"#a\",\"kind\":\"message\",\"text\":\"x\"}",
                "{\"channel\":\"\",\"kind\":\"message\",\"nick\":\"ann\",\"text\":\"x\"}",
                "{\"channel\":\"#a\",\"kind\":\"message\",\"nick\":\"ann\",\"text\":\"\\ud800\"}",
                "nonsense"
            })
    void import_badLine_isRefusedByItsNumber(String line) throws IOException {
        Run run = cli.run("import", file("", line).toString());

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).startsWith("tideline: line 2: ").hasLineCount(1);
    }
}
