package io.tideline.hbase.testcluster;

import java.io.IOException;
import java.io.PrintStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.regionserver.HRegionServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One region server. Its argument is the configuration file; it prints {@code STARTED PORT} when its RPC port is bound,
 * and ends when the region server does or when standard input ends.
 */
final class RegionServerMain {

    static final String STARTED = "STARTED ";

    private static final Logger LOG = LoggerFactory.getLogger(RegionServerMain.class);

    private RegionServerMain() {}

    public static void main(String[] args) {
        PrintStream protocol = System.out;
        System.setOut(System.err);
        endWithParent();
        int status = 1;
        try {
            Configuration conf = HBaseConfiguration.create();
            conf.addResource(new Path(args[0]));
            // Where coprocessors' jars are copied to. Two servers with one such directory clear it under each other's
            // hands,
            // and the one that then cannot load the sequencer aborts.
            conf.set(
                    "hbase.local.dir",
                    conf.get("hbase.tmp.dir") + "/local-"
                            + ProcessHandle.current().pid());
            HRegionServer server = new HRegionServer(conf);
            protocol.println(
                    STARTED + server.getRpcServer().getListenerAddress().getPort());
            server.start();
            server.join();
            status = server.isAborted() ? 1 : 0;
        } catch (IOException | InterruptedException | RuntimeException | LinkageError e) {
            LOG.error("Region server failed", e);
        }
        Runtime.getRuntime().halt(status);
    }

    private static void endWithParent() {
        Thread watcher = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Nothing is ever sent; only the end of the pipe matters.
                        }
                    } catch (IOException e) {
                        LOG.warn("Standard input failed", e);
                    }
                    Runtime.getRuntime().halt(1);
                },
                "parent-watcher");
        watcher.setDaemon(true);
        watcher.start();
    }
}
