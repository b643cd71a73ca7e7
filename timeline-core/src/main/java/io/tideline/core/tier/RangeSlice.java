package io.tideline.core.tier;

import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import java.util.List;

/**
 * What one tier has of a range, not yet judged: it may have holes, and it ends early when the byte limit is reached.
 *
 * @param entries in the order asked for
 * @param gaps erased ones, in the order asked for
 */
public record RangeSlice(List<Entry> entries, List<Gap> gaps) {
    public static final RangeSlice EMPTY = new RangeSlice(List.of(), List.of());

    public RangeSlice {
        entries = List.copyOf(entries);
        gaps = List.copyOf(gaps);
    }
}
