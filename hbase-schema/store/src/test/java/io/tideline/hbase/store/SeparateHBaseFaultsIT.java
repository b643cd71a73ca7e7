package io.tideline.hbase.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.SchemaConfig;
import org.apache.hadoop.hbase.ServerName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What happens to regions in a cluster's life, while 8 writers append and a reader follows: a pause and no error. */
@ExtendWith(DiagnosedOnFailure.class)
final class SeparateHBaseFaultsIT {
    private static final int TIMELINES = 20;
    private static final int WRITERS = 8;
    private static final int SOME = 200;

    @Test
    void append_whileRegionsSplitMergeAndMove_losesDoublesAndReordersNothing() throws Exception {
        try (AppendLoad load = new AppendLoad(SeparateHBase.storage().store(), TIMELINES, WRITERS);
                RegionChanges changes = new RegionChanges(SeparateHBase.configuration())) {
            TimelineId timeline = load.timeline(0);
            load.awaitProgress(SOME);
            changes.splitAround(timeline);
            load.awaitProgress(SOME);
            assertThat(changes.moveAway(timeline)).isTrue();
            load.awaitProgress(SOME);
            changes.mergeAwayFrom(timeline);
            load.awaitProgress(SOME);
            changes.moveAway(timeline);
            load.awaitProgress(SOME);

            assertThat(load.stopAndVerify()).isGreaterThan(5 * SOME);
            repeatByAnotherClient(load);
        }
    }

    @Test
    void append_whileItsRegionServerIsKilled_losesDoublesAndReordersNothing() throws Exception {
        try (AppendLoad load = new AppendLoad(SeparateHBase.storage().store(), TIMELINES, WRITERS);
                RegionChanges changes = new RegionChanges(SeparateHBase.configuration())) {
            load.awaitProgress(SOME);
            SeparateHBase.cluster().killRegionServer(indexOf(changes.serverOf(load.timeline(0))));
            load.awaitProgress(SOME);
            SeparateHBase.cluster().startRegionServer();
            load.awaitProgress(SOME);

            assertThat(load.stopAndVerify()).isGreaterThan(3 * SOME);
            repeatByAnotherClient(load);
        }
    }

    /** A client that knows no answers, after regions were opened by other servers: every id is known to them. */
    private static void repeatByAnotherClient(AppendLoad load) throws Exception {
        try (HBaseStorage restarted = HBaseStorage.open(
                SeparateHBase.configuration(),
                SchemaConfig.embedded(),
                HBaseStorage.SchemaMode.CHECK,
                new MetricRegistry())) {
            load.repeatEverything(restarted.store());
        }
        assertThat(load.stopAndVerify()).isPositive();
    }

    private static int indexOf(ServerName server) throws Exception {
        return SeparateHBase.cluster().regionServers().stream()
                .filter(process -> process.port() == server.getPort())
                .findFirst()
                .orElseThrow()
                .index();
    }
}
