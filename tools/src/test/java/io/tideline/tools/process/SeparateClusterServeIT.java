package io.tideline.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.client.TidelineClient;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.store.DiagnosedOnFailure;
import io.tideline.hbase.store.RegionChanges;
import java.time.Duration;
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
