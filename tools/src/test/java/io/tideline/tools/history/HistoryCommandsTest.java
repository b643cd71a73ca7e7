package io.tideline.tools.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.tools.CliFixture;
import io.tideline.tools.CliFixture.Run;
import io.tideline.tools.command.ExitCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HistoryCommandsTest {
    private static CliFixture cli;

    @BeforeAll
    static void start() {
        cli = new CliFixture(InstantSource.system(), Duration.ofDays(7));
    }

    @AfterAll
    static void stop() {
        cli.close();
    }

    /** A group of alice and bob with ten messages; its id. */
    private static String group(String app) {
        Run run = cli.run("conversations", "create", "--app", app, "--as", "alice", "--members", "bob", "-o", "jsonl");
        String id = run.out().replaceFirst("(?s).*?\"id\":\"([^\"]*).*", "$1");
        for (int i = 0; i < 10; i++) {
            String sender = i % 2 == 0 ? "alice" : "bob";
            assertThat(cli.run("send", id, "--app", app, "--sender", sender, "text-" + i)
                            .exitCode())
                    .isZero();
        }
        return id;
    }

    private static Run run(String... args) {
        Run run = cli.run(args);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private static List<String> texts(String... args) {
        return run(args)
                .out()
                .lines()
                .filter(line -> line.contains("text-"))
                .map(line -> line.replaceFirst(".*(text-\\d+).*", "$1"))
                .toList();
    }

    @Test
    void history_newestBeforeAfterAroundAndAtATime() {
        String id = group("h1");
        String[] newest = {"history", id, "--app", "h1", "--user", "bob", "--limit", "3", "-o", "jsonl"};
        assertThat(texts(newest)).containsExactly("text-7", "text-8", "text-9");
        Run last = run("history", id, "--app", "h1", "--all", "--limit", "1", "-o", "jsonl");
        long seq = Long.parseLong(last.out().replaceFirst("(?s).*?\"seq\":(\\d+).*", "$1"));

        String at = Long.toString(seq - 4);
        assertThat(texts("history", id, "--app", "h1", "--all", "--before", at, "--limit", "2"))
                .containsExactly("text-3", "text-4");
        assertThat(texts("history", id, "--app", "h1", "--all", "--after", at, "--limit", "2"))
                .containsExactly("text-6", "text-7");
        assertThat(texts("history", id, "--app", "h1", "--user", "bob", "--context", at, "--limit", "3"))
                .containsExactly("text-4", "text-5", "text-6");
        assertThat(texts("history", id, "--app", "h1", "--all", "--at", "2020-01-01", "--limit", "5"))
                .startsWith("text-0");
        assertThat(texts("history", id, "--app", "h1", "--all", "--at", "2100-01-01"))
                .isEmpty();
        assertThat(run("history", id, "--app", "h1", "--all", "--count", "-o", "jsonl")
                        .out())
                .contains("\"messages\":10");
    }

    @Test
    void locate_saysTheTier() {
        String id = group("h2");

        assertThat(run("locate", id, "3", "--app", "h2", "-o", "jsonl").out()).contains("\"tier\":\"hot\"");
        assertThat(cli.run("locate", id, "999", "--app", "h2").exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(cli.run("locate", id, "--app", "h2").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void erase_message_andUser_withAReport() {
        String id = group("h3");
        Run last = run("history", id, "--app", "h3", "--all", "--limit", "1", "-o", "jsonl");
        String seq = last.out().replaceFirst("(?s).*?\"seq\":(\\d+).*", "$1");

        Run erased = run("erase", "message", id, seq, "--app", "h3", "--yes", "-o", "jsonl");
        assertThat(erased.out()).contains("\"state\":\"succeeded\"").contains("\"proof.found\":\"0\"");
        assertThat(erased.err()).contains("operation erase-");
        run("erase", "user", "bob", "--app", "h3", "--yes", "--id", "gone");

        assertThat(texts("history", id, "--app", "h3", "--user", "alice"))
                .containsExactly("text-0", "text-2", "text-4", "text-6", "text-8");
        assertThat(run("operations", "get", "gone", "-o", "jsonl").out()).contains("removed.hot.message");
        assertThat(run("operations", "list", "--app", "h3").out()).contains("gone");
        assertThat(run("operations", "wait", "gone").out()).contains("succeeded");
        assertThat(cli.run("operations", "cancel", "gone").exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run("erase", "again", "--app", "h3", "--occasion", "r1", "-o", "jsonl")
                        .out()
                        .lines())
                .hasSize(2);
    }

    @Test
    void erase_withoutYes_isRefused() {
        assertThat(cli.run("erase", "user", "bob", "--app", "h4").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("erase", "app", "other", "--app", "h4", "--yes").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("erase").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void erase_beyondTheHead_failsWithItsReason() {
        String id = group("h5");

        Run run = cli.run("erase", "message", id, "999", "--app", "h5", "--yes");

        assertThat(run.exitCode()).isEqualTo(ExitCode.NEGATIVE);
        assertThat(run.out()).contains("SEQUENCE_BEYOND_HEAD");
    }

    @Test
    void export_writesBelowTheDirectory(@TempDir Path directory) {
        String id = group("h6");
        assertThat(cli.run("export", "conversation", id, "--app", "h6").exitCode())
                .isEqualTo(ExitCode.REFUSED);
        cli.exportTo(directory);

        Run run = run("export", "conversation", id, "--app", "h6", "--path", "case/1");

        assertThat(run.out()).contains("succeeded").contains("messages.jsonl.gz");
        assertThat(directory.resolve("case").resolve("1").resolve("manifest.json"))
                .isNotEmptyFile();
        run("export", "conversation", id, "--app", "h6", "--path", "case/2", "--format", "parquet");
        assertThat(directory.resolve("case").resolve("2").resolve("manifest.json"))
                .content()
                .contains("\"name\":\"messages.parquet\"", "\"lines\":");
        assertThat(directory.resolve("case").resolve("2").resolve("messages.parquet"))
                .isNotEmptyFile();
        assertThat(directory.resolve("case").resolve("2").resolve("messages.jsonl.gz"))
                .doesNotExist();
        run("export", "user", "alice", "--app", "h6", "--path", "case/3", "--format", "parquet");
        assertThat(cli.run("export", "user", "alice", "--app", "h6", "--format", "orc")
                        .err())
                .contains("format");
        assertThat(cli.run("export", "conversation", id, "--app", "h6", "--path", "../out")
                        .exitCode())
                .isEqualTo(ExitCode.REFUSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "history",
                "locate",
                "erase",
                "erase message",
                "erase user",
                "erase conversation",
                "erase app",
                "erase again",
                "export",
                "export user",
                "export conversation",
                "operations",
                "operations list",
                "operations get",
                "operations cancel",
                "operations wait"
            })
    void help_hasExamples(String command) {
        String[] words = (command + " --help").split(" ");

        Run run = CliFixture.runAlone(words);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Examples:").contains("tideline " + command);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "history room",
                "history room --all --user bob",
                "history room --all --before 3 --after 4",
                "history room --all --limit 0",
                "history room --all --at yesterday",
                "history room --all --from 2024-01-01"
            })
    void history_badOptions_areRefused(String command) {
        assertThat(cli.run(command.split(" ")).exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
