package io.tideline.hbase.members;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.shaded.org.apache.zookeeper.CreateMode;
import org.apache.hadoop.hbase.shaded.org.apache.zookeeper.KeeperException;
import org.apache.hadoop.hbase.shaded.org.apache.zookeeper.WatchedEvent;
import org.apache.hadoop.hbase.shaded.org.apache.zookeeper.Watcher;
import org.apache.hadoop.hbase.shaded.org.apache.zookeeper.ZooDefs;
import org.apache.hadoop.hbase.shaded.org.apache.zookeeper.ZooKeeper;
import org.apache.hadoop.hbase.shaded.org.apache.zookeeper.data.Stat;
import org.apache.hadoop.hbase.zookeeper.ZKConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this server known and tells of the others. Nothing depends on it being right at once: while ZooKeeper is away
 * the set stays as it was, and a server that died is in it until its session has timed out (10 s).
 *
 * <p>Everything happens on one thread of its own, which may block: ZooKeeper's events only ask it to look again.
 * {@code looking} keeps one such request in its queue. A look opens a session when there is none, puts the own znode there
 * when this session has none, and reads the others, with a watch. A lost connection is repaired by the client and ends in
 * an event; a session that expired took the znode with it, and the look after it makes both anew. What fails is tried
 * again after a second.
 */
public final class ServerMembers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerMembers.class);

    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    /** Of the first members by id: what more than that would need is no broadcast. */
    private static final int MAX_MEMBERS = 1_000;

    private final String quorum;
    private final String root;
    private final ServerMember self;
    private final Consumer<Set<ServerMember>> listener;
    private final ScheduledThreadPoolExecutor thread;
    /** One object: ZooKeeper tells the same one once, however often it was named. */
    private final Watcher watcher = this::happened;

    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile boolean closed;

    // Touched by the thread only.
    private @Nullable ZooKeeper session;
    private Map<String, ServerMember> known = Map.of();
    private boolean told;

    private ServerMembers(String quorum, String namespace, ServerMember self, Consumer<Set<ServerMember>> listener) {
        this.quorum = quorum;
        this.root = "/tideline/" + namespace + "/servers";
        this.self = self;
        this.listener = listener;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, "tideline-members");
            created.setDaemon(true);
            return created;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * Begins to connect, in the background, and returns.
     *
     * @param hbase where HBase's ZooKeeper is
     * @param namespace servers of the same one meet
     * @param listener told the other servers there are, first when they are known and then whenever that changes, always
     *     on the same thread; must not block
     */
    public static ServerMembers start(
            Configuration hbase, String namespace, ServerMember self, Consumer<Set<ServerMember>> listener) {
        ServerMembers members = new ServerMembers(ZKConfig.getZKQuorumServersString(hbase), namespace, self, listener);
        members.look();
        return members;
    }

    private void look() {
        if (!closed && looking.compareAndSet(false, true)) {
            execute(() -> {
                looking.set(false);
                tryLook();
            });
        }
    }

    /** The outermost frame of the thread. */
    private void tryLook() {
        if (closed) {
            return;
        }
        try {
            ZooKeeper zookeeper = session();
            register(zookeeper);
            tell(others(zookeeper));
        } catch (KeeperException.SessionExpiredException e) {
            LOG.info("the ZooKeeper session has expired, a new one is opened");
            endSession();
            look();
        } catch (KeeperException | IOException | RuntimeException e) {
            LOG.debug("ZooKeeper cannot be asked for the servers", e);
            lookLater();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookLater() {
        try {
            var unused = thread.schedule(this::look, RETRY.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed meanwhile", e);
        }
    }

    private ZooKeeper session() throws IOException {
        @Nullable ZooKeeper open = session;
        if (open == null) {
            open = new ZooKeeper(quorum, (int) SESSION_TIMEOUT.toMillis(), watcher);
            session = open;
        }
        return open;
    }

    /** On ZooKeeper's thread. Watches are set again by the client when it has reconnected; a look costs little, though. */
    private void happened(WatchedEvent event) {
        boolean news = event.getType() != Watcher.Event.EventType.None
                || event.getState() == Watcher.Event.KeeperState.SyncConnected
                || event.getState() == Watcher.Event.KeeperState.Expired;
        if (news) {
            look();
        }
    }

    private void register(ZooKeeper zookeeper) throws KeeperException, InterruptedException {
        String node = root + "/" + self.id();
        @Nullable Stat there = zookeeper.exists(node, false);
        if (there != null && there.getEphemeralOwner() == zookeeper.getSessionId()) {
            return;
        }
        if (there != null) {
            // Of a session of ours that has ended without the server having noticed yet.
            zookeeper.delete(node, there.getVersion());
        }
        makeRoot(zookeeper);
        zookeeper.create(node, self.address(), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
        LOG.info("this server is known to the others as {}:{}", self.host(), self.port());
    }

    private void makeRoot(ZooKeeper zookeeper) throws KeeperException, InterruptedException {
        int slash = root.indexOf('/', 1);
        while (slash > 0) {
            makePersistent(zookeeper, root.substring(0, slash));
            slash = root.indexOf('/', slash + 1);
        }
        makePersistent(zookeeper, root);
    }

    private static void makePersistent(ZooKeeper zookeeper, String path) throws KeeperException, InterruptedException {
        try {
            zookeeper.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            LOG.trace("made by an earlier server", e);
        }
    }

    private Map<String, ServerMember> others(ZooKeeper zookeeper) throws KeeperException, InterruptedException {
        List<String> ids = zookeeper.getChildren(root, watcher);
        Map<String, ServerMember> others = new HashMap<>();
        for (String id : ids.stream().sorted().limit(MAX_MEMBERS).toList()) {
            if (id.equals(self.id())) {
                continue;
            }
            @Nullable ServerMember member = known.get(id);
            if (member == null) {
                member = read(zookeeper, id).orElse(null);
            }
            if (member != null) {
                others.put(id, member);
            }
        }
        return others;
    }

    private Optional<ServerMember> read(ZooKeeper zookeeper, String id) throws KeeperException, InterruptedException {
        try {
            Optional<ServerMember> member = ServerMember.of(id, zookeeper.getData(root + "/" + id, false, new Stat()));
            if (member.isEmpty()) {
                LOG.warn("a server has no proper address, it is left out id={}", id);
            }
            return member;
        } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
        }
    }

    private void tell(Map<String, ServerMember> others) {
        if (told && others.equals(known)) {
            return;
        }
        known = Map.copyOf(others);
        told = true;
        listener.accept(new HashSet<>(others.values()));
    }

    private void endSession() {
        @Nullable ZooKeeper open = session;
        session = null;
        if (open != null) {
            try {
                open.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed meanwhile", e);
        }
    }

    /** Takes the znode away, so that the others hear of it at once; waits up to a second for that. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        execute(this::endSession);
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
