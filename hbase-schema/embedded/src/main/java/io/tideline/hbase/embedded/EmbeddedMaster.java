package io.tideline.hbase.embedded;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.RegionInfo;
import org.apache.hadoop.hbase.client.RegionInfoBuilder;
import org.apache.hadoop.hbase.master.HMaster;
import org.apache.hadoop.hbase.master.RegionState;
import org.apache.hadoop.hbase.util.Threads;

/**
 * The master, less patient: HBase looks once whether the catalogue's regions are up and then again after 1, 2, 4
 * seconds, which are most of a start when they take 300 ms. This one looks every 10 ms and only then lets HBase look.
 */
public final class EmbeddedMaster extends HMaster {

    private static final long POLL_MILLIS = 10;

    /** Called by HBase, by reflection. */
    public EmbeddedMaster(Configuration configuration) throws java.io.IOException {
        super(configuration);
    }

    @Override
    public boolean waitForMetaOnline() {
        awaitOnline(RegionInfoBuilder.FIRST_META_REGIONINFO);
        return super.waitForMetaOnline();
    }

    @Override
    public boolean waitForNamespaceOnline() {
        List<RegionInfo> regions =
                getAssignmentManager().getRegionStates().getRegionsOfTable(TableName.NAMESPACE_TABLE_NAME);
        regions.forEach(this::awaitOnline);
        return super.waitForNamespaceOnline();
    }

    private void awaitOnline(RegionInfo region) {
        while (!isStopped() && !isOnline(region)) {
            Threads.sleep(POLL_MILLIS);
        }
    }

    private boolean isOnline(RegionInfo region) {
        RegionState state = getAssignmentManager().getRegionStates().getRegionState(region);
        return state != null && state.isOpened() && getServerManager().isServerOnline(state.getServerName());
    }
}
