package io.tideline.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.api.v1.Entry;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.TidelineClient;
import io.tideline.tools.CliFixture;
import io.tideline.tools.CliFixture.Run;
import io.tideline.tools.TidelineCli;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Imports whose server, and then the import itself, is killed in the middle: at the end every message is there once, in
 * the order of the file. The system property {@code tideline.chatlog} names a larger file to try it with.
 */
final class ImportKillIT {
    private static final long SEED = 20_080_301;
    private static final int LIMIT_SECONDS = 280;

    @TempDir
    private Path data;

    static Stream<Path> files() {
        return Stream.of("tideline.demo", "tideline.chatlog")
                .map(System::getProperty)
                .filter(name -> name != null)
                .map(Path::of);
    }

    @ParameterizedTest
    @MethodSource("files")
    void import_whileTheServerIsKilled_isComplete(Path file) throws Exception {
        ChatFile log = ChatFile.read(file);
        TimelineName timeline = Timelines.conversation(log.channel());
        ExecutorService importing = Executors.newSingleThreadExecutor();
        ServeProcess server = ServeProcess.embedded(0, data);
        try (TidelineClient client = server.client();
                SeenEntries seen = new SeenEntries(client, timeline)) {
            String address = server.address();
            CompletableFuture<Run> imported = CompletableFuture.supplyAsync(() -> importFile(file, address), importing);
            for (long head : killPoints(log.messages().size())) {
                seen.await(head, LIMIT_SECONDS);
                server.jvm().kill();
                server = ServeProcess.embedded(server.port(), data);
            }

            assertThat(imported.get(LIMIT_SECONDS, TimeUnit.SECONDS).exitCode()).isZero();
            System.err.printf(
                    "import of %s over kills: %s%n", file, imported.join().out().replaceAll("\\s+", " "));
            seen.await(log.messages().size(), 60);
            assertSound(log, client, timeline, address);
        } finally {
            server.close();
            importing.shutdownNow();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void import_killedAndStartedAgain_isComplete(Path file) throws Exception {
        ChatFile log = ChatFile.read(file);
        TimelineName timeline = Timelines.conversation(log.channel());
        try (ServeProcess server = ServeProcess.embedded(0, data);
                TidelineClient client = server.client();
                SeenEntries seen = new SeenEntries(client, timeline)) {
            for (long head : killPoints(log.messages().size())) {
                try (ChildJvm importing =
                        ChildJvm.start(TidelineCli.class.getName(), List.of(arguments(file, server.address())))) {
                    seen.await(head, LIMIT_SECONDS);
                    importing.kill();
                }
            }
            long before = seen.last();

            Run rest = importFile(file, server.address());

            assertThat(rest.exitCode()).isZero();
            assertThat(before).isLessThan(log.messages().size());
            assertSound(log, client, timeline, server.address());
        }
    }

    private static Run importFile(Path file, String address) {
        return CliFixture.runAlone(arguments(file, address));
    }

    /** Small requests for the small file, so that a kill meets many of them. */
    private static String[] arguments(Path file, String address) {
        boolean small = file.toString().equals(System.getProperty("tideline.demo"));
        return new String[] {
            "import", file.toString(), "--server", address, "-o", "json", "--batch", small ? "10" : "500"
        };
    }

    private static List<Long> killPoints(int messages) {
        int kills = messages > 100_000 ? 6 : 2;
        List<Long> points = new ArrayList<>(LongStream.range(0, kills)
                .map(i -> new Random(SEED + i).nextLong(messages / 20, messages / 10 * 8L))
                .boxed()
                .toList());
        points.sort(null);
        return points;
    }

    private static void assertSound(ChatFile log, TidelineClient client, TimelineName timeline, String address) {
        List<Entry> entries = Timelines.readAll(client, timeline);
        assertThat(entries).hasSameSizeAs(log.messages());
        for (int i = 0; i < entries.size(); i++) {
            assertThat(entries.get(i).getSeq()).isEqualTo(i + 1);
            assertThat(ChatFile.Message.of(entries.get(i)))
                    .isEqualTo(log.messages().get(i));
        }
        assertThat(entries.stream().filter(entry -> entry.getPayload().isEmpty()))
                .hasSize((int) log.withoutText());
        assertThat(CliFixture.runAlone("verify", log.channel(), "--server", address)
                        .exitCode())
                .isZero();
        Run again = importFile(log.path(), address);
        assertThat(again.exitCode()).isZero();
        assertThat(again.out())
                .containsPattern("\"appended\"\\s*:\\s*0\\b")
                .containsPattern("\"alreadyThere\"\\s*:\\s*" + log.messages().size() + "\\b");
    }
}
