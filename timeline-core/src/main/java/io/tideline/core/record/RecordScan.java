package io.tideline.core.record;

import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Records of one owner whose keys begin alike, a page at a time, in a stable order in which numbers sort by value.
 *
 * @param kinds one, or several that share a code and so a row
 * @param prefix the first parts of the wanted keys; empty for all
 * @param fromNumber with {@code toNumber}: bounds, both included, of the part after the prefix, which must be a number;
 *     0 and {@link Long#MAX_VALUE} for no bounds
 * @param after the key (of any of the kinds) after whose row to go on; empty to begin
 * @param maxRows 1 to {@value #MAX_ROWS} different keys
 */
public record RecordScan(
        TimelineId owner,
        Set<RecordKind> kinds,
        List<KeyPart> prefix,
        long fromNumber,
        long toNumber,
        Optional<RecordKey> after,
        int maxRows) {
    public static final int MAX_ROWS = 10_000;

    public RecordScan {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(after, "after");
        kinds = Set.copyOf(kinds);
        prefix = List.copyOf(prefix);
        if (kinds.stream().map(RecordKind::code).distinct().count() != 1) {
            throw new IllegalArgumentException("kinds: " + kinds + " (expected: one or more of one code)");
        }
        if (fromNumber < 0 || toNumber < fromNumber) {
            throw new IllegalArgumentException(
                    "numbers: " + fromNumber + ".." + toNumber + " (expected: 0 <= from <= to)");
        }
        if (maxRows < 1 || maxRows > MAX_ROWS) {
            throw new IllegalArgumentException("maxRows: " + maxRows + " (expected: 1.." + MAX_ROWS + ")");
        }
    }

    public static RecordScan all(TimelineId owner, int maxRows, RecordKind... kinds) {
        return new RecordScan(owner, Set.of(kinds), List.of(), 0, Long.MAX_VALUE, Optional.empty(), maxRows);
    }

    /** Keys that begin with {@code prefix}. */
    public RecordScan withPrefix(KeyPart... newPrefix) {
        return new RecordScan(owner, kinds, List.of(newPrefix), fromNumber, toNumber, after, maxRows);
    }

    /** Keys whose part after the prefix is a number from {@code from} to {@code to}, both included. */
    public RecordScan withNumbers(long from, long to) {
        return new RecordScan(owner, kinds, prefix, from, to, after, maxRows);
    }

    public RecordScan withAfter(RecordKey newAfter) {
        return new RecordScan(owner, kinds, prefix, fromNumber, toNumber, Optional.of(newAfter), maxRows);
    }
}
