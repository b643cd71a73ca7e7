package io.tideline.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.api.v1.ListConversationsRequest;
import io.tideline.client.TidelineClient;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.store.DiagnosedOnFailure;
import io.tideline.hbase.store.RegionChanges;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The simulation on a cluster whose regions move and whose servers die meanwhile: conversations, members who come and go,
 * both diffusions with switches, personal messages, changes and reactions, several devices for each user, unread counts. It
 * compares everything with a plan that was made before.
 */
@ExtendWith(DiagnosedOnFailure.class)
final class MessagingFaultsIT {
    private static final int PATIENCE_MINUTES = 5;

    private final SharedCluster shared = SharedCluster.get();

    private static TimelineId group(TidelineClient client, String app) throws Exception {
        String id = client.messaging()
                .listConversations(ListConversationsRequest.newBuilder()
                        .setApp(app)
                        .setUser("simulation.owner")
                        .build())
                .get(1, TimeUnit.MINUTES)
                .getConversations(0)
                .getConversationId();
        return new ConversationId(id).timeline(new AppId(app));
    }

    private static void assertNothingAmiss(SimulationProcess simulation) throws Exception {
        assertThat(simulation.exitCode(PATIENCE_MINUTES))
                .as(simulation.output())
                .isZero();
        assertThat(simulation.output())
                .contains(
                        "\"violations\" : 0",
                        "\"messages sent\"",
                        "\"personal notices sent\"",
                        "\"switches of diffusion\"",
                        "\"recalls\"",
                        "\"edits\"",
                        "\"reactions\"",
                        "\"unread counts compared\"",
                        "\"histories compared\"");
    }

    @Test
    void messaging_whileARegionMovesAndARegionServerDies_losesDoublesAndReordersNothing() throws Exception {
        String app = "region-faults";
        try (ServeProcess server = shared.serve();
                TidelineClient client = server.client();
                RegionChanges changes = new RegionChanges(shared.configuration());
                SimulationProcess simulation = SimulationProcess.start(
                        server.address(), app, "--policy", "read", "--switch", "--groups", "3", "--seed", "21")) {
            simulation.awaitStep(4);
            TimelineId group = group(client, app);
            changes.moveAway(group);
            simulation.awaitStep(10);
            shared.cluster().killRegionServer(shared.regionServerOf(changes, group));
            simulation.awaitStep(16);
            shared.cluster().startRegionServer();

            assertNothingAmiss(simulation);
        }
    }

    /** Without subscriptions: what was acknowledged on one in the last two seconds may come again, which a plan cannot know. */
    @Test
    void messaging_whileItsServerIsKilledTwice_losesDoublesAndReordersNothing() throws Exception {
        ServeProcess server = shared.serve();
        try (SimulationProcess simulation = SimulationProcess.start(
                server.address(),
                "server-faults",
                "--policy",
                "write",
                "--switch",
                "--groups",
                "3",
                "--seed",
                "22",
                "--subscribe-share",
                "0")) {
            for (int step : new int[] {5, 12}) {
                simulation.awaitStep(step);
                server.jvm().kill();
                server = shared.serveOn(server.port());
            }

            assertNothingAmiss(simulation);
        } finally {
            server.close();
        }
    }
}
