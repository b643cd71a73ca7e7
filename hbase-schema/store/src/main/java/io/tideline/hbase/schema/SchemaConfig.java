package io.tideline.hbase.schema;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the tables are laid out.
 *
 * @param namespace HBase namespace of all tables, 1 to 128 letters, digits or underscores (ASCII)
 * @param regions into how many regions a new table is split, a power of two, 1 to 1024
 * @param dedupeWindow how long client message ids are remembered, 1 minute or more
 * @param inboxTimeToLive how long inbox entries are kept, 1 minute or more
 * @param sequencerJar where region servers load the sequencer from, a path on a file system they all see; null when it
 *     is on their class path
 */
public record SchemaConfig(
        String namespace,
        int regions,
        Duration dedupeWindow,
        Duration inboxTimeToLive,
        @Nullable String sequencerJar) {
    public static final Duration DEFAULT_DEDUPE_WINDOW = Duration.ofDays(7);

    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9_]{1,128}");

    public SchemaConfig {
        if (!NAMESPACE.matcher(namespace).matches()) {
            throw new IllegalArgumentException(
                    "namespace: " + namespace + " (expected: 1 to 128 letters, digits or underscores)");
        }
        if (Integer.bitCount(regions) != 1 || regions > 1024) {
            throw new IllegalArgumentException("regions: " + regions + " (expected: a power of two, 1..1024)");
        }
        if (dedupeWindow.compareTo(Duration.ofMinutes(1)) < 0) {
            throw new IllegalArgumentException("dedupeWindow: " + dedupeWindow + " (expected: 1 minute or more)");
        }
        if (inboxTimeToLive.compareTo(Duration.ofMinutes(1)) < 0) {
            throw new IllegalArgumentException("inboxTimeToLive: " + inboxTimeToLive + " (expected: 1 minute or more)");
        }
    }

    /** Four regions a table and the sequencer on the class path: one machine. */
    public static SchemaConfig embedded() {
        return new SchemaConfig("tideline", 4, DEFAULT_DEDUPE_WINDOW, Duration.ofDays(30), null);
    }

    public SchemaConfig withSequencerJar(@Nullable String path) {
        return new SchemaConfig(namespace, regions, dedupeWindow, inboxTimeToLive, path);
    }
}
