package io.tideline.store.search;

import java.util.List;

/**
 * What an index has found.
 *
 * @param hits in the query's order; fewer than its limit only when there are no more
 * @param count of all hits of all pages
 * @param countExact whether there are no more than {@code count}
 */
public record IndexPage(List<SortKey> hits, long count, boolean countExact) {
    public static final IndexPage EMPTY = new IndexPage(List.of(), 0, true);

    public IndexPage {
        hits = List.copyOf(hits);
    }
}
