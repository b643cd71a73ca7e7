package io.tideline.hbase.embedded;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.regionserver.HRegionServer;
import org.apache.hadoop.hbase.shaded.protobuf.generated.RegionServerStatusProtos.RegionServerStartupResponse;
import org.apache.hadoop.hbase.util.EnvironmentEdgeManager;

/**
 * The region server, more eager: the master places no region on a server before its first heartbeat, which HBase sends
 * one interval after the registration. This one sends it at once.
 */
public final class EmbeddedRegionServer extends HRegionServer {

    /** Called by HBase, by reflection. */
    public EmbeddedRegionServer(Configuration configuration) throws IOException {
        super(configuration);
    }

    @Override
    protected void handleReportForDutyResponse(RegionServerStartupResponse response) throws IOException {
        super.handleReportForDutyResponse(response);
        long now = EnvironmentEdgeManager.currentTime();
        tryRegionServerReport(now, now);
    }
}
