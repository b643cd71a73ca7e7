package io.tideline.core.memory;

import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The records of the model. Guarded by the store's lock. */
final class InMemoryRecords {
    /** Numbers by value, before texts. */
    private static final Comparator<KeyPart> PART_ORDER = (a, b) -> {
        if (a instanceof KeyPart.Ordinal first && b instanceof KeyPart.Ordinal second) {
            return Long.compare(first.value(), second.value());
        }
        if (a instanceof KeyPart.Text first && b instanceof KeyPart.Text second) {
            return first.value().compareTo(second.value());
        }
        return a instanceof KeyPart.Ordinal ? -1 : 1;
    };

    private static final Comparator<RecordKey> ORDER = Comparator.comparing(
                    RecordKey::owner, InMemoryTimelineStore.ORDER)
            .thenComparing(key -> key.kind().code())
            .thenComparing(RecordKey::parts, InMemoryRecords::compareParts)
            .thenComparing(key -> key.kind().facet());

    /** What a removal leaves behind: writes up to this version have no effect. */
    private final Map<RecordKey, Long> removedThrough = new HashMap<>();

    private final NavigableMap<RecordKey, TimelineRecord> records = new TreeMap<>(ORDER);

    /** Those that lie apart, of all owners. */
    private final NavigableMap<RecordKey, TimelineRecord> apart = new TreeMap<>(ORDER);

    private static int compareParts(List<KeyPart> a, List<KeyPart> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = PART_ORDER.compare(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    private NavigableMap<RecordKey, TimelineRecord> place(RecordKey key) {
        return key.kind().liesApart() ? apart : records;
    }

    void raise(TimelineRecord record) {
        @Nullable TimelineRecord stored = place(record.key()).get(record.key());
        boolean removed = record.version() <= removedThrough.getOrDefault(record.key(), 0L);
        if (!removed && (stored == null || record.version() >= stored.version())) {
            place(record.key()).put(record.key(), record);
        }
    }

    Optional<TimelineRecord> find(RecordKey key) {
        return Optional.ofNullable(place(key).get(key));
    }

    void remove(RecordKey key, long throughVersion) {
        @Nullable TimelineRecord stored = place(key).get(key);
        removedThrough.merge(key, throughVersion, Math::max);
        if (stored != null && stored.version() <= throughVersion) {
            place(key).remove(key);
        }
    }

    RecordPage scan(RecordScan scan) {
        RecordKey first = first(scan);
        NavigableMap<RecordKey, TimelineRecord> rest = place(first).tailMap(first, true);
        PageOfRows page = new PageOfRows(scan.maxRows());
        for (TimelineRecord record : rest.values()) {
            if (!isAmong(scan, record.key()) || matches(scan, record.key()) && !page.add(record)) {
                break;
            }
        }
        return page.toPage();
    }

    RecordPage scanAll(RecordKind kind, Optional<RecordKey> after, int maxRows) {
        PageOfRows page = new PageOfRows(maxRows);
        NavigableMap<RecordKey, TimelineRecord> rest =
                after.map(key -> apart.tailMap(key, false)).orElse(apart);
        for (TimelineRecord record : rest.values()) {
            if (record.key().kind() == kind && !page.add(record)) {
                break;
            }
        }
        return page.toPage();
    }

    /** The least key that the scan can want. */
    private static RecordKey first(RecordScan scan) {
        RecordKind kind = scan.kinds().stream()
                .min(Comparator.comparing(RecordKind::facet))
                .orElseThrow();
        List<KeyPart> parts = new ArrayList<>(scan.prefix());
        if (scan.fromNumber() > 0) {
            parts.add(KeyPart.of(scan.fromNumber()));
        }
        return new RecordKey(
                scan.owner(), kind, scan.after().map(RecordKey::parts).orElse(parts));
    }

    /** Whether the scan goes on at this key: behind one that is not among the wanted, none is. */
    private static boolean isAmong(RecordScan scan, RecordKey key) {
        int at = scan.prefix().size();
        boolean named = key.owner().equals(scan.owner())
                && key.kind().code() == scan.kinds().iterator().next().code()
                && (key.parts().size() < at || key.parts().subList(0, at).equals(scan.prefix()));
        boolean beyond = key.parts().size() > at
                && key.parts().get(at) instanceof KeyPart.Ordinal number
                && number.value() > scan.toNumber();
        return named && !beyond;
    }

    private static boolean matches(RecordScan scan, RecordKey key) {
        int at = scan.prefix().size();
        boolean named = scan.kinds().contains(key.kind()) && key.parts().size() >= at;
        if (!named || scan.after().map(after -> !isAfter(key, after)).orElse(false)) {
            return false;
        }
        boolean bounded = scan.fromNumber() > 0 || scan.toNumber() < Long.MAX_VALUE;
        return !bounded
                || key.parts().size() > at
                        && key.parts().get(at) instanceof KeyPart.Ordinal number
                        && number.value() >= scan.fromNumber()
                        && number.value() <= scan.toNumber();
    }

    private static boolean isAfter(RecordKey key, RecordKey after) {
        return compareParts(key.parts(), after.parts()) > 0;
    }

    /** Takes records in order until another row would be one too many. */
    private static final class PageOfRows {
        private final int maxRows;
        private final List<TimelineRecord> served = new ArrayList<>();
        private int rows;
        private @Nullable RecordKey row;
        private boolean complete = true;

        PageOfRows(int maxRows) {
            this.maxRows = maxRows;
        }

        /** False when the page is full. */
        boolean add(TimelineRecord record) {
            RecordKey key = record.key();
            boolean sameRow = row != null
                    && row.owner().equals(key.owner())
                    && row.parts().equals(key.parts());
            if (!sameRow && rows == maxRows) {
                complete = false;
                return false;
            }
            rows += sameRow ? 0 : 1;
            row = key;
            served.add(record);
            return true;
        }

        RecordPage toPage() {
            return new RecordPage(served, complete);
        }
    }
}
