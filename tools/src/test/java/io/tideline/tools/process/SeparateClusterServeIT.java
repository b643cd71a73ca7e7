package io.tideline.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.api.v1.ConversationEvent.EventCase;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.CreateConversationResponse;
import io.tideline.api.v1.ListConversationsRequest;
import io.tideline.api.v1.ListFanoutRequest;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.UserConversation;
import io.tideline.client.TidelineClient;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.store.DiagnosedOnFailure;
import io.tideline.hbase.store.RegionChanges;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server on a cluster, while the cluster lives its life: callers see a pause at most. */
@ExtendWith(DiagnosedOnFailure.class)
final class SeparateClusterServeIT {
    private static final int TIMELINES = 12;
    private static final int WRITERS = 6;
    private static final int SOME = 300;
    private static final int CREATORS = 1_000;
    private static final int PATIENCE_SECONDS = 140;
    private static final String DIRECT = "direct";

    private final SharedCluster shared = SharedCluster.get();

    @Test
    void append_whileARegionServerIsKilledAndRegionsChange_losesDoublesAndReordersNothing() throws Exception {
        try (ServeProcess server = shared.serve();
                TidelineClient client = server.client();
                ClientLoad load = new ClientLoad(client, "faults", TIMELINES, WRITERS);
                SeenEntries seen = new SeenEntries(client, load.timeline(0));
                RegionChanges changes = new RegionChanges(shared.configuration())) {
            TimelineId timeline = TimelineId.conversation("default", "faults-0");
            load.awaitProgress(SOME);
            report("quiet", load);
            changes.splitAround(timeline);
            load.awaitProgress(SOME);
            report("split", load);
            changes.moveAway(timeline);
            load.awaitProgress(SOME);
            report("move", load);
            shared.cluster().killRegionServer(shared.regionServerOf(changes, timeline));
            load.awaitProgress(SOME);
            report("region server killed", load);
            shared.cluster().startRegionServer();
            changes.mergeAwayFrom(timeline);
            load.awaitProgress(SOME);
            report("merge", load);

            assertThat(load.stopAndVerify()).isGreaterThan(5 * SOME);
            long last = Timelines.readAll(client, load.timeline(0)).size();
            seen.await(last, 30);
            assertThat(seen.last()).isEqualTo(last);
        }
    }

    /** What a dead server had on its way may be done after its successor has begun. */
    @Test
    void append_whileItsServerIsKilled_losesDoublesAndReordersNothing() throws Exception {
        ServeProcess server = shared.serve();
        try (TidelineClient client = server.client();
                ClientLoad load = new ClientLoad(client, "server-killed", TIMELINES, WRITERS)) {
            for (int kill = 0; kill < 2; kill++) {
                load.awaitProgress(SOME);
                server.jvm().kill();
                server = shared.serveOn(server.port());
                load.awaitProgress(SOME);
            }
            report("server killed", load);

            assertThat(load.stopAndVerify()).isGreaterThan(4 * SOME);
        } finally {
            server.close();
        }
    }

    @Test
    void createConversation_sameDirectByThousandAtOnce_oneWinsAndAllGetIt() throws Exception {
        try (ServeProcess server = shared.serve();
                TidelineClient client = server.client()) {
            List<CompletableFuture<CreateConversationResponse>> calls = IntStream.range(0, CREATORS)
                    .mapToObj(i -> client.messaging().createConversation(direct(i % 2 == 0)))
                    .toList();
            Set<String> ids = new HashSet<>();
            int created = 0;
            for (CompletableFuture<CreateConversationResponse> call : calls) {
                CreateConversationResponse answer = call.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                ids.add(answer.getConversation().getId());
                created += answer.getExisted() ? 0 : 1;
            }

            assertThat(ids).hasSize(1);
            assertThat(created).isEqualTo(1);
            // Lists follow within milliseconds.
            awaitFanout(client);
            String id = ids.iterator().next();
            assertIsAllThereIs(client, "ann", id);
            assertIsAllThereIs(client, "bob", id);
        }
    }

