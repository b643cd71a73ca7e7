package io.tideline.hbase.schema;

import io.tideline.core.timeline.TimelineFamily;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.hbase.TableName;
import org.jspecify.annotations.Nullable;

/** The tables of the timelines: inboxes live in one that forgets, everything else in one that does not. */
public enum TimelineTable {
    /** Inboxes, for delivery: entries expire. */
    SYNC("sync", Duration.ofDays(30)),
    /** The hot tier of history: conversations and personal timelines. */
    HOT("hot", null),
    /** The warm tier of history: what has left the hot table. Nobody appends to it. */
    WARM("warm", null),
    /** Where the entries that have left the warm table lie in files, and the pointer to the files' metadata. */
    COLD("cold", null);

    private static final List<TimelineTable> APPENDABLE = List.of(SYNC, HOT);

    private final String qualifier;
    private final @Nullable Duration entryTimeToLive;

    TimelineTable(String qualifier, @Nullable Duration entryTimeToLive) {
        this.qualifier = qualifier;
        this.entryTimeToLive = entryTimeToLive;
    }

    /** The tables that timelines grow in. */
    public static List<TimelineTable> appendable() {
        return APPENDABLE;
    }

    /** Which table a family grows in. */
    public static TimelineTable of(TimelineFamily family) {
        return switch (family) {
            case INBOX -> SYNC;
            case CONVERSATION, PERSONAL, REGISTRY -> HOT;
        };
    }

    public TableName name(String namespace) {
        return TableName.valueOf(namespace, qualifier);
    }

    /** How long entries are kept unless configured otherwise; empty for ever. */
    public Optional<Duration> entryTimeToLive() {
        return Optional.ofNullable(entryTimeToLive);
    }
}
