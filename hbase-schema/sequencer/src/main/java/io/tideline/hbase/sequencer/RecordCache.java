package io.tideline.hbase.sequencer;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What guards have asked about last, so that a busy conversation costs no read. Safe by the rules of {@link HeadCache},
 * and because what guards ask about is written by attachments alone, which pass here.
 */
final class RecordCache {
    private final LinkedHashMap<Key, RecordState> records;

    /** @param capacity at most so many records, about 200 bytes each */
    RecordCache(int capacity) {
        this.records = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, RecordState> eldest) {
                return size() > capacity;
            }
        };
    }

    @Nullable RecordState get(Key record) {
        return records.get(record);
    }

    void put(Key record, RecordState state) {
        records.put(record, state);
    }

    /** Keeps what is there up to date; whatever nobody has asked about stays out. */
    void update(Key record, RecordState state) {
        records.computeIfPresent(record, (key, before) -> state);
    }

    void evict(Key record) {
        records.remove(record);
    }
}
