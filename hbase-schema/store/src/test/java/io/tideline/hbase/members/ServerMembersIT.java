package io.tideline.hbase.members;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.shaded.org.apache.zookeeper.CreateMode;
import org.apache.hadoop.hbase.shaded.org.apache.zookeeper.ZooDefs;
import org.apache.hadoop.hbase.shaded.org.apache.zookeeper.ZooKeeper;
import org.apache.hadoop.hbase.shaded.org.apache.zookeeper.data.Stat;
import org.apache.hadoop.hbase.shaded.org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.hadoop.hbase.shaded.org.apache.zookeeper.server.ZooKeeperServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that come, go and lose their sessions, on a ZooKeeper in this process. */
final class ServerMembersIT {
    private static final long WAIT_SECONDS = 30;
    private static final String ROOT = "/tideline/test/servers";
    private static final ServerMember ANN = ServerMember.at("127.0.0.1", 7001);
    private static final ServerMember BOB = ServerMember.at("::1", 7002);

    private final List<ServerMembers> started = new ArrayList<>();

    @TempDir
    private Path data;

    private int port;
    private NIOServerCnxnFactory connections;
    private ZooKeeperServer zookeeper;

    /** A server's view of the others. */
    private final class View {
        final BlockingQueue<Set<ServerMember>> told = new LinkedBlockingQueue<>();
        final ServerMembers members;

        View(ServerMember self) {
            Configuration hbase = HBaseConfiguration.create();
            hbase.set("hbase.zookeeper.quorum", "127.0.0.1");
            hbase.setInt("hbase.zookeeper.property.clientPort", port);
            members = ServerMembers.start(hbase, "test", self, told::add);
            started.add(members);
        }

        /** Waits until the others are these. */
        void await(ServerMember... others) throws InterruptedException {
            Set<ServerMember> last = told.poll(WAIT_SECONDS, TimeUnit.SECONDS);
            while (last != null && !last.equals(Set.of(others))) {
                last = told.poll(WAIT_SECONDS, TimeUnit.SECONDS);
            }
            assertThat(last).as("told in time").isNotNull();
        }
    }

    @BeforeEach
    void start() throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        startZooKeeper();
    }

    private void startZooKeeper() throws IOException, InterruptedException {
        zookeeper = new ZooKeeperServer(data.toFile(), data.toFile(), 500);
        connections = new NIOServerCnxnFactory();
        connections.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
        connections.startup(zookeeper);
    }

    @AfterEach
    void stop() {
        started.forEach(ServerMembers::close);
        connections.shutdown();
    }

    private ZooKeeper client() throws IOException {
        return new ZooKeeper("127.0.0.1:" + port, 10_000, event -> {});
    }

    @Test
    void start_two_knowEachOther() throws Exception {
        View ann = new View(ANN);
        View bob = new View(BOB);

        ann.await(BOB);
        bob.await(ANN);
    }

    @Test
    void close_isSeenLongBeforeTheSessionTimesOut() throws Exception {
        View ann = new View(ANN);
        View bob = new View(BOB);
        ann.await(BOB);

        bob.members.close();

        ann.await();
        try (ZooKeeper client = client()) {
            assertThat(client.getChildren(ROOT, false)).containsExactly(ANN.id());
        }
    }

    @Test
    void sessionExpired_isKnownAgainInANewSession() throws Exception {
        View ann = new View(ANN);
        new View(BOB);
        ann.await(BOB);
        try (ZooKeeper client = client()) {
            long expired = owner(client, BOB, 0);
            zookeeper.closeSession(expired);

            assertThat(owner(client, BOB, expired)).isNotEqualTo(expired);
            new View(ServerMember.at("late", 7003)).await(ANN, BOB);
        }
    }

    /** Waits until the member's znode is there in another session than {@code not}. */
    private static long owner(ZooKeeper client, ServerMember member, long not) throws Exception {
        while (true) {
            CompletableFuture<Void> changed = new CompletableFuture<>();
            Stat node = client.exists(ROOT + "/" + member.id(), event -> changed.complete(null));
            if (node != null && node.getEphemeralOwner() != not) {
                return node.getEphemeralOwner();
            }
            changed.get(WAIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void zookeeperRestarts_newcomersAreSeen() throws Exception {
        View ann = new View(ANN);
        ann.await();
        connections.shutdown();
        startZooKeeper();

        View bob = new View(BOB);

        bob.await(ANN);
        ann.await(BOB);
    }

    @Test
    void zookeeperComesLate_isJoinedThen() throws Exception {
        connections.shutdown();
        View ann = new View(ANN);
        startZooKeeper();
        View bob = new View(BOB);

        ann.await(BOB);
        bob.await(ANN);
    }

    @Test
    void nodeThatIsNoAddress_isLeftOut() throws Exception {
        View ann = new View(ANN);
        ann.await();
        try (ZooKeeper client = client()) {
            client.create(ROOT + "/junk", new byte[] {1}, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            View bob = new View(BOB);

            bob.await(ANN);
            ann.await(BOB);
        }
    }
}
