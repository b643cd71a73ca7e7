package io.tideline.store.search;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One page of what was found, as the timelines say it is now.
 *
 * @param count of all hits in the index; some of them the timelines may not confirm
 * @param countExact whether there are no more than {@code count}
 * @param next where the next page goes on; empty when there is none. A last page may be empty
 * @param partial whether the viewer has more conversations than were looked in
 * @param state how far the index is behind
 */
public record SearchPage<T>(
        List<T> items, long count, boolean countExact, Optional<SortKey> next, boolean partial, IndexState state) {
    public SearchPage {
        items = List.copyOf(items);
        Objects.requireNonNull(next, "next");
        Objects.requireNonNull(state, "state");
    }
}
