package io.tideline.hbase.testcluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control process. Arguments: a working directory (it gets {@code data}, {@code conf} and {@code logs}) and the
 * number of region servers. Prints {@code READY zookeeper=localhost:PORT hdfs=hdfs://localhost:PORT} when the master is
 * initialised and all region servers are online, or {@code ERROR reason}; then answers the commands {@code rs list},
 * {@code rs start}, {@code rs kill N}, {@code rs stop N}, {@code rs cont N}, {@code master restart},
 * {@code put-jar LOCAL HDFS} and {@code exit}. When standard input ends it kills the region servers and ends.
 */
final class ClusterMain {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterMain.class);

    private ClusterMain() {}

    public static void main(String[] args) {
        PrintStream protocol = System.out;
        // Whatever HBase or Hadoop prints goes to the log.
        System.setOut(System.err);
        Path work = Path.of(args[0]).toAbsolutePath();
        RegionServerFleet fleet = new RegionServerFleet(work, work.resolve("conf/hbase-site.xml"));
        Runtime.getRuntime().addShutdownHook(new Thread(fleet::killAll, "kill-region-servers"));
        int status = 1;
        try {
            serve(start(work, Integer.parseInt(args[1]), fleet, protocol), protocol);
            status = 0;
        } catch (Exception | LinkageError e) {
            // LinkageError: what a wrong class path looks like, and it must not leave this JVM hanging.
            LOG.error("The test cluster failed", e);
            protocol.println("ERROR " + e);
        }
        fleet.killAll();
        // The servers of this JVM have threads that are not daemons, and nothing that is worth an orderly stop.
        Runtime.getRuntime().halt(status);
    }

    private static ClusterCommands start(Path work, int regionServers, RegionServerFleet fleet, PrintStream protocol)
            throws Exception {
        Configuration conf = ClusterConfiguration.create(work, regionServers);
        List<Integer> launched = new ArrayList<>();
        ControlServers control = ControlServers.start(conf, work, () -> {
            write(conf, work.resolve("conf/hbase-site.xml"));
            for (int i = 0; i < regionServers; i++) {
                launched.add(fleet.launch());
            }
        });
        ClusterCommands commands = new ClusterCommands(control, fleet);
        control.awaitMaster();
        for (int index : launched) {
            commands.awaitOnline(index);
        }
        protocol.println("READY zookeeper=localhost:" + control.zooKeeperPort() + " hdfs=" + control.hdfsUri());
        return commands;
    }

    private static void write(Configuration conf, Path site) throws IOException {
        Files.createDirectories(site.getParent());
        try (OutputStream out = Files.newOutputStream(site)) {
            conf.writeXml(out);
        }
    }

    private static void serve(ClusterCommands commands, PrintStream protocol) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            if (line.equals("exit")) {
                protocol.println("OK");
                return;
            }
            protocol.println(commands.answer(line));
        }
    }
}
