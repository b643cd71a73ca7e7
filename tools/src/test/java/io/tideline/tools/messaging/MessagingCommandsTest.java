package io.tideline.tools.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.SyncCodec;
import io.tideline.tools.CliFixture;
import io.tideline.tools.CliFixture.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MessagingCommandsTest {
    private static CliFixture cli;

    @BeforeAll
    static void start() {
        cli = new CliFixture(InstantSource.system(), Duration.ofDays(7));
    }

    @AfterAll
    static void stop() {
        cli.close();
    }

    private static String jsonField(String json, String name) {
        return json.replaceFirst("(?s).*?\"" + name + "\":\"?([^\",}]*).*", "$1");
    }

    /** A group of alice, bob and carol; its entries are 1 to 3. */
    private static String group(String app) {
        Run run = cli.run(
                "conversations", "create", "--app", app, "--as", "alice", "--members", "bob,carol", "-o", "jsonl");
        assertThat(run.exitCode()).isZero();
        return jsonField(run.out(), "id");
    }

    private static Run send(String app, String id, String sender, String... texts) {
        String[] args = new String[texts.length + 6];
        System.arraycopy(new String[] {"send", id, "--app", app, "--sender", sender}, 0, args, 0, 6);
        System.arraycopy(texts, 0, args, 6, texts.length);
        return cli.run(args);
    }

    private static List<String> lines(String... args) {
        Run run = cli.run(args);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out().lines().toList();
    }

    @Test
    void create_requestIdRepeated_findsTheSame() {
        String[] args = {
            "conversations",
            "create",
            "--app",
            "create",
            "--as",
            "ann",
            "--request-id",
            "r",
            "--attribute",
            "a=1",
            "-o",
            "jsonl"
        };
        String first = cli.run(args).out();

        String second = cli.run(args).out();

        assertThat(first).contains("\"existed\":false", "\"attributes\":{\"a\":\"1\"}", "\"kind\":\"group\"");
        assertThat(second).contains("\"existed\":true");
        assertThat(jsonField(second, "id")).isEqualTo(jsonField(first, "id"));
    }

    @Test
    void create_membersFile_isAdded(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("members"), "bob\n\ncarol\nann\n");

        String created = cli.run(
                        "conversations",
                        "create",
                        "--app",
                        "file",
                        "--as",
                        "ann",
                        "--members-file",
                        file.toString(),
                        "-o",
                        "jsonl")
                .out();

        assertThat(created).contains("\"memberCount\":3");
    }

    @Test
    void members_addRoleRemove_areListed() {
        String id = group("members");

        assertThat(lines("members", "add", id, "dave", "--as", "alice", "--app", "members"))
                .contains("memberCount        4");
        assertThat(lines("members", "role", id, "dave", "moderator", "--as", "alice", "--app", "members"))
                .contains("role            moderator");
        assertThat(lines("members", "remove", id, "dave", "--as", "dave", "--app", "members"))
                .contains("memberCount        3");
        assertThat(lines("members", id, "--app", "members")).hasSize(4).noneMatch(line -> line.startsWith("dave"));
        assertThat(lines("members", id, "--former", "--app", "members")).anyMatch(line -> line.startsWith("dave"));
    }

    @Test
    void send_outsider_isRefused() {
        String id = group("outsider");

        Run run = send("outsider", id, "mallory", "x");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("tideline: PERMISSION_DENIED/NOT_MEMBER")
                .hasLineCount(1);
    }

    @Test
    void sync_showsOnceAndNotAgain() {
        String id = group("sync");
        send("sync", id, "alice", "one", "two");
        cli.run("send", id, "only you", "--sender", "alice", "--personal-to", "bob", "--app", "sync");

        assertThat(lines("sync", "--as", "bob/phone", "--no-ack", "--app", "sync"))
                .hasSize(5);
        assertThat(lines("sync", "--as", "bob/phone", "--page-size", "2", "--all", "--app", "sync"))
                .hasSize(5)
                .last()
                .asString()
                .endsWith("only you");
        assertThat(lines("sync", "--as", "bob/phone", "--app", "sync")).hasSize(1);
        send("sync", id, "alice", "three");
        assertThat(lines("sync", "--as", "bob/phone", "--app", "sync")).hasSize(2);
        assertThat(lines("sync", "--as", "bob/tablet", "--all", "--app", "sync"))
                .hasSize(6);
    }

    @Test
    void unread_goesWithMarksAndChanges() {
        String id = group("unread");
        send("unread", id, "alice", "one", "two", "three");

        assertThat(lines("unread", "--as", "bob", "--app", "unread"))
                .last()
                .asString()
                .matches(id + " +3 .*");
        assertThat(lines("read-mark", id, "4", "--as", "bob", "--app", "unread"))
                .contains("unread          2");
        assertThat(lines("message", "recall", id, "6", "--as", "alice", "--app", "unread"))
                .contains("unchanged  false");
        assertThat(lines("unread", "--as", "bob", "--recount", "-o", "jsonl", "--app", "unread"))
                .contains("{\"total\":1,\"mutedTotal\":0,\"conversationCount\":1}");
        assertThat(lines("read-mark", id, "--mute", "--as", "bob", "--app", "unread"))
                .contains("flags           muted");
        assertThat(lines("read-mark", id, "--all", "--as", "bob", "--app", "unread"))
                .contains("unread          0");
        assertThat(lines("read-mark", id, "--unread", "--as", "bob", "--app", "unread"))
                .contains("flags           muted marked-unread");
    }

    @Test
    void readMark_beyondHead_isRefused() {
        String id = group("beyond");

        Run run = cli.run("read-mark", id, "99", "--as", "bob", "--app", "beyond");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err())
                .startsWith("tideline: OUT_OF_RANGE/READ_MARK_BEYOND_HEAD")
                .hasLineCount(1);
    }

    @Test
    void messages_showWhatBecameOfThem() {
        String id = group("changes");
        send("changes", id, "alice", "one", "two", "three", "four");
        lines("message", "edit", id, "4", "uno", "--as", "alice", "--app", "changes");
        lines("message", "delete", id, "5", "--as", "alice", "--app", "changes");
        lines("message", "delete", id, "6", "--only-for-me", "--as", "bob", "--app", "changes");
        lines("message", "react", id, "7", "+1", "--as", "bob", "--app", "changes");

        assertThat(lines(
                        "message", "list", id, "--from", "4", "--to", "7", "--as", "bob", "-o", "jsonl", "--app",
                        "changes"))
                .satisfiesExactly(
                        line -> assertThat(line).contains("\"state\":\"edited\"", "\"text\":\"uno\""),
                        line -> assertThat(line).contains("\"state\":\"deleted\"", "\"text\":\"\""),
                        line -> assertThat(line).contains("\"state\":\"hidden\"", "\"text\":\"\""),
                        line -> assertThat(line).contains("\"reactions\":{\"+1\":1}", "\"text\":\"four\""));
        assertThat(lines("message", "list", id, "--as", "bob", "--backward", "--limit", "1", "--app", "changes"))
                .last()
                .asString()
                .endsWith("reacted +1 to seq 7");
    }

    @Test
    void recall_ofAnother_isRefused() {
        String id = group("recall");
        send("recall", id, "alice", "one");

        assertThat(cli.run("message", "recall", id, "4", "--as", "bob", "--app", "recall")
                        .err())
                .startsWith("tideline: PERMISSION_DENIED/NOT_OWN_MESSAGE");
    }

    @Test
    void user_showsDevicesAndConversations() {
        String id = group("user");
        send("user", id, "alice", "one");
        lines("sync", "--as", "bob/phone", "--all", "--app", "user");

        Run run = cli.run("user", "bob", "--recount", "-o", "jsonl", "--app", "user");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("\"unread\":1", "\"device\":\"phone\"", "\"checkpoints\":{\"" + id + "\":4}")
                .contains("\"conversationId\":\"" + id + "\"", "\"differences\":[]");
        assertThat(lines("user", "bob", "--app", "user")).anyMatch(line -> line.startsWith("phone "));
    }

    @Test
    void consume_commitsWhatWasPrinted() {
        String id = group("consume");
        send("consume", id, "alice", "one");

        assertThat(lines("consume", "audit", "--until-idle", "--no-commit", "--app", "consume"))
                .hasSize(4);
        assertThat(lines("consume", "audit", "--until-idle", "--batch", "3", "--app", "consume"))
                .hasSize(4)
                .last()
                .asString()
                .contains("\"conversationId\":\"" + id + "\"", "\"text\":\"one\"");
        assertThat(lines("consume", "audit", "--until-idle", "--app", "consume"))
                .isEmpty();
    }

    @Test
    void consume_afterAnImport_getsAndCommitsTheLog() {
        assertThat(cli.run("import", "../docs/demo/ubuntu.jsonl.gz", "--app", "imported")
                        .exitCode())
                .isZero();

        List<String> consumed = lines("consume", "audit", "--until-idle", "--batch", "1000", "--app", "imported");

        assertThat(consumed)
                .hasSizeGreaterThan(1_000)
                .doesNotHaveDuplicates()
                .allMatch(line -> line.contains("\"conversationId\":\"#ubuntu\""));
        assertThat(lines("consume", "audit", "--until-idle", "--app", "imported"))
                .isEmpty();
        assertThat(lines("consume", "other", "--timeline", "imported/conversation/#ubuntu", "--no-commit"))
                .hasSize(100)
                .first()
                .asString()
                .startsWith("{\"timeline\":\"imported/conversation/#ubuntu\",\"seq\":1,");
    }

    @Test
    void conversations_areListedUpdatedAndDissolved() {
        String id = group("settings");

        assertThat(lines("conversations", "--as", "bob", "--app", "settings"))
                .last()
                .asString()
                .startsWith(id);
        assertThat(lines(
                        "conversations",
                        "update",
                        id,
                        "--as",
                        "alice",
                        "title=T",
                        "--policy",
                        "read",
                        "--app",
                        "settings"))
                .contains("diffusion          read", "  title  T");
        assertThat(lines("conversations", "dissolve", id, "--as", "alice", "--app", "settings"))
                .contains("dissolved          true");
        assertThat(cli.run("conversations", "show", "0nowhere", "--app", "settings")
                        .exitCode())
                .isEqualTo(1);
    }

    /** From a server of its own, where nobody else sends. */
    @Test
    void fanout_whatAnotherWorksOn_isListedUntilItIsDone() {
        try (CliFixture own = new CliFixture(InstantSource.system(), Duration.ofDays(7))) {
            String id = jsonField(
                    own.run("conversations", "create", "--app", "f", "--as", "ann", "--members", "bob", "-o", "jsonl")
                            .out(),
                    "id");
            awaitIdle(own);
            assertThat(own.run("fanout", "-o", "jsonl").out()).isEmpty();
            leaseUntil(own, id, Instant.now().plusSeconds(3600));
            Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            own.run("send", id, "hello", "--app", "f", "--sender", "ann");

            Run table = own.run("fanout", "--idle");
            Run json = own.run("fanout", "-o", "jsonl");

            assertThat(table.exitCode()).isEqualTo(1);
            assertThat(table.out().lines())
                    .satisfiesExactly(
                            title -> assertThat(title.split(" +"))
                                    .containsExactly(
                                            "APP", "CONVERSATION_ID", "DONE_SEQ", "THROUGH_SEQ", "OWNER", "SINCE"),
                            row -> assertThat(row.split(" +")).startsWith("f", id, "3", "4", "another"));
            assertThat(json.exitCode()).isZero();
            assertThat(json.out())
                    .startsWith("{\"app\":\"f\",\"conversationId\":\"" + id
                            + "\",\"doneSeq\":3,\"throughSeq\":4,\"owner\":\"another\",\"since\":\"")
                    .hasLineCount(1);
            assertThat(Instant.parse(jsonField(json.out(), "since"))).isBetween(before, Instant.now());

            leaseUntil(own, id, Instant.EPOCH);
            own.run("send", id, "again", "--app", "f", "--sender", "ann");
            awaitIdle(own);
            assertThat(own.run("fanout", "-o", "jsonl").out()).isEmpty();
        }
    }

    private static void awaitIdle(CliFixture own) {
        Instant end = Instant.now().plusSeconds(20);
        while (own.run("fanout", "--idle").exitCode() != 0) {
            assertThat(Instant.now()).isBefore(end);
        }
    }

    /** Whoever has the lease now has lost it. */
    private static void leaseUntil(CliFixture own, String conversation, Instant end) {
        RecordKey key =
                RecordKey.of(new ConversationId(conversation).timeline(new AppId("f")), RecordKind.FANOUT_LEASE);
        Deadline deadline = Deadline.after(Duration.ofSeconds(20));
        boolean taken;
        do {
            TimelineRecord now = own.memory.get(List.of(key), deadline).join().get(key);
            long version = now == null ? 0 : now.version();
            TimelineRecord next =
                    new TimelineRecord(key, version + 1, SyncCodec.encode(new SyncCodec.Lease("another", end)));
            taken = own.memory.replace(next, version, deadline).join();
        } while (!taken);
    }

    @Test
    void subscribe_printsAcknowledgesAndEndsByCount() {
        String id = group("subscribe");
        send("subscribe", id, "alice", "one", "two");

        Run first = cli.run("subscribe", "--as", "bob/phone", "--count", "2", "-o", "jsonl", "--app", "subscribe");
        send("subscribe", id, "alice", "three");
        Run second = cli.run("subscribe", "--as", "bob/phone", "--count", "1", "-o", "jsonl", "--app", "subscribe");

        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.out()).containsSubsequence("\"text\":\"one\"", "\"text\":\"two\"");
        assertThat(second.exitCode()).as(second.err()).isZero();
        assertThat(second.out()).contains("\"text\":\"three\"").doesNotContain("\"one\"", "\"two\"");
        assertThat(lines("sync", "--as", "bob/phone", "--app", "subscribe")).hasSize(1);
    }

    @Test
    void subscribe_noAck_comesAgain() {
        String id = group("no-ack");
        send("no-ack", id, "alice", "one");
        String[] command = {"subscribe", "--as", "bob/phone", "--count", "1", "--no-ack", "--app", "no-ack"};

        List<String> first = lines(command);

        assertThat(first).last().asString().endsWith("one");
        assertThat(lines(command)).isEqualTo(first);
    }

    @Test
    void consume_endsBeforeWhatWasCommitted_isNamedAndAnswersNo() {
        String id = group("restored");
        String other = group("restored");
        RecordKey key = RecordKey.of(
                new TimelineId(new AppId("restored"), TimelineFamily.REGISTRY, "consumer/audit"),
                RecordKind.CONSUMER_CHECKPOINT,
                KeyPart.of(id));
        cli.memory
                .raise(List.of(new TimelineRecord(key, 9, Payload.EMPTY)), Deadline.after(Duration.ofSeconds(20)))
                .join();

        Run run = cli.run("consume", "audit", "--until-idle", "--app", "restored");
        Run alone = cli.run("consume", "audit", "--until-idle", "--app", "restored", "--conversation", id);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out().lines()).hasSize(3).allMatch(line -> line.contains(other));
        assertThat(run.err())
                .isEqualTo("tideline: restored/conversation/" + id
                        + " ends at seq 3, before 9 which was committed: nothing of it comes\n");
        assertThat(alone.exitCode()).isEqualTo(4);
        assertThat(alone.err()).startsWith("tideline: OUT_OF_RANGE/CHECKPOINT_BEYOND_HEAD");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "conversations",
                "conversations create",
                "conversations create --as a --kind party",
                "conversations update x --as a",
                "members",
                "members add x --as a",
                "members role x a king --as b",
                "message",
                "message edit x 1 --as a",
                "send x a --follows 1",
                "sync",
                "sync --as bob",
                "sync --as bob/",
                "sync --as bob/phone --all --no-ack",
                "subscribe --as bob/phone --count 0",
                "unread",
                "read-mark x --as a",
                "read-mark x 0 --as a",
                "read-mark x 1 --all --as a",
                "user",
                "consume",
                "consume x --conversation a --timeline b",
                "simulate",
                "simulate log --devices 0",
                "simulate log --subscribe-share 2",
                "import log --as-group --timeline x"
            })
    void wrongUse_isExitCodeTwo(String line) {
        Run run = CliFixture.runAlone(line.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("tideline: ").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "conversations",
                "conversations create",
                "conversations show",
                "conversations update",
                "conversations dissolve",
                "members",
                "members add",
                "members remove",
                "members role",
                "send",
                "message",
                "message list",
                "message recall",
                "message edit",
                "message delete",
                "message react",
                "sync",
                "subscribe",
                "unread",
                "read-mark",
                "user",
                "fanout",
                "consume",
                "simulate"
            })
    void help_hasExamplesAndExitCodes(String command) {
        Run run = CliFixture.runAlone((command + " --help").split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Usage: tideline " + command, "\nExamples:\n  ", "\nExit codes:\n");
    }
}
