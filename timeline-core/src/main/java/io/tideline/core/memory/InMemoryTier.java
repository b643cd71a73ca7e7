package io.tideline.core.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.store.Direction;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeDigest;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** What one tier has of one timeline. Guarded by the store's lock. */
final class InMemoryTier {
    /** @param erased whether only seq, time and count are left */
    record Stored(Entry entry, boolean erased) {}

    private final TreeMap<Long, Stored> rows = new TreeMap<>();

    void put(Entry entry) {
        put(new Stored(entry, false));
    }

    void put(Stored stored) {
        rows.put(stored.entry().seq().value(), stored);
    }

    /** The one of the least seq; empty when nothing is there. */
    Optional<Stored> first() {
        return Optional.ofNullable(rows.firstEntry()).map(Map.Entry::getValue);
    }

    Collection<Stored> rows(EntryRange range) {
        return within(range).values();
    }

    private SortedMap<Long, Stored> within(EntryRange range) {
        return rows.subMap(range.first().value(), range.last().value() + 1);
    }

    RangeSlice read(EntryRange range, Direction direction, int maxBytes) {
        SortedMap<Long, Stored> wanted = within(range);
        Collection<Stored> ordered = direction == Direction.FORWARD
                ? wanted.values()
                : rows.subMap(range.first().value(), true, range.last().value(), true)
                        .descendingMap()
                        .values();
        List<Entry> entries = new ArrayList<>();
        List<Gap> gaps = new ArrayList<>();
        long bytes = 0;
        for (Stored stored : ordered) {
            if (bytes >= maxBytes) {
                break;
            }
            if (stored.erased()) {
                gaps.add(Gap.erased(stored.entry().seq(), stored.entry().counted()));
            } else {
                entries.add(stored.entry());
                bytes += stored.entry().payload().size();
            }
        }
        return new RangeSlice(entries, gaps);
    }

    RangeDigest digest(EntryRange range) {
        SortedMap<Long, Stored> found = within(range);
        if (found.isEmpty()) {
            return RangeDigest.EMPTY;
        }
        CRC32C checksum = new CRC32C();
        long bytes = 0;
        for (Stored stored : found.values()) {
            byte[] row = (stored.erased()
                            ? "erased " + stored.entry().seq() + " "
                                    + stored.entry().serverTime() + " "
                                    + stored.entry().counted()
                            : stored.entry().toString())
                    .getBytes(UTF_8);
            checksum.update(row);
            if (!stored.erased()) {
                checksum.update(stored.entry().payload().asReadOnlyByteBuffer());
                bytes += stored.entry().payload().size();
            }
            bytes += row.length;
        }
        return new RangeDigest(
                found.size(),
                SequenceId.of(found.firstKey()),
                SequenceId.of(found.lastKey()),
                checksum.getValue(),
                bytes);
    }

    void release(SequenceId through) {
        rows.headMap(through.value() + 1).clear();
    }

    int erase(List<SequenceId> seqs) {
        int erased = 0;
        for (SequenceId seq : seqs) {
            @Nullable Stored stored = rows.get(seq.value());
            if (stored != null && !stored.erased()) {
                put(new Stored(stored.entry(), true));
                erased++;
            }
        }
        return erased;
    }
}
