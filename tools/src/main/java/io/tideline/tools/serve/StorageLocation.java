package io.tideline.tools.serve;

import java.nio.file.Path;
import java.time.Duration;

/** Which HBase the server stands on. */
sealed interface StorageLocation {
    /** What operators are told. */
    String description();

    /** How long a process that does not answer any more keeps its successors waiting where only one may work. */
    default Duration leaseTime(Duration usual) {
        return usual;
    }

    /** One inside this process. */
    record Embedded(Path directory, boolean syncToDisk) implements StorageLocation {
        @Override
        public String description() {
            return "embedded in " + directory;
        }

        /** Its lock on the directory keeps other servers out: whoever had the lease has died. */
        @Override
        public Duration leaseTime(Duration usual) {
            return Duration.ofSeconds(5);
        }
    }

    /** The one that a configuration file names. */
    record SiteFile(Path file) implements StorageLocation {
        @Override
        public String description() {
            return "cluster of " + file;
        }
    }

    /** The one behind a ZooKeeper. */
    record Quorum(String host, int port) implements StorageLocation {
        public Quorum {
            if (host.isBlank()) {
                throw new IllegalArgumentException("host: blank (expected: a name or address)");
            }
        }

        @Override
        public String description() {
            return "cluster at " + host + ":" + port;
        }
    }
}
