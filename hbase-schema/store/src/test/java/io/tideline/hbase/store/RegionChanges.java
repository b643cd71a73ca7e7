package io.tideline.hbase.store;

import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.RowKeys;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HRegionLocation;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.RegionInfo;

/** Splits, merges and moves the regions of the hot table, as balancers and operators do. */
public final class RegionChanges implements AutoCloseable {
    private static final TableName TABLE =
            TimelineTable.HOT.name(SchemaConfig.embedded().namespace());
    private static final long PATIENCE_SECONDS = 60;

    private final Connection connection;
    private final Admin admin;

    public RegionChanges(Configuration configuration) throws IOException {
        this.connection = ConnectionFactory.createConnection(configuration);
        this.admin = connection.getAdmin();
    }

    /** Cuts the region that holds a timeline; asked to cut right through the timeline's entries. */
    public void splitAround(TimelineId timeline) throws Exception {
        int before = regions().size();
        byte[] insideTimeline = RowKeys.entryRow(TimelineKeys.prefix(timeline), 5);
        admin.splitRegionAsync(location(timeline).getRegion().getRegionName(), insideTimeline)
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        awaitRegions(before + 1);
    }

    /** Puts two neighbours together that have not been cut just now: HBase refuses those until it has cleaned up. */
    public void mergeAwayFrom(TimelineId timeline) throws Exception {
        List<RegionInfo> regions = regions();
        int mine = regions.indexOf(location(timeline).getRegion());
        int first = mine >= 3 ? 0 : regions.size() - 2;
        admin.mergeRegionsAsync(
                        new byte[][] {
                            regions.get(first).getEncodedNameAsBytes(),
                            regions.get(first + 1).getEncodedNameAsBytes()
                        },
                        false)
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        awaitRegions(regions.size() - 1);
    }

    /** Moves the region that holds a timeline to another server; returns false when there is none. */
    public boolean moveAway(TimelineId timeline) throws IOException {
        HRegionLocation location = location(timeline);
        List<ServerName> others = admin.getRegionServers().stream()
                .filter(server -> !server.equals(location.getServerName()))
                .toList();
        if (others.isEmpty()) {
            return false;
        }
        admin.move(location.getRegion().getEncodedNameAsBytes(), others.get(0));
        return true;
    }

    public ServerName serverOf(TimelineId timeline) throws IOException {
        return location(timeline).getServerName();
    }

    public List<RegionInfo> regions() throws IOException {
        return admin.getRegions(TABLE).stream()
                .sorted(Comparator.comparing(RegionInfo::getStartKey, java.util.Arrays::compareUnsigned))
                .toList();
    }

    private HRegionLocation location(TimelineId timeline) throws IOException {
        return connection
                .getRegionLocator(TABLE)
                .getRegionLocation(RowKeys.headRow(TimelineKeys.prefix(timeline)), true);
    }

    private void awaitRegions(int count) throws IOException {
        if (regions().size() != count) {
            throw new AssertionError("regions: " + regions().size() + " (expected: " + count + ")");
        }
    }

    @Override
    public void close() throws IOException {
        admin.close();
        connection.close();
    }
}
