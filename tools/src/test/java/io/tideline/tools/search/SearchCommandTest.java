package io.tideline.tools.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.tools.CliFixture;
import io.tideline.tools.CliFixture.Run;
import io.tideline.tools.chatlog.ChatEvent;
import io.tideline.tools.chatlog.ChatLogReader;
import io.tideline.tools.command.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SearchCommandTest {
    private static final Path LOG = Path.of("..", "docs", "demo", "ubuntu.jsonl.gz");

    @TempDir
    private static Path directory;

    private static CliFixture cli;
    private static final List<ChatEvent> EVENTS = new ArrayList<>();

    @BeforeAll
    static void importTheLog() throws IOException {
        cli = new CliFixture(InstantSource.system(), Duration.ofDays(7));
        cli.searchIn(directory);
        assertThat(cli.run("import", LOG.toString(), "--app", "irc").exitCode()).isZero();
        try (ChatLogReader reader = ChatLogReader.open(LOG)) {
            for (Optional<ChatEvent> event = reader.next(); event.isPresent(); event = reader.next()) {
                if (event.get().kind().equals("message")) {
                    EVENTS.add(event.get());
                }
            }
        }
    }

    @AfterAll
    static void stop() {
        cli.close();
    }

    private static Run run(String... args) {
        Run run = cli.run(args);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private static List<String> found(String... query) {
        List<String> args = new ArrayList<>(List.of(
                "search", "--app", "irc", "--up-to-date", "--limit", "5000", "--sort", "oldest", "-o", "jsonl"));
        args.addAll(List.of(query));
        return run(args.toArray(String[]::new))
                .out()
                .lines()
                .map(line -> line.replaceFirst(".*\"text\":\"((?:[^\"\\\\]|\\\\.)*)\".*", "$1"))
                .toList();
    }

    /** As JSON has it between quotes. */
    private static List<String> grep(Predicate<ChatEvent> wanted) {
        return EVENTS.stream()
                .filter(wanted)
                .map(event -> event.text().replace("\\", "\\\\").replace("\"", "\\\""))
                .toList();
    }

    private static Predicate<ChatEvent> words(String regex) {
        Pattern pattern = Pattern.compile(
                "(?<![\\p{L}\\p{N}])(?:" + regex + ")(?![\\p{L}\\p{N}])",
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
        return event -> pattern.matcher(event.text()).find();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ubuntu", "grub", "the", "dapper", "install", "help", "nvidia", "com", "5", "dont", "nowhere"})
    void words_agreeWithAGrepOfTheLog(String word) {
        assertThat(found(word)).isEqualTo(grep(words(word)));
    }

    @Test
    void queries_agreeWithAGrepOfTheLog() {
        assertThat(found("ubuntu", "dapper")).isEqualTo(grep(words("ubuntu").and(words("dapper"))));
        assertThat(found("grub OR lilo")).isEqualTo(grep(words("grub").or(words("lilo"))));
        assertThat(found("install -ubuntu"))
                .isEqualTo(grep(words("install").and(words("ubuntu").negate())));
        assertThat(found("--phrase", "i am")).isEqualTo(grep(words("i[^\\p{L}\\p{N}]+am")));
        assertThat(found("--prefix", "inst")).isEqualTo(grep(words("inst[\\p{L}\\p{N}]*")));
        assertThat(found("--sender", "Zapti"))
                .isEqualTo(grep(event -> event.nick().equals("Zapti")));
        assertThat(found("from:Zapti thx"))
                .isEqualTo(grep(words("thx").and(event -> event.nick().equals("Zapti"))));
        assertThat(found()).hasSize(EVENTS.size());
        assertThat(found("--kind", "image")).isEmpty();
        assertThat(found("--until", "2000-01-01")).isEmpty();
        assertThat(found("--conversation", "#ubuntu", "grub")).isEqualTo(grep(words("grub")));
    }

    @Test
    void pages_goOn_andCountsAreTold() {
        Run first = run("search", "the", "--app", "irc", "--up-to-date", "--limit", "3");
        String token = first.err().replaceFirst("(?s).*--page-token (\\S+).*", "$1");

        Run second = run("search", "the", "--app", "irc", "--limit", "3", "--page-token", token);
        Run count = run("search", "the", "--app", "irc", "--count", "-o", "jsonl");

        assertThat(first.out().lines()).hasSize(4);
        assertThat(second.out().lines())
                .hasSize(4)
                .doesNotContainAnyElementsOf(first.out().lines().skip(1).toList());
        assertThat(count.out())
                .contains("\"total\":" + grep(words("the")).size())
                .contains("\"totalExact\":true");
    }

    @Test
    void conversationsAndMembers() {
        Run made = run("conversations", "create", "--app", "trips", "--as", "ann", "--members", "bob", "-o", "jsonl");
        String id = made.out().replaceFirst("(?s).*?\"id\":\"([^\"]*).*", "$1");

        assertThat(run("search", "by:ann", "--app", "trips", "--find", "conversations", "--up-to-date", "-o", "jsonl")
                        .out())
                .contains(id);
        assertThat(run("search", "user:bob", "--app", "trips", "--find", "members", "--up-to-date")
                        .out())
                .contains(id)
                .contains("bob");
    }

    @Test
    void wrongQuery_namesThePosition() {
        Run run = cli.run("search", "grub \"boot", "--app", "irc");

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("at character 6");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "search x --limit 0",
                "search x --since yesterday",
                "search x --sort largest",
                "search x --find members --sort newest",
                "search x --find conversations --kind text",
                "search x --find nothing"
            })
    void badOptions_areRefused(String command) {
        assertThat(cli.run(command.split(" ")).exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void help_hasExamples() {
        Run run = CliFixture.runAlone("search", "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Examples:").contains("tideline search grub boot");
    }
}
