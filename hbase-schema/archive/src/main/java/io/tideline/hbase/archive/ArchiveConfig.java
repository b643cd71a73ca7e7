package io.tideline.hbase.archive;

import java.time.Duration;
import java.util.Objects;

/**
 * Where the archive lies and how it is read and written.
 *
 * @param location directory with its scheme, {@code file:///...} or {@code hdfs://...}; neither HBase's root directory nor in
 *     it nor around it
 * @param namespace of HBase's tables
 * @param fileBytes about how large files become, 1 MiB or more
 * @param footerBytes what cached footers may take in memory
 * @param cacheBytes what decoded rows may take in memory
 * @param readers how many reads of files go on at once, 1 or more
 * @param lease how long a writer that is not heard of keeps others out, 1 s or more
 */
public record ArchiveConfig(
        String location,
        String namespace,
        long fileBytes,
        long footerBytes,
        long cacheBytes,
        int readers,
        Duration lease) {
    private static final long MIB = 1024 * 1024;

    public ArchiveConfig {
        Objects.requireNonNull(location, "location");
        Objects.requireNonNull(namespace, "namespace");
        if (fileBytes < MIB || footerBytes < 0 || cacheBytes < 0 || readers < 1) {
            throw new IllegalArgumentException("archive: file of " + fileBytes + " bytes, " + readers
                    + " readers (expected: 1 MiB or more, 1 or more)");
        }
        if (lease.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("lease: " + lease + " (expected: 1 s or more)");
        }
    }

    /** Files of 64 MiB, caches of 64 MiB and 32 MiB, as many readers as processors but two at least. */
    public static ArchiveConfig at(String location, String namespace) {
        return new ArchiveConfig(
                location,
                namespace,
                64 * MIB,
                64 * MIB,
                32 * MIB,
                Math.max(2, Runtime.getRuntime().availableProcessors()),
                Duration.ofMinutes(1));
    }

    public ArchiveConfig withLease(Duration newLease) {
        return new ArchiveConfig(location, namespace, fileBytes, footerBytes, cacheBytes, readers, newLease);
    }
}
