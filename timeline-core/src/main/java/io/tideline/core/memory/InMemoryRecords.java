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
import java.util.Optional;
import java.util.SortedMap;
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

    private final SortedMap<RecordKey, TimelineRecord> records = new TreeMap<>(ORDER);

    private static int compareParts(List<KeyPart> a, List<KeyPart> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = PART_ORDER.compare(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    void raise(TimelineRecord record) {
        @Nullable TimelineRecord stored = records.get(record.key());
        boolean removed = record.version() <= removedThrough.getOrDefault(record.key(), 0L);
        if (!removed && (stored == null || record.version() >= stored.version())) {
            records.put(record.key(), record);
        }
    }

    Optional<TimelineRecord> find(RecordKey key) {
        return Optional.ofNullable(records.get(key));
    }

    void remove(RecordKey key, long throughVersion) {
        @Nullable TimelineRecord stored = records.get(key);
        removedThrough.merge(key, throughVersion, Math::max);
        if (stored != null && stored.version() <= throughVersion) {
            records.remove(key);
        }
    }

    RecordPage scan(RecordScan scan) {
        return page(
                records.values().stream()
                        .filter(record -> matches(scan, record))
                        .toList(),
                scan.maxRows());
    }

    RecordPage scanAll(RecordKind kind, Optional<RecordKey> after, int maxRows) {
        return page(
                records.values().stream()
                        .filter(record -> record.key().kind() == kind)
                        .filter(record -> after.map(key -> ORDER.compare(record.key(), key) > 0)
                                .orElse(true))
                        .toList(),
                maxRows);
    }

    private static boolean matches(RecordScan scan, TimelineRecord record) {
        RecordKey key = record.key();
        int at = scan.prefix().size();
        boolean named = key.owner().equals(scan.owner())
                && scan.kinds().contains(key.kind())
                && key.parts().size() >= at
                && key.parts().subList(0, at).equals(scan.prefix());
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

    private static RecordPage page(List<TimelineRecord> found, int maxRows) {
        List<TimelineRecord> served = new ArrayList<>();
        int rows = 0;
        @Nullable RecordKey row = null;
        for (TimelineRecord record : found) {
            if (row == null
                    || !row.owner().equals(record.key().owner())
                    || !row.parts().equals(record.key().parts())) {
                if (rows == maxRows) {
                    return new RecordPage(served, false);
                }
                rows++;
                row = record.key();
            }
            served.add(record);
        }
        return new RecordPage(served, true);
    }
}
