package io.tideline.hbase.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * Where an embedded HBase lives and how careful it is.
 *
 * @param directory everything it stores; created when missing, owned by one process at a time
 * @param zookeeperPort the port clients connect to, 1 to 65535, or 0: a free port is chosen, kept in the directory and
 *     used again after a restart when it is still free
 * @param startTimeout how long {@link EmbeddedHBase#start} may take in all; positive
 * @param syncToDisk true: an acknowledged write has been forced to the disk and survives a power loss, at the price of
 *     one {@code fsync} for each group of writes. False: it is in the operating system's cache, which survives the end
 *     of the process, {@code kill -9} included, and not the end of the operating system
 */
public record EmbeddedHBaseConfig(Path directory, int zookeeperPort, Duration startTimeout, boolean syncToDisk) {

    private static final Duration DEFAULT_START_TIMEOUT = Duration.ofMinutes(2);

    public EmbeddedHBaseConfig {
        directory = directory.toAbsolutePath().normalize();
        if (zookeeperPort < 0 || zookeeperPort > 65_535) {
            throw new IllegalArgumentException("zookeeperPort: " + zookeeperPort + " (expected: 0..65535)");
        }
        Objects.requireNonNull(startTimeout, "startTimeout");
        if (startTimeout.isNegative() || startTimeout.isZero()) {
            throw new IllegalArgumentException("startTimeout: " + startTimeout + " (expected: > 0)");
        }
    }

    /** Chooses its port, waits two minutes at most and survives the end of the process, not a power loss. */
    public static EmbeddedHBaseConfig on(Path directory) {
        return new EmbeddedHBaseConfig(directory, 0, DEFAULT_START_TIMEOUT, false);
    }

    /** The same with another port; see {@link #zookeeperPort}. */
    public EmbeddedHBaseConfig withZookeeperPort(int port) {
        return new EmbeddedHBaseConfig(directory, port, startTimeout, syncToDisk);
    }
}
