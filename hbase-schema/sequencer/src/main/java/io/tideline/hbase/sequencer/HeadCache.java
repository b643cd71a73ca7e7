package io.tideline.hbase.sequencer;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The heads of the timelines that were appended to last, so that a busy timeline costs no read.
 *
 * <p>Safe because of four rules: it belongs to one opening of one region and dies with it; only the thread that holds the
 * sequencer's drain lock touches it; a head gets in only after its mutation is durable; whatever a failed mutation
 * touched is evicted, since nobody knows whether its edit survives.
 */
final class HeadCache {
    private final LinkedHashMap<Key, HeadCell> heads;

    /** @param capacity at most so many heads, about 200 bytes each */
    HeadCache(int capacity) {
        this.heads = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, HeadCell> eldest) {
                return size() > capacity;
            }
        };
    }

    @Nullable HeadCell get(Key prefix) {
        return heads.get(prefix);
    }

    void put(Key prefix, HeadCell head) {
        heads.put(prefix, head);
    }

    void evict(Key prefix) {
        heads.remove(prefix);
    }
}
