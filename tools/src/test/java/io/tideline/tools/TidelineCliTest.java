package io.tideline.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.tools.CliFixture.Run;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TidelineCliTest {
    private static CliFixture cli;

    @BeforeAll
    static void start() {
        cli = new CliFixture();
    }

    @AfterAll
    static void stop() {
        cli.close();
    }

    private static Run append(String timeline, String... texts) {
        String[] args = new String[texts.length + 6];
        System.arraycopy(
                new String[] {"append", timeline, "--sender", "ann", "--client-message-id", "m"}, 0, args, 0, 6);
        System.arraycopy(texts, 0, args, 6, texts.length);
        return cli.run(args);
    }

    @Test
    void append_severalTexts_printsReceipts() {
        Run run = append("receipts", "one", "two");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("""
                        SEQ  SERVER_TIME               REPEATED  CLIENT_MESSAGE_ID
                          1  2026-01-02T03:04:05.678Z  false     m-1
                          2  2026-01-02T03:04:05.678Z  false     m-2
                        """);
    }

    @Test
    void append_sameIdSameText_isRepeated() {
        append("repeats", "one");

        Run run = append("repeats", "one");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("true      m\n");
    }

    @Test
    void append_sameIdOtherText_isRefused() {
        append("conflicts", "one");

        Run run = append("conflicts", "two");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("tideline: ALREADY_EXISTS/CLIENT_MESSAGE_CONFLICT")
                .hasLineCount(1);
    }

    @Test
    void append_badField_isNamed() {
        Run run = cli.run("append", "fields", "x", "--sender", "");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err())
                .startsWith("tideline: INVALID_ARGUMENT/")
                .contains("entries[0].sender")
                .hasLineCount(1);
    }

    @Test
    void read_jsonLines_holdEverything() {
        append("chat/conversation/a/b", "ü\n");

        Run run = cli.run("read", "chat/conversation/a/b", "-o", "jsonl");

        assertThat(run.out()).isEqualTo("""
                        {"seq":1,"serverTime":"2026-01-02T03:04:05.678Z","sender":"ann","clientMessageId":"m","kind":"text","text":"ü\\n"}
                        """);
    }

    @Test
    void read_limitAndBackward_followTheRange() {
        append("ranges", "a", "b", "c", "d");

        assertThat(cli.run("read", "ranges", "--backward", "--limit", "2", "-o", "jsonl")
                        .out()
                        .lines())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("{\"seq\":4,");
        assertThat(cli.run("read", "ranges", "--from", "2", "--to", "3", "-o", "jsonl")
                        .out()
                        .lines())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("{\"seq\":2,");
    }

    @Test
    void read_moreThanAPage_isComplete() {
        for (int i = 0; i < 3; i++) {
            String[] texts = new String[700];
            java.util.Arrays.fill(texts, "x");
            String[] args = new String[702];
            args[0] = "append";
            args[1] = "pages";
            System.arraycopy(texts, 0, args, 2, texts.length);
            assertThat(cli.run(args).exitCode()).isZero();
        }

        assertThat(cli.run("read", "pages", "-o", "jsonl").out().lines()).hasSize(2_100);
        assertThat(cli.run("read", "pages", "-o", "jsonl", "--limit", "1500")
                        .out()
                        .lines())
                .hasSize(1_500);
    }

    @Test
    void tail_showsTheLastAndStopsAtCount() {
        append("tails", "a", "b", "c");

        Run run = cli.run("tail", "tails", "-n", "2", "--count", "2");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("""
                        SEQ  SERVER_TIME               SENDER  KIND  TEXT
                          2  2026-01-02T03:04:05.678Z  ann     text  b
                          3  2026-01-02T03:04:05.678Z  ann     text  c
                        """);
    }

    @Test
    void heads_ofUnknownTimeline_isZero() {
        append("headed", "a", "b");

        Run run = cli.run("heads", "headed", "other/personal/nothing", "-o", "jsonl");

        assertThat(run.out()).isEqualTo("""
                        {"timeline":"default/conversation/headed","lastSeq":2,"lastTime":"2026-01-02T03:04:05.678Z","warmThroughSeq":0,"coldThroughSeq":0}
                        {"timeline":"other/personal/nothing","lastSeq":0,"warmThroughSeq":0,"coldThroughSeq":0}
                        """);
    }

    @Test
    void timelines_createUpdateDescribeList() {
        assertThat(cli.run("timelines", "create", "att/conversation/t", "a=1", "b=x=y")
                        .exitCode())
                .isZero();
        assertThat(cli.run("timelines", "create", "att/conversation/t").exitCode())
                .isEqualTo(4);
        assertThat(cli.run("timelines", "update", "att/conversation/t", "a=2", "--remove", "b", "-o", "jsonl")
                        .out())
                .contains("\"attributesVersion\":2,\"attributes\":{\"a\":\"2\"}");
        assertThat(cli.run("timelines", "update", "att/conversation/t", "a=3", "--expect-version", "1")
                        .exitCode())
                .isEqualTo(4);
        assertThat(cli.run("timelines", "describe", "att/conversation/t").out()).contains("attributesVersion  2");
        assertThat(cli.run("timelines", "--app", "att", "--all").out())
                .contains("att/conversation/t")
                .contains("{a=2}");
    }

    @Test
    void timelines_nextPage_isNamedAndReachable() {
        cli.run("timelines", "create", "paged/conversation/1");
        cli.run("timelines", "create", "paged/conversation/2");

        Run first = cli.run("timelines", "--app", "paged", "--page-size", "1", "-o", "jsonl");
        String token = first.err().strip().replaceAll(".* ", "");
        Run second = cli.run("timelines", "--app", "paged", "--page-size", "1", "-o", "jsonl", "--page-token", token);

        assertThat(first.out()).contains("paged/conversation/1").hasLineCount(1);
        assertThat(second.out()).contains("paged/conversation/2").hasLineCount(1);
    }

    @Test
    void describe_unknown_isTheNegativeAnswer() {
        Run run = cli.run("timelines", "describe", "nobody");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("tideline: NOT_FOUND/TIMELINE_NOT_FOUND")
                .hasLineCount(1);
    }

    @Test
    void inspect_showsWhereItIs() {
        append("inspected", "a");

        assertThat(cli.run("inspect", "inspected").out())
                .contains("lastSeq            1\n")
                .contains("table              timelines\n")
                .contains("\n  00ff  e:1  2026-01-02T03:04:05.678Z  7  seq 1\n");
    }

    @Test
    void verify_soundTimeline_isFine() {
        append("verified", "a", "b");

        Run run = cli.run("verify", "verified", "-o", "jsonl");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("""
                        {"timeline":"default/conversation/verified","entries":2,"expired":0,"lastSeq":2,"findingCount":0,"findings":[]}
                        {"timelines":1,"entries":2,"unsoundTimelines":0}
                        """);
    }

    @Test
    void info_showsVersionsAndMetrics() {
        assertThat(cli.run("info").out())
                .contains("storage           in memory\n")
                .contains("metrics\n");
    }

    @Test
    void storageAway_isTold() {
        cli.store.onAppend((number, answer) ->
                CompletableFuture.failedFuture(new StorageUnavailableException("the storage is away", Map.of(), null)));
        try {
            Run run = cli.run("append", "away", "x", "--retry-for", "0s");

            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.err())
                    .startsWith("tideline: UNAVAILABLE/STORAGE_UNAVAILABLE")
                    .hasLineCount(1);
        } finally {
            cli.store.onAppend((number, answer) -> answer);
        }
    }

    @Test
    void nobodyListens_isToldAtOnce() {
        Run run = CliFixture.runAlone("heads", "x", "--server", "127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualTo("tideline: cannot reach 127.0.0.1:1: Connection refused\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "read",
                "read a/b",
                "read x --limit 0",
                "read x --server nowhere",
                "read x --timeout soon",
                "read x -o xml",
                "tail x --from 0",
                "verify",
                "verify x --all",
                "timelines --family group",
                "timelines update x",
                "inspect x --cells 1001",
                "import file --batch 0",
                "import no-such-file"
            })
    void wrongUse_isExitCodeTwo_inOneOrTwoLines(String line) {
        Run run = CliFixture.runAlone(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("tideline: ").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "append",
                "read",
                "tail",
                "heads",
                "timelines",
                "timelines create",
                "timelines update",
                "timelines describe",
                "import",
                "inspect",
                "verify",
                "info",
                "completion"
            })
    void help_hasExamplesAndExitCodes(String command) {
        Run run = CliFixture.runAlone((command + " --help").split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Usage: tideline " + command, "\nExamples:\n  ", "\nExit codes:\n");
    }

    @Test
    void completion_isAScriptForAllCommands() {
        assertThat(CliFixture.runAlone("completion").out())
                .startsWith("#!/usr/bin/env bash")
                .contains("_complete_tideline", "verify");
    }

    @Test
    void warmUp_needsNoServer() {
        assertThat(CliFixture.runAlone("warm-up").exitCode()).isZero();
    }
}
