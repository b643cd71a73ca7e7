package io.tideline.hbase.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An HBase in a process of its own: {@code --dir DIRECTORY [--zk-port PORT] [--sync-to-disk]}.
 *
 * <p>Prints the one line {@code READY zookeeper=localhost:PORT} on standard output when it can be used. Ends with code 0
 * within five seconds of SIGTERM or SIGINT, with 1 when it could not start, stopped itself or did not stop in time, and
 * with 2 when the arguments are wrong.
 */
public final class EmbeddedHBaseMain {

    private static final String USAGE = "usage: EmbeddedHBaseMain --dir DIRECTORY [--zk-port PORT] [--sync-to-disk]";

    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

    /** Data is safe without a clean stop; it only makes the next start cheaper. */
    private static final Duration STOP_TIMEOUT = Duration.ofMillis(4_500);

    private EmbeddedHBaseMain() {}

    public static void main(String[] args) throws InterruptedException {
        EmbeddedHBase hbase;
        try {
            hbase = EmbeddedHBase.start(parse(args));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + USAGE);
            end(2);
            return;
        } catch (EmbeddedHBaseException e) {
            e.printStackTrace();
            end(1);
            return;
        }
        AtomicBoolean asked = new AtomicBoolean();
        Thread hook = new Thread(() -> stop(hbase, asked), "embedded-hbase-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        System.out.println("READY zookeeper=localhost:" + hbase.zookeeperPort());
        System.out.flush();
        hbase.awaitStopped();
        if (!asked.get()) {
            System.err.println("HBase stopped itself; its log says why");
            end(1);
        }
    }

    private static EmbeddedHBaseConfig parse(String[] args) {
        Path directory = null;
        int zookeeperPort = 0;
        boolean syncToDisk = false;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--dir" -> directory = Path.of(value(args, ++i));
                case "--zk-port" -> zookeeperPort = Integer.parseInt(value(args, ++i));
                case "--sync-to-disk" -> syncToDisk = true;
                default -> throw new IllegalArgumentException("unknown argument: " + args[i]);
            }
        }
        if (directory == null) {
            throw new IllegalArgumentException("--dir is missing");
        }
        return new EmbeddedHBaseConfig(directory, zookeeperPort, START_TIMEOUT, syncToDisk);
    }

    private static String value(String[] args, int index) {
        if (index >= args.length) {
            throw new IllegalArgumentException("no value for " + args[index - 1]);
        }
        return args[index];
    }

    /** The shutdown hook. A thread of its own closes, because a hook that hangs keeps the process for ever. */
    private static void stop(EmbeddedHBase hbase, AtomicBoolean asked) {
        asked.set(true);
        AtomicBoolean clean = new AtomicBoolean();
        Thread closing = new Thread(
                () -> {
                    hbase.close();
                    clean.set(true);
                },
                "embedded-hbase-close");
        closing.start();
        try {
            closing.join(STOP_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end(clean.get() ? 0 : 1);
    }

    /** Not {@code System.exit}: HBase and ZooKeeper leave threads that do not end, and hooks that wait for them. */
    private static void end(int code) {
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(code);
    }
}
