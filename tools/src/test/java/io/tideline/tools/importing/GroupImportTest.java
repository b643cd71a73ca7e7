package io.tideline.tools.importing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.error.OutcomeUnknownException;
import io.tideline.tools.CliFixture;
import io.tideline.tools.CliFixture.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GroupImportTest {
    private final CliFixture cli = new CliFixture();

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        cli.close();
    }

    private static String line(String kind, String nick, String text, String to) {
        return "{\"channel\":\"#c\",\"kind\":\"%s\",\"nick\":\"%s\",\"text\":\"%s\",\"to\":\"%s\"}"
                .formatted(kind, nick, text, to);
    }

    private static final List<String> LOG = List.of(
            line("join", "ann", "", ""),
            line("join", "bob", "", ""),
            line("message", "ann", "hi bob", "bob"),
            line("leave", "bob", "", ""),
            line("join", "bob", "", ""),
            line("leave", "bob", "", ""),
            line("join", "bob", "", ""),
            line("message", "cid", "hello", ""),
            line("nick", "cid", "cid_", ""),
            line("join", "dan", "", ""));

    private Run importLines(int count, String... more) throws IOException {
        Path file = Files.write(directory.resolve("log.jsonl"), LOG.subList(0, count));
        List<String> args = new ArrayList<>(List.of("import", file.toString(), "--as-group", "-o", "jsonl"));
        args.addAll(List.of(more));
        return cli.run(args.toArray(String[]::new));
    }

    /** What the owner sees, without personal messages. */
    private List<String> history() {
        String id = conversation();
        return cli.run("message", "list", id, "--as", "import", "-o", "jsonl")
                .out()
                .lines()
                .map(line -> line.replaceFirst(".*\"sender\":\"([^\"]*)\".*\"text\":\"([^\"]*)\".*", "$1: $2"))
                .toList();
    }

    private String conversation() {
        return cli.run("conversations", "--as", "import", "-o", "jsonl")
                .out()
                .replaceFirst("(?s).*?\"conversationId\":\"([^\"]*)\".*", "$1");
    }

    private static final String[] WHOLE = {
        "import: joined import",
        "import: joined ann, bob",
        "ann: hi bob",
        "import: left bob",
        "import: joined bob",
        "import: left bob",
        "import: joined bob, cid",
        "cid: hello",
        "import: left cid",
        "import: joined cid_, dan"
    };

    @Test
    void log_becomesMembersMessagesAndNotices() throws IOException {
        Run run = importLines(LOG.size());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("\"sent\":2", "\"joined\":7", "\"left\":3", "\"notices\":1");
        assertThat(history()).endsWith(WHOLE);
        assertThat(cli.run("unread", "--as", "bob", "-o", "jsonl").out()).contains("\"unread\":2,");
    }

    @Test
    void repeat_changesNothing() throws IOException {
        importLines(LOG.size());

        Run run = importLines(LOG.size());

        assertThat(run.out())
                .contains("\"sent\":0", "\"alreadyThere\":2", "\"joined\":0", "\"left\":0", "\"notices\":0");
        assertThat(history()).endsWith(WHOLE);
    }

    @Test
    void runThatEndedAnywhere_goesOnThere() throws IOException {
        for (int lines = 1; lines <= LOG.size(); lines++) {
            Run run = importLines(lines);
            assertThat(run.exitCode()).as("%s lines: %s", lines, run.err()).isZero();
        }

        List<String> changes = List.copyOf(history());
        assertThat(changes)
                .filteredOn(change -> change.contains("left"))
                .containsExactly("import: left bob", "import: left bob", "import: left cid");
        assertThat(changes).filteredOn(change -> change.contains("hi bob")).hasSize(1);
        assertThat(changes).filteredOn(change -> change.contains("joined bob")).hasSize(3);
        assertThat(cli.run("unread", "--as", "bob", "-o", "jsonl").out()).contains("\"unread\":2,");
    }

    @Test
    void failureOnTheWay_doublesNothing() throws IOException {
        cli.store.onAppend((number, answer) -> number % 3 == 0
                ? answer.thenCompose(done ->
                        CompletableFuture.failedFuture(new OutcomeUnknownException("not known", Map.of(), null)))
                : answer);

        Run run = importLines(LOG.size());

        assertThat(run.exitCode()).isZero();
        assertThat(history()).filteredOn(change -> change.contains("hi bob")).hasSize(1);
        assertThat(cli.run("unread", "--as", "bob", "--recount", "-o", "jsonl").exitCode())
                .isZero();
    }

    @Test
    void otherFileOfTheSameId_isRefused() throws IOException {
        importLines(3);
        Path other = Files.write(
                directory.resolve("log.jsonl"),
                List.of(LOG.get(0), LOG.get(1), line("message", "ann", "something else", "bob")));

        Run run = cli.run("import", other.toString(), "--as-group");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).contains("line 3: imported before with another content");
    }
}
