package io.tideline.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.ListMembersRequest;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.TidelineClient;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tideline serve} on a directory: its life, and what it says when it cannot begin one. */
final class ServeIT {
    private static final TimelineName ROOM = Timelines.conversation("room");

    @TempDir
    private Path temporary;

    @Test
    void serve_doubledAndRestarted_keepsDataAndGoesOn() throws Exception {
        Path directory = temporary.resolve("fresh/data");
        ServeProcess server = ServeProcess.embedded(0, directory);
        try (TidelineClient client = server.client();
                SeenEntries seen = new SeenEntries(client, ROOM)) {
            assertThat(Timelines.append(client, ROOM, "m1").getSeq()).isEqualTo(1);
            assertThat(Timelines.append(client, ROOM, "m2").getSeq()).isEqualTo(2);
            assertSecondIsRefused(directory, server);
            assertThat(Timelines.append(client, ROOM, "m3").getSeq()).isEqualTo(3);
            seen.await(3, 30);

            try (ClientLoad load = new ClientLoad(client, "load", 10, 4)) {
                load.awaitProgress(500);
                server.jvm().terminate();
                assertThat(server.jvm().awaitExit(5)).isZero();
                server = ServeProcess.embedded(server.port(), directory);
                load.awaitProgress(500);
                assertThat(load.stopAndVerify()).isGreaterThan(1_000);
            }

            assertThat(Timelines.append(client, ROOM, "m3").getRepeated()).isTrue();
            assertThat(Timelines.append(client, ROOM, "m4").getSeq()).isEqualTo(4);
            seen.await(4, 30);
            assertThat(Timelines.readAll(client, ROOM))
                    .extracting(Entry::getClientMessageId)
                    .containsExactly("m1", "m2", "m3", "m4");
            assertGroupOfTenThousandIsMadeAtOnce(client);
        } finally {
            server.close();
        }
    }

    private static void assertGroupOfTenThousandIsMadeAtOnce(TidelineClient client) throws Exception {
        List<String> members =
                IntStream.rangeClosed(1, 10_000).mapToObj(i -> "member" + i).toList();
        String group = client.messaging()
                .createConversation(CreateConversationRequest.newBuilder()
                        .setApp("large")
                        .setCreator("ann")
                        .setKind(ConversationKind.GROUP)
                        .addAllMembers(members)
                        .build())
                .get(30, TimeUnit.SECONDS)
                .getConversation()
                .getId();

        Set<String> listed = new HashSet<>();
        client.messaging()
                .allMembers(ListMembersRequest.newBuilder()
                        .setApp("large")
                        .setConversationId(group)
                        .setPageSize(1_000)
                        .build())
                .forEachRemaining(member -> listed.add(member.getUser()));
        assertThat(listed).hasSize(10_001).containsAll(members).contains("ann");
        assertThat(client.messaging()
                        .send(SendRequest.newBuilder()
                                .setApp("large")
                                .setConversationId(group)
                                .setSender("member10000")
                                .setMessage(OutgoingMessage.newBuilder().setKind("text"))
                                .build())
                        .get(30, TimeUnit.SECONDS)
                        .getSeq())
                .isPositive();
    }

    private static void assertSecondIsRefused(Path directory, ServeProcess first) throws Exception {
        try (ChildJvm second = ServeProcess.launch("--port", "0", "--data", directory.toString())) {
            assertThat(second.awaitExit(60)).isEqualTo(3);
            assertThat(second.messages())
                    .singleElement()
                    .asString()
                    .contains(
                            "directory in use",
                            directory.toString(),
                            "pid " + first.jvm().pid());
        }
    }

    @Test
    void serve_takenPort_saysSoAndEnds() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ChildJvm server = ServeProcess.launch(
                        "--port",
                        Integer.toString(taken.getLocalPort()),
                        "--data",
                        temporary.resolve("data").toString())) {
            assertThat(server.awaitExit(90)).isEqualTo(3);
            assertThat(server.messages())
                    .singleElement()
                    .asString()
                    .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort(), "in use");
        }
    }

    @Test
    void serve_directoryThatCannotBeMade_saysSoAndEnds() throws Exception {
        // Below a file: the one place where nobody, not even root, can make a directory.
        Path directory = Files.createFile(temporary.resolve("file")).resolve("data");

        try (ChildJvm server = ServeProcess.launch("--port", "0", "--data", directory.toString())) {
            assertThat(server.awaitExit(60)).isEqualTo(3);
            assertThat(server.messages()).singleElement().asString().contains(directory.toString(), "Not a directory");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port 70000",
                "--regions 3",
                "--namespace a/b",
                "--dedupe-window 1s",
                "--hbase-quorum nowhere",
                "--hbase-site /does/not/exist.xml",
                "--schema destroy",
                "--unknown"
            })
    void serve_badOption_endsWithUsage(String options) throws Exception {
        String[] words = options.split(" ", -1);

        try (ChildJvm server = ServeProcess.launch(words)) {
            assertThat(server.awaitExit(60)).isEqualTo(2);
            assertThat(server.messages()).singleElement().asString().contains(words[0]);
        }
    }
}
