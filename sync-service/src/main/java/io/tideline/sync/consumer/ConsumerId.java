package io.tideline.sync.consumer;

import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.Objects;

/**
 * A back end that reads an app's timelines.
 *
 * @param name 1 to {@value #MAX_CHARS} characters of {@code 0-9 a-z A-Z . _ -}
 */
public record ConsumerId(AppId app, String name) {
    public static final int MAX_CHARS = 64;

    public ConsumerId {
        Objects.requireNonNull(app, "app");
        if (!name.matches("[0-9a-zA-Z._-]{1," + MAX_CHARS + "}")) {
            throw new IllegalArgumentException(
                    "consumer: not well-formed (expected: 1.." + MAX_CHARS + " characters of 0-9 a-z A-Z . _ -)");
        }
    }

    /** Where its checkpoints stand. */
    TimelineId registry() {
        return new TimelineId(app, TimelineFamily.REGISTRY, "consumer/" + name);
    }
}
