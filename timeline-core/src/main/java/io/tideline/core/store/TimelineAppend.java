package io.tideline.core.store;

import io.tideline.core.record.Attachment;
import io.tideline.core.record.Guard;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Entries to be appended to one timeline: all of them in one step and in this order, or none.
 *
 * @param entries 1 to {@value #MAX_ENTRIES}, payloads at most {@value #MAX_PAYLOAD_BYTES} bytes together, no two of one
 *     sender with the same client message id
 * @param attachments records written in the same step, at most {@value #MAX_ATTACHMENTS}, their values at most {@value
 *     #MAX_PAYLOAD_BYTES} bytes together; of one key, that of the last entry stays
 * @param guards what must hold for anything to be written, at most {@value #MAX_GUARDS}; not asked when all entries are
 *     repeats, so that a repeat is answered as the first time
 * @param discounted the greatest seq of an entry that these entries take back, as an attached {@code DISCOUNT} record
 *     says; {@link SequenceId#NONE} for none
 */
public record TimelineAppend(
        TimelineId timeline,
        List<NewEntry> entries,
        List<Attachment> attachments,
        List<Guard> guards,
        SequenceId discounted) {
    public static final int MAX_ENTRIES = 1000;
    public static final int MAX_ATTACHMENTS = 12_000;
    public static final int MAX_GUARDS = 16;
    /** 2 MiB: several fit into one request to a region, whose cells may have 10 MiB. */
    public static final int MAX_PAYLOAD_BYTES = 2 * 1024 * 1024;

    public TimelineAppend {
        Objects.requireNonNull(discounted, "discounted");
        entries = List.copyOf(entries);
        attachments = List.copyOf(attachments);
        guards = List.copyOf(guards);
        if (entries.isEmpty() || entries.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException("entries: " + entries.size() + " (expected: 1.." + MAX_ENTRIES + ")");
        }
        if (entries.size() > 1) {
            checkTogether(entries);
        }
        checkAttachments(entries.size(), attachments);
        if (guards.size() > MAX_GUARDS) {
            throw new IllegalArgumentException("guards: " + guards.size() + " (expected: 0.." + MAX_GUARDS + ")");
        }
    }

    /** Without attachments and guards. */
    public TimelineAppend(TimelineId timeline, List<NewEntry> entries) {
        this(timeline, entries, List.of(), List.of(), SequenceId.NONE);
    }

    public static TimelineAppend of(TimelineId timeline, NewEntry... entries) {
        return new TimelineAppend(timeline, List.of(entries));
    }

    private static void checkAttachments(int entries, List<Attachment> attachments) {
        if (attachments.size() > MAX_ATTACHMENTS) {
            throw new IllegalArgumentException(
                    "attachments: " + attachments.size() + " (expected: 0.." + MAX_ATTACHMENTS + ")");
        }
        long bytes = 0;
        for (Attachment attachment : attachments) {
            Objects.checkIndex(attachment.entryIndex(), entries);
            bytes += attachment.value().size();
        }
        if (bytes > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "attachments: " + bytes + " bytes (expected: 0.." + MAX_PAYLOAD_BYTES + ")");
        }
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
