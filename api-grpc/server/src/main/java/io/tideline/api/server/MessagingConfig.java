package io.tideline.api.server;

import io.tideline.core.timeline.AppId;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The rules of all apps.
 *
 * @param defaults of apps that are not named
 * @param apps rules of single apps, in place of the defaults
 */
public record MessagingConfig(AppRules defaults, Map<AppId, AppRules> apps) {
    public static final MessagingConfig DEFAULT = new MessagingConfig(AppRules.DEFAULT, Map.of());

    public MessagingConfig {
        Objects.requireNonNull(defaults, "defaults");
        apps = Map.copyOf(apps);
    }

    /** The rules that hold anywhere. */
    public Stream<AppRules> all() {
        return Stream.concat(Stream.of(defaults), apps.values().stream());
    }

    public AppRules of(AppId app) {
        return apps.getOrDefault(app, defaults);
    }
}
