package io.tideline.core.store;

import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A page of an app's timelines of one family, in the store's own stable order (not by name).
 *
 * @param after the last timeline of the page before; null for the first page
 * @param limit 1 to {@value #MAX_LIMIT}
 */
public record ListQuery(
        AppId app, TimelineFamily family, @Nullable TimelineId after, int limit) {
    public static final int MAX_LIMIT = 1000;

    public ListQuery {
        Objects.requireNonNull(app, "app");
        Objects.requireNonNull(family, "family");
        if (after != null && (!after.app().equals(app) || after.family() != family)) {
            throw new IllegalArgumentException("after: a timeline of another app or family (expected: the same)");
        }
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1.." + MAX_LIMIT + ")");
        }
    }

    public Optional<TimelineId> start() {
        return Optional.ofNullable(after);
    }
}
