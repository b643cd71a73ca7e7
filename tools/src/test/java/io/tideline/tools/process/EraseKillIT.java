package io.tideline.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.EraseRequest;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.Operation;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.RunArchiveRequest;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.StartOperationRequest;
import io.tideline.api.v1.WaitOperationRequest;
import io.tideline.client.TidelineClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An erasure on a real HBase whose server is killed on the way: it ends, and the text is in no store file, and in no file of
 * the archive.
 */
final class EraseKillIT {
    private static final String NEEDLE = "needle-in-a-haystack";
    private static final int MESSAGES = 400;

    @TempDir
    private Path temporary;

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    private static String talk(TidelineClient client) throws Exception {
        String room = await(client.messaging()
                        .createConversation(CreateConversationRequest.newBuilder()
                                .setApp("shop")
                                .setCreator("ann")
                                .setKind(ConversationKind.GROUP)
                                .setPolicy(DiffusionPolicy.DIFFUSION_WRITE)
                                .addMembers("bob")
                                .addMembers("cyd")
                                .build()))
                .getConversation()
                .getId();
        for (int i = 0; i < MESSAGES; i++) {
            boolean bobs = i % 2 == 0;
            await(client.messaging()
                    .send(SendRequest.newBuilder()
                            .setApp("shop")
                            .setConversationId(room)
                            .setSender(bobs ? "bob" : "ann")
                            .setMessage(OutgoingMessage.newBuilder()
                                    .setClientMessageId("m" + i)
                                    .setKind("text")
                                    .setPayload(ByteString.copyFromUtf8((bobs ? NEEDLE : "hay") + i)))
                            .build()));
        }
        return room;
    }

    /** Most of it goes into files. */
    private ServeProcess serve(Path directory) throws Exception {
        Path tiers = temporary.resolve("tiers.properties");
        Files.writeString(tiers, "hot-entries = 40\nwarm-entries = 80\n");
        return ServeProcess.start(0, "--data", directory.toString(), "--tiers", tiers.toString());
    }

    private static void archive(TidelineClient client) throws Exception {
        await(client.operator().runScheduler(false));
        Operation run = await(client.archive()
                .run(RunArchiveRequest.newBuilder().setOperationId("run").build()));
        while (run.getState() == Operation.State.PENDING || run.getState() == Operation.State.RUNNING) {
            run = await(client.operations()
                    .await(WaitOperationRequest.newBuilder()
                            .setOperationId("run")
                            .setSeen(run.getUpdateTime())
                            .build()));
        }
        assertThat(run.getState()).as("%s", run).isEqualTo(Operation.State.SUCCEEDED);
    }

    /** As an engine reads them that knows nothing of the locator; of an erased one there is none. */
    private static List<String> textsInFiles(Path directory) throws Exception {
        List<String> texts = new ArrayList<>();
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet rows = statement.executeQuery("SELECT decode(payload) FROM read_parquet('"
                        + directory.resolve("archive/data/*.parquet") + "')")) {
            while (rows.next()) {
                texts.add(String.valueOf(rows.getString(1)));
            }
        }
        return texts;
    }

    private static Operation begun(TidelineClient client) throws Exception {
        Operation at = await(client.operations()
                .start(StartOperationRequest.newBuilder()
                        .setOperationId("gone")
                        .setErase(EraseRequest.newBuilder()
                                .setApp("shop")
                                .setUser("bob")
                                .setConfirmed(true)
                                .setPurge(true))
                        .build()));
        while (at.getState() == Operation.State.PENDING) {
            at = next(client, at);
        }
        return at;
    }

    private static Operation next(TidelineClient client, Operation at) throws Exception {
        return await(client.operations()
                .await(WaitOperationRequest.newBuilder()
                        .setOperationId("gone")
                        .setSeen(at.getUpdateTime())
                        .build()));
    }

    private static Operation ended(TidelineClient client) throws Exception {
        Instant end = Instant.now().plusSeconds(240);
        Operation at = next(client, Operation.getDefaultInstance());
        while (at.getState() == Operation.State.RUNNING) {
            assertThat(Instant.now()).isBefore(end);
            at = next(client, at);
        }
        return at;
    }

    private static List<Message> read(TidelineClient client, String room) throws Exception {
        return await(client.messaging()
                        .listMessages(ListMessagesRequest.newBuilder()
                                .setApp("shop")
                                .setConversationId(room)
                                .setUser("cyd")
                                .setPageSize(1000)
                                .build()))
                .getMessagesList();
    }

    /** Store files that hold the text; write-ahead logs and archived files are HBase's to clean up, by its own times. */
    private static List<Path> filesWithNeedle(Path directory) throws IOException {
        byte[] needle = NEEDLE.getBytes(StandardCharsets.UTF_8);
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains("/data/tideline/"))
                    .filter(file -> !file.toString().contains("/archive/"))
                    .filter(file -> holds(file, needle))
                    .toList();
        }
    }

    /** Files that were compacted away are no live ones any more; HBase takes them out of the way every two minutes. */
    private static void awaitNoFileWithNeedle(Path directory) throws Exception {
        Instant end = Instant.now().plusSeconds(240);
        List<Path> left = filesWithNeedle(directory);
        while (!left.isEmpty()) {
            assertThat(Instant.now()).as("%s", left).isBefore(end);
            await(new CompletableFuture<Boolean>().completeOnTimeout(true, 2, TimeUnit.SECONDS));
            left = filesWithNeedle(directory);
        }
    }

    private static boolean holds(Path file, byte[] needle) {
        try {
            String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            return content.contains(new String(needle, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void serverKilled_theErasureEnds_andTheTextIsInNoStoreFile() throws Exception {
        Path directory = temporary.resolve("data");
        ServeProcess server = serve(directory);
        try {
            String room;
            try (TidelineClient client = server.client()) {
                room = talk(client);
                archive(client);
                assertThat(begun(client).getState()).isNotEqualTo(Operation.State.FAILED);
            }
            server.jvm().kill();
            server = serve(directory);
            try (TidelineClient client = server.client()) {
                Operation ended = ended(client);

                assertThat(ended.getState()).isEqualTo(Operation.State.SUCCEEDED);
                assertThat(ended.getReportMap())
                        .containsEntry("proof.found", "0")
                        .containsKey("rewritten.files")
                        .containsEntry("purge.tables", "done");
                assertThat(textsInFiles(directory))
                        .hasSizeGreaterThan(MESSAGES / 4)
                        .noneMatch(text -> text.contains(NEEDLE));
                assertThat(read(client, room).stream().filter(message -> !message.hasEvent()))
                        .hasSize(MESSAGES / 2)
                        .noneMatch(
                                message -> message.getPayload().toStringUtf8().contains(NEEDLE));
                awaitNoFileWithNeedle(directory);
            }
        } finally {
            server.close();
        }
    }
}
