package io.tideline.hbase.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.shaded.org.apache.zookeeper.KeeperException;
import org.apache.hadoop.hbase.zookeeper.MiniZooKeeperCluster;
import org.apache.hadoop.hbase.zookeeper.ZKUtil;
import org.apache.hadoop.hbase.zookeeper.ZKWatcher;
import org.apache.hadoop.hbase.zookeeper.ZNodePaths;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one ZooKeeper server of an embedded HBase, on the loopback address, its data in {@code zookeeper}. */
final class LocalZooKeeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LocalZooKeeper.class);

    private static final String PORT_FILE_NAME = "zookeeper.port";

    // Below the ephemeral ranges of Linux (from 32768) and of IANA (from 49152): no outgoing connection takes one.
    private static final int FIRST_CHOSEN_PORT = 20_000;
    private static final int CHOSEN_PORTS = 12_000;
    private static final int ATTEMPTS = 50;

    private final MiniZooKeeperCluster server;
    private final int port;

    private LocalZooKeeper(MiniZooKeeperCluster server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Starts on the port, or on a free one when it is 0.
     *
     * @throws EmbeddedHBaseException when the port is taken
     */
    static LocalZooKeeper start(Configuration configuration, Path directory, int wantedPort)
            throws IOException, InterruptedException {
        if (wantedPort == 0) {
            return startOnFreePort(configuration, directory);
        }
        LocalZooKeeper started = tryStart(configuration, directory, wantedPort);
        if (started == null) {
            throw new EmbeddedHBaseException("zookeeper port in use: localhost:" + wantedPort
                    + " (taken by another ZooKeeper or another program; stop it, or choose another port)");
        }
        return started;
    }

    private static LocalZooKeeper startOnFreePort(Configuration configuration, Path directory)
            throws IOException, InterruptedException {
        Path portFile = directory.resolve(PORT_FILE_NAME);
        int candidate = lastPort(portFile);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            LocalZooKeeper started = tryStart(configuration, directory, candidate);
            if (started != null) {
                Files.writeString(portFile, started.port + "\n");
                return started;
            }
            candidate = choosePort();
        }
        throw new EmbeddedHBaseException("no free zookeeper port: tried " + ATTEMPTS + " from " + FIRST_CHOSEN_PORT
                + " to " + (FIRST_CHOSEN_PORT + CHOSEN_PORTS - 1));
    }

    /** The port of the last run, so that clients may keep it; a file that cannot be read only costs that. */
    private static int lastPort(Path portFile) throws IOException {
        if (!Files.exists(portFile)) {
            return choosePort();
        }
        String text = Files.readString(portFile, StandardCharsets.ISO_8859_1).strip();
        try {
            int port = Integer.parseInt(text);
            return port > 0 && port <= 65_535 ? port : choosePort();
        } catch (NumberFormatException e) {
            LOG.warn("Ignoring an unreadable port file: {}", portFile);
            return choosePort();
        }
    }

    private static int choosePort() {
        return FIRST_CHOSEN_PORT + ThreadLocalRandom.current().nextInt(CHOSEN_PORTS);
    }

    /** Null when the port is taken. */
    private static @Nullable LocalZooKeeper tryStart(Configuration configuration, Path directory, int port)
            throws IOException, InterruptedException {
        MiniZooKeeperCluster server = new MiniZooKeeperCluster(configuration);
        // Listed as a client port it is this port or none; as the default port it would silently become the next one.
        server.addClientPort(port);
        int started = server.startup(directory.resolve("zookeeper").toFile());
        if (started == port) {
            return new LocalZooKeeper(server, port);
        }
        server.shutdown();
        return null;
    }

    int port() {
        return port;
    }

    /**
     * Removes what the processes of the last run left behind when they were killed. Without it the new master waits for
     * the dead master's session to time out, and for the dead region server's before it recovers the log. The directory
     * lock proves that none of them is alive.
     */
    void forgetDeadServers(Configuration configuration) throws IOException {
        try (ZKWatcher watcher = new ZKWatcher(configuration, "embedded-start", null)) {
            ZNodePaths paths = watcher.getZNodePaths();
            ZKUtil.deleteNodeFailSilent(watcher, paths.masterAddressZNode);
            deleteChildren(watcher, paths.rsZNode);
            deleteChildren(watcher, paths.backupMasterAddressesZNode);
        } catch (KeeperException e) {
            throw new IOException("cannot remove the znodes of dead servers", e);
        }
    }

    private static void deleteChildren(ZKWatcher watcher, String parent) throws KeeperException {
        List<String> children = ZKUtil.listChildrenNoWatch(watcher, parent);
        if (children == null) {
            return;
        }
        for (String child : children) {
            LOG.info("Removing the znode of a dead server: {}", child);
            ZKUtil.deleteNodeFailSilent(watcher, ZNodePaths.joinZNode(parent, child));
        }
    }

    @Override
    public void close() throws IOException {
        server.shutdown();
    }
}
