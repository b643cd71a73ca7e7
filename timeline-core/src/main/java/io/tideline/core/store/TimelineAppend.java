package io.tideline.core.store;

import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.TimelineId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Entries to be appended to one timeline: all of them in one step and in this order, or none.
 *
 * @param entries 1 to {@value #MAX_ENTRIES}, payloads at most {@value #MAX_PAYLOAD_BYTES} bytes together, no two of one
 *     sender with the same client message id
 */
public record TimelineAppend(TimelineId timeline, List<NewEntry> entries) {
    public static final int MAX_ENTRIES = 1000;
    /** 2 MiB: several fit into one request to a region, whose cells may have 10 MiB. */
    public static final int MAX_PAYLOAD_BYTES = 2 * 1024 * 1024;

    public TimelineAppend {
        entries = List.copyOf(entries);
        if (entries.isEmpty() || entries.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException("entries: " + entries.size() + " (expected: 1.." + MAX_ENTRIES + ")");
        }
        if (entries.size() > 1) {
            checkTogether(entries);
        }
    }

    public static TimelineAppend of(TimelineId timeline, NewEntry... entries) {
        return new TimelineAppend(timeline, List.of(entries));
    }

    private static void checkTogether(List<NewEntry> entries) {
        record Key(Object sender, Object clientMessageId) {}
        Set<Key> seen = new HashSet<>();
        long bytes = 0;
        for (int i = 0; i < entries.size(); i++) {
            NewEntry entry = entries.get(i);
            bytes += entry.payload().size();
            if (!seen.add(new Key(entry.sender(), entry.clientMessageId()))) {
                throw new IllegalArgumentException(
                        "entries[" + i + "].client_message_id: used twice by one sender (expected: unique)");
            }
        }
        if (bytes > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "entries: " + bytes + " payload bytes (expected: 0.." + MAX_PAYLOAD_BYTES + ")");
        }
    }
}
