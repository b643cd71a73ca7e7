package io.tideline.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.api.v1.Direction;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.LocateRequest;
import io.tideline.api.v1.LocateResponse.Place;
import io.tideline.api.v1.Operation;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.RestoreFromArchiveRequest;
import io.tideline.api.v1.RunArchiveRequest;
import io.tideline.api.v1.TimelineName;
import io.tideline.api.v1.WaitOperationRequest;
import io.tideline.client.EntryCursor;
import io.tideline.client.TidelineClient;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.embedded.EmbeddedHBaseConfig;
import io.tideline.tools.CliFixture;
import io.tideline.tools.CliFixture.Run;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that dies again and again while history moves from table to table, into files and back: whatever was half done,
 * the next one completes by itself, and nothing is lost or there twice.
 */
final class ArchiveKillIT {
    private static final int PATIENCE_SECONDS = 120;
    private static final int PAGE = 50;
    private static final int HOT = 200;
    private static final int HOT_AND_WARM = 400;

    /** A server that is gone is waited for no longer than this. */
    private static final String LEASE = "-Dtideline.lease-seconds=4";

    @TempDir
    private Path directory;

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void serverDiesAtEachStage_allIsThereOnceAndAsItWas() throws Exception {
        ChatFile log = ChatFile.read(Path.of(System.getProperty("tideline.demo")));
        History history = new History(log, Timelines.conversation(log.channel()));
        try (EmbeddedHBase hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory.resolve("data")))) {
            try (ServeProcess server = serve(hbase, never -> {})) {
                diesWhileEntriesMove(server, history);
            }
            // Files are written, and read again before they are committed.
            try (ServeProcess server = serve(hbase, halt -> HaltingFileSystem.haltAt(halt, "open", ".parquet"))) {
                archive(server);
                assertHalts(server.jvm());
            }
            // The next one begins again by itself, and commits.
            try (ChildJvm server = launch(hbase, halt -> HaltingFileSystem.haltAt(halt, "create", "version-hint"))) {
                assertHalts(server);
            }
            // Readers are sent to the files; what was before the commit is not forgotten yet.
            try (ChildJvm server = launch(hbase, halt -> HaltingFileSystem.haltAt(halt, "create", "version-hint"))) {
                assertHalts(server);
            }
            // What was brought back is read from the warm table, and still in files.
            try (ServeProcess server = serve(hbase, halt -> HaltingFileSystem.haltAt(halt, "create", ".parquet"))) {
                restore(server, history);
                assertHalts(server.jvm());
            }
            try (ServeProcess server = serve(hbase, never -> {})) {
                isCompleted(server, history);
            }
        }
    }

    private ServeProcess serve(EmbeddedHBase hbase, Consumer<Configuration> halt) throws Exception {
        return ServeProcess.start(List.of(LEASE), 0, options(hbase, halt));
    }

    /** One that may be dead before it is ready: it goes on with what the last one was at. */
    private ChildJvm launch(EmbeddedHBase hbase, Consumer<Configuration> halt) throws Exception {
        return ServeProcess.launch(
                List.of(LEASE),
                Stream.concat(Stream.of("--port", "0"), Stream.of(options(hbase, halt)))
                        .toArray(String[]::new));
    }

    private String[] options(EmbeddedHBase hbase, Consumer<Configuration> halt) throws IOException {
        Configuration site = hbase.clientConfiguration();
        HaltingFileSystem.register(site);
        halt.accept(site);
        Path siteFile = Files.createTempFile(directory, "hbase-site", ".xml");
        try (OutputStream out = Files.newOutputStream(siteFile)) {
            site.writeXml(out);
        }
        Path tiers = directory.resolve("tiers.properties");
        Files.writeString(tiers, "hot-entries = " + HOT + "\nwarm-entries = " + HOT_AND_WARM + "\n");
        return new String[] {
            "--hbase-site",
            siteFile.toString(),
            "--archive",
            HaltingFileSystem.SCHEME + "://" + directory.resolve("archive"),
            "--tiers",
            tiers.toString()
        };
    }

    /** What was imported, and must be read for ever after. */
    private record History(ChatFile log, TimelineName timeline) {
        int size() {
            return log.messages().size();
        }

        void assertWhole(TidelineClient client) {
            List<ChatFile.Message> backward = read(client, Direction.BACKWARD);
            Collections.reverse(backward);
            assertThat(backward).isEqualTo(log.messages());
            assertThat(read(client, Direction.FORWARD)).isEqualTo(log.messages());
        }

        private List<ChatFile.Message> read(TidelineClient client, Direction direction) {
            ReadRequest request = ReadRequest.newBuilder()
                    .setTimeline(timeline)
                    .setDirection(direction)
                    .setPageSize(PAGE)
                    .build();
            EntryCursor cursor = client.readAll(request, gap -> {
                throw new AssertionError("gap: " + gap);
            });
            List<ChatFile.Message> messages = new ArrayList<>();
            long seq = direction == Direction.FORWARD ? 1 : size();
            while (cursor.hasNext()) {
                Entry entry = cursor.next();
                assertThat(entry.getSeq()).isEqualTo(seq);
                messages.add(ChatFile.Message.of(entry));
                seq += direction == Direction.FORWARD ? 1 : -1;
            }
            return messages;
        }

        Place placeOf(TidelineClient client, long seq) throws Exception {
            return await(client.history()
                            .locate(LocateRequest.newBuilder()
                                    .setTimeline(timeline)
                                    .setSeq(seq)
                                    .build()))
                    .getPlace();
        }
    }

    private static void diesWhileEntriesMove(ServeProcess server, History history) throws Exception {
        Run imported = CliFixture.runAlone(
                "import", history.log().path().toString(), "--original-times", "--server", server.address());
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        try (TidelineClient client = server.client()) {
            history.assertWhole(client);
            CompletableFuture<?> moving = client.operator().runScheduler(false);
            Instant end = Instant.now().plusSeconds(PATIENCE_SECONDS);
            while (history.placeOf(client, 1) == Place.HOT) {
                assertThat(Instant.now()).isBefore(end);
                assertThat(moving).isNotCompletedExceptionally();
            }
            server.jvm().kill();
        }
    }

    private static void archive(ServeProcess server) throws Exception {
        try (TidelineClient client = server.client()) {
            run(client, "night");
        }
    }

    private static void run(TidelineClient client, String id) throws Exception {
        await(client.archive()
                .run(RunArchiveRequest.newBuilder().setOperationId(id).build()));
    }

    private static void assertHalts(ChildJvm server) throws Exception {
        assertThat(server.awaitExit(PATIENCE_SECONDS)).isEqualTo(HaltingFileSystem.EXIT_CODE);
    }

    private static void restore(ServeProcess server, History history) throws Exception {
        try (TidelineClient client = server.client()) {
            assertThat(ended(client, "night").getState()).isEqualTo(Operation.State.SUCCEEDED);
            assertThat(history.placeOf(client, history.size() - HOT_AND_WARM - 1))
                    .isEqualTo(Place.COLD);
            history.assertWhole(client);
            await(client.archive()
                    .restore(RestoreFromArchiveRequest.newBuilder()
                            .setOperationId("back")
                            .setTimeline(history.timeline())
                            .setFromSeq(history.size() / 2)
                            .build()));
        }
    }

    private static void isCompleted(ServeProcess server, History history) throws Exception {
        try (TidelineClient client = server.client()) {
            history.assertWhole(client);
            assertThat(ended(client, "back").getState()).isEqualTo(Operation.State.SUCCEEDED);
            assertThat(history.placeOf(client, history.size() / 2)).isEqualTo(Place.WARM);
            history.assertWhole(client);
            run(client, "at-last");
            assertThat(ended(client, "at-last").getState()).isEqualTo(Operation.State.SUCCEEDED);

            history.assertWhole(client);
            assertThat(history.placeOf(client, 1)).isEqualTo(Place.COLD);
            assertThat(history.placeOf(client, history.size() - HOT_AND_WARM - 1))
                    .isEqualTo(Place.COLD);
            assertThat(history.placeOf(client, history.size() - HOT_AND_WARM + 2))
                    .isEqualTo(Place.WARM);
            assertThat(history.placeOf(client, history.size())).isEqualTo(Place.HOT);
            Run verified = CliFixture.runAlone("archive", "verify", "--server", server.address());
            assertThat(verified.exitCode()).as(verified.out() + verified.err()).isZero();
        }
    }

    private static Operation ended(TidelineClient client, String id) throws Exception {
        Instant end = Instant.now().plusSeconds(PATIENCE_SECONDS);
        Operation at = Operation.getDefaultInstance();
        do {
            assertThat(Instant.now()).as("%s", at).isBefore(end);
            at = await(client.operations()
                    .await(WaitOperationRequest.newBuilder()
                            .setOperationId(id)
                            .setSeen(at.getUpdateTime())
                            .build()));
        } while (at.getState() == Operation.State.PENDING || at.getState() == Operation.State.RUNNING);
        return at;
    }
}