    private static void awaitFanout(TidelineClient client) throws Exception {
        Instant end = Instant.now().plusSeconds(PATIENCE_SECONDS);
        while (client.operator()
                        .listFanout(ListFanoutRequest.getDefaultInstance())
                        .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .getTasksCount()
                > 0) {
            assertThat(Instant.now()).isBefore(end);
        }
    }

    /** Either of the two may be quicker. */
    private static CreateConversationRequest direct(boolean byAnn) {
        return CreateConversationRequest.newBuilder()
                .setApp(DIRECT)
                .setCreator(byAnn ? "ann" : "bob")
                .setKind(ConversationKind.DIRECT)
                .addMembers(byAnn ? "bob" : "ann")
                .setHistoryVisible(true)
                .build();
    }

    /** One conversation, and nothing in it but that it was created, and that each of the two came in. */
    private static void assertIsAllThereIs(TidelineClient client, String user, String id) {
        List<UserConversation> conversations = new ArrayList<>();
        client.messaging()
                .allConversations(ListConversationsRequest.newBuilder()
                        .setApp(DIRECT)
                        .setUser(user)
                        .build())
                .forEachRemaining(conversations::add);
        assertThat(conversations)
                .singleElement()
                .extracting(UserConversation::getConversationId)
                .isEqualTo(id);
        List<Message> messages = new ArrayList<>();
        client.messaging()
                .allMessages(
                        ListMessagesRequest.newBuilder()
                                .setApp(DIRECT)
                                .setConversationId(id)
                                .setUser(user)
                                .build(),
                        gap -> {
                            throw new AssertionError("gap: " + gap);
                        })
                .forEachRemaining(messages::add);
        assertThat(messages).extracting(Message::getSeq).containsExactly(1L, 2L, 3L);
        assertThat(messages)
                .extracting(message -> message.getEvent().getEventCase())
                .containsExactly(EventCase.CREATED, EventCase.JOINED, EventCase.JOINED);
    }

    @Test
    void upgrade_underLoad_reopensRegionsWithTheNewJar() throws Exception {
        try (ServeProcess server = shared.serve();
                TidelineClient client = server.client();
                ClientLoad load = new ClientLoad(client, "upgrade", TIMELINES, WRITERS)) {
            load.awaitProgress(SOME);
            report("quiet", load);
            try (ServeProcess upgraded = ServeProcess.start(
                    0,
                    "--hbase-quorum",
                    shared.quorum(),
                    "--schema",
                    "upgrade",
                    "--sequencer-jar",
                    shared.secondJar())) {
                load.awaitProgress(SOME);
                report("upgrade", load);
                assertThat(sequencerJar()).isEqualTo(shared.secondJar());

                try (TidelineClient other = upgraded.client()) {
                    assertThat(Timelines.append(other, Timelines.conversation("after-upgrade"), "m1")
                                    .getSeq())
                            .isEqualTo(1);
                }
            }
            assertThat(load.stopAndVerify()).isGreaterThan(2 * SOME);
        }
    }

    private String sequencerJar() throws Exception {
        try (Connection connection = ConnectionFactory.createConnection(shared.configuration());
                Admin admin = connection.getAdmin()) {
            return admin.getDescriptor(TableName.valueOf("tideline", "hot")).getCoprocessorDescriptors().stream()
                    .filter(coprocessor -> coprocessor.getClassName().equals(SchemaNames.OBSERVER_CLASS))
                    .findFirst()
                    .orElseThrow()
                    .getJarPath()
                    .orElse("");
        }
    }

    private static void report(String event, ClientLoad load) {
        Duration pause = load.longestPause();
        System.err.printf("%s: longest wait of a caller %d ms%n", event, pause.toMillis());
    }
}
