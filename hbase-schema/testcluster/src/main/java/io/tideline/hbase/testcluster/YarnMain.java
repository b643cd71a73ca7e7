package io.tideline.hbase.testcluster;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.v2.MiniMRYarnCluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One YARN: a resource manager, a node manager and the server of finished MapReduce jobs. Its argument is a working
 * directory, which must be the current one too; {@code conf} in it gets what clients read. Prints {@code READY} when the
 * node manager is registered, or {@code ERROR reason}; ends when standard input does.
 */
final class YarnMain {

    static final String READY = "READY";

    private static final Logger LOG = LoggerFactory.getLogger(YarnMain.class);
    private static final String LOOPBACK_FREE_PORT = "localhost:0";
    private static final int NODE_MEGABYTES = 2048;
    private static final int CONTAINER_MEGABYTES = 512;
    private static final String CONTAINER_OPTIONS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData"
            + " -Dlogback.configurationFile=io/tideline/hbase/testcluster/servers-logback.xml";
    private static final int REGISTER_MILLIS = 60_000;

    private YarnMain() {}

    public static void main(String[] args) {
        PrintStream protocol = System.out;
        System.setOut(System.err);
        int status = 1;
        try {
            Path work = Path.of(args[0]).toAbsolutePath();
            MiniMRYarnCluster cluster = start(work);
            writeClientFiles(cluster.getConfig(), work);
            protocol.println(READY);
            while (System.in.read() >= 0) {
                // Nothing is ever sent; only the end of the pipe matters.
            }
            status = 0;
        } catch (Exception | LinkageError e) {
            LOG.error("YARN failed", e);
            protocol.println("ERROR " + e);
        }
        // Containers are processes of their own and would outlive this one. An orderly stop takes half a minute.
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().halt(status);
    }

    private static MiniMRYarnCluster start(Path work) throws Exception {
        Configuration conf = new Configuration();
        addresses(conf);
        conf.set(
                "yarn.app.mapreduce.am.staging-dir",
                work.resolve("data/staging").toString());
        // The capacity scheduler would want a file of queues.
        conf.set(
                "yarn.resourcemanager.scheduler.class",
                "org.apache.hadoop.yarn.server.resourcemanager.scheduler.fifo.FifoScheduler");
        conf.setInt("yarn.scheduler.minimum-allocation-mb", 128);
        conf.setInt("yarn.minicluster.yarn.nodemanager.resource.memory-mb", NODE_MEGABYTES);
        conf.setBoolean("yarn.nodemanager.vmem-check-enabled", false);
        conf.setBoolean("yarn.nodemanager.pmem-check-enabled", false);
        conf.setBoolean("yarn.nodemanager.disk-health-checker.enable", false);
        conf.setInt("yarn.resourcemanager.nodemanagers.heartbeat-interval-ms", 200);
        MiniMRYarnCluster cluster = new MiniMRYarnCluster("yarn", 1);
        cluster.init(conf);
        cluster.start();
        if (!cluster.waitForNodeManagersToConnect(REGISTER_MILLIS)) {
            throw new IllegalStateException("the node manager did not register in " + REGISTER_MILLIS + " ms");
        }
        return cluster;
    }

    /** With "fixed ports" the mini cluster takes the addresses as they are, otherwise it binds to the host's name. */
    private static void addresses(Configuration conf) {
        conf.setBoolean("yarn.minicluster.fixed.ports", true);
        conf.setBoolean("mapreduce.jobhistory.minicluster.fixed.ports", true);
        conf.set("yarn.resourcemanager.hostname", "localhost");
        conf.set("yarn.nodemanager.hostname", "localhost");
        for (String address : new String[] {
            "yarn.resourcemanager.address",
            "yarn.resourcemanager.scheduler.address",
            "yarn.resourcemanager.resource-tracker.address",
            "yarn.resourcemanager.admin.address",
            "yarn.resourcemanager.webapp.address",
            "yarn.nodemanager.address",
            "yarn.nodemanager.localizer.address",
            "yarn.nodemanager.collector-service.address",
            "yarn.nodemanager.webapp.address",
            "mapreduce.jobhistory.address",
            "mapreduce.jobhistory.admin.address",
            "mapreduce.jobhistory.webapp.address"
        }) {
            conf.set(address, LOOPBACK_FREE_PORT);
        }
    }

    private static void writeClientFiles(Configuration conf, Path work) throws IOException {
        Path directory = Files.createDirectories(work.resolve("conf"));
        Configuration yarn = new Configuration(false);
        for (String address : new String[] {
            "yarn.resourcemanager.hostname",
            "yarn.resourcemanager.address",
            "yarn.resourcemanager.scheduler.address",
            "yarn.resourcemanager.resource-tracker.address",
            "yarn.resourcemanager.webapp.address"
        }) {
            yarn.set(address, conf.get(address));
        }
        write(yarn, directory.resolve("yarn-site.xml"));
        write(mapReduce(conf), directory.resolve("mapred-site.xml"));
    }

    private static Configuration mapReduce(Configuration conf) {
        Configuration mapReduce = new Configuration(false);
        mapReduce.set("mapreduce.framework.name", "yarn");
        for (String same : new String[] {
            "mapreduce.jobhistory.address",
            "mapreduce.jobhistory.webapp.address",
            "mapreduce.jobhistory.intermediate-done-dir",
            "mapreduce.jobhistory.done-dir",
            "yarn.app.mapreduce.am.staging-dir"
        }) {
            mapReduce.set(same, conf.get(same));
        }
        mapReduce.set("mapreduce.application.classpath", containersClassPath());
        mapReduce.set("yarn.app.mapreduce.am.admin-command-opts", CONTAINER_OPTIONS);
        mapReduce.set("mapreduce.admin.map.child.java.opts", CONTAINER_OPTIONS);
        mapReduce.setInt("yarn.app.mapreduce.am.resource.mb", CONTAINER_MEGABYTES);
        mapReduce.set("yarn.app.mapreduce.am.command-opts", "-Xmx320m");
        mapReduce.setInt("mapreduce.map.memory.mb", CONTAINER_MEGABYTES);
        mapReduce.set("mapreduce.map.java.opts", "-Xmx320m");
        // An application master whose resource manager is gone must not stay for the six minutes of the default.
        mapReduce.setInt("yarn.app.mapreduce.am.scheduler.connection.wait.interval-ms", 10_000);
        return mapReduce;
    }

    /** What a node of a cluster has: Hadoop with all it needs, older than the product's. Nodes have no HBase. */
    private static String containersClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !new File(entry).getName().startsWith("hbase-")
                        || new File(entry).getName().startsWith("hbase-testcluster"))
                .collect(Collectors.joining(","));
    }

    private static void write(Configuration conf, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            conf.writeXml(out);
        }
    }
}
