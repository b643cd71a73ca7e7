package io.tideline.tools.importing;

import io.tideline.api.v1.TimelineName;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is imported, and how.
 *
 * @param kinds of events that become messages
 * @param app of the conversations that channels become
 * @param timeline for all channels; null: a conversation for each, named like it
 * @param batch entries in one request at most, 1 to {@value #MAX_BATCH}
 * @param skipOversized texts over the payload limit are left out instead of ending the import
 * @param originalTimes whether messages keep the times of the file
 * @param patience how long nothing may be acknowledged before the import gives up
 */
public record ImportSettings(
        ImportIds ids,
        Set<String> kinds,
        String app,
        @Nullable TimelineName timeline,
        int batch,
        boolean skipOversized,
        boolean originalTimes,
        Duration patience) {
    public static final int MAX_BATCH = 1_000;

    public ImportSettings {
        kinds = Set.copyOf(kinds);
        if (batch < 1 || batch > MAX_BATCH) {
            throw new IllegalArgumentException("batch: " + batch + " (expected: 1.." + MAX_BATCH + ")");
        }
    }
}
