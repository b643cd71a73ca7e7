package io.tideline.store.search;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One page of what an index has.
 *
 * @param clause empty for everything
 * @param spans where to look; empty for everywhere. Of conversations and members only the names count
 * @param limit 1 to {@value #MAX_LIMIT}
 * @param after the last hit of the page before; empty to begin
 */
public record SearchQuery(
        SearchSubject subject,
        Optional<Clause> clause,
        Optional<List<SeqSpan>> spans,
        SearchSort sort,
        int limit,
        Optional<SortKey> after) {
    public static final int MAX_LIMIT = 100;

    /** Up to so many hits are counted exactly. */
    public static final int COUNTED_EXACTLY = 10_000;

    public SearchQuery {
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(clause, "clause");
        Objects.requireNonNull(after, "after");
        spans = spans.map(List::copyOf);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1.." + MAX_LIMIT + ")");
        }
        boolean fits =
                switch (sort) {
                    case RELEVANCE -> true;
                    case NEWEST, OLDEST -> subject != SearchSubject.MEMBERS;
                    case LARGEST -> subject == SearchSubject.CONVERSATIONS;
                    case NAME -> subject == SearchSubject.MEMBERS;
                };
        if (!fits) {
            throw new IllegalArgumentException("sort: " + sort + " (expected: one of " + subject + ")");
        }
    }

    /** The same, going on after a hit. */
    public SearchQuery withAfter(SortKey key) {
        return new SearchQuery(subject, clause, spans, sort, limit, Optional.of(key));
    }
}
