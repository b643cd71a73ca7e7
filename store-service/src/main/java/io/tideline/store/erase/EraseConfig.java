package io.tideline.store.erase;

import java.time.Duration;
import java.util.Objects;

/**
 * How erasures are carried out.
 *
 * @param settle from the end of the first pass to the begin of the next: longer than the longest call, so that an edit that
 *     had read its message before the erasure is either refused or found
 * @param waitPause between two looks for what has to happen first
 * @param requestTimeout of one read or write
 */
public record EraseConfig(Duration settle, Duration waitPause, Duration requestTimeout) {
    public static final EraseConfig DEFAULT =
            new EraseConfig(Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofSeconds(30));

    public EraseConfig {
        Objects.requireNonNull(settle, "settle");
        Objects.requireNonNull(waitPause, "waitPause");
        Objects.requireNonNull(requestTimeout, "requestTimeout");
    }
}
