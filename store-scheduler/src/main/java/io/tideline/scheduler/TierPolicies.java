package io.tideline.scheduler;

import io.tideline.core.tier.TierLimit;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

/** What the hot tier keeps, by app. */
public final class TierPolicies {
    /** Hot for a month. */
    public static final TierPolicies DEFAULT = new TierPolicies(TierLimit.age(Duration.ofDays(30)), Map.of());

    private static final String AGE = "hot-age";
    private static final String ENTRIES = "hot-entries";
    private static final String BYTES = "hot-bytes";
    private static final Set<String> KEYS = Set.of(AGE, ENTRIES, BYTES);

    private final TierLimit otherwise;
    private final Map<AppId, TierLimit> byApp;

    /** @param otherwise for apps that are not named */
    public TierPolicies(TierLimit otherwise, Map<AppId, TierLimit> byApp) {
        this.otherwise = otherwise;
        this.byApp = Map.copyOf(byApp);
    }

    /**
     * Reads {@code hot-age} (30d, 12h, 30m, 45s), {@code hot-entries} and {@code hot-bytes} for all apps, {@code
     * shop/hot-age} and so on for the app "shop" alone. An app that is named has its own limits and no others; without any
     * key for all apps their limits are those of {@link #DEFAULT}.
     *
     * @throws IllegalArgumentException naming the key that is wrong
     */
    public static TierPolicies parse(Properties properties) {
        Map<String, Properties> apps = new HashMap<>();
        for (String key : properties.stringPropertyNames()) {
            int slash = key.lastIndexOf('/');
            String name = key.substring(slash + 1);
            if (!KEYS.contains(name)) {
                throw wrong(key, "unknown", AGE + ", " + ENTRIES + " or " + BYTES);
            }
            apps.computeIfAbsent(slash < 0 ? "" : key.substring(0, slash), app -> new Properties())
                    .setProperty(name, properties.getProperty(key).strip());
        }
        Properties forAll = apps.remove("");
        Map<AppId, TierLimit> byApp = new HashMap<>();
        apps.forEach((app, limits) -> byApp.put(new AppId(app), limit(limits)));
        return new TierPolicies(forAll == null ? DEFAULT.otherwise : limit(forAll), byApp);
    }

    private static TierLimit limit(Properties limits) {
        return new TierLimit(
                Optional.ofNullable(limits.getProperty(AGE)).map(text -> duration(AGE, text)),
                number(limits, ENTRIES),
                number(limits, BYTES));
    }

    private static OptionalLong number(Properties limits, String key) {
        String text = limits.getProperty(key);
        if (text == null) {
            return OptionalLong.empty();
        }
        try {
            long value = Long.parseLong(text);
            if (value >= 1) {
                return OptionalLong.of(value);
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw wrong(key, text, "a number, 1 or more");
    }

    private static Duration duration(String key, String text) {
        try {
            if (text.endsWith("d")) {
                return Duration.ofDays(Long.parseLong(text.substring(0, text.length() - 1)));
            }
            return Duration.parse("PT" + text);
        } catch (NumberFormatException | java.time.format.DateTimeParseException e) {
            throw wrong(key, text, "30d, 12h, 30m or 45s");
        }
    }

    private static IllegalArgumentException wrong(String key, String found, String expected) {
        return new IllegalArgumentException(key + ": " + found + " (expected: " + expected + ")");
    }

    public TierLimit hot(TimelineId timeline) {
        return byApp.getOrDefault(timeline.app(), otherwise);
    }

    /** The least age at which anything leaves; empty when age is not all that counts. */
    Optional<Duration> leastAge() {
        boolean agesOnly = limits().allMatch(
                        limit -> limit.entries().isEmpty() && limit.bytes().isEmpty());
        return agesOnly ? limits().flatMap(limit -> limit.age().stream()).min(Duration::compareTo) : Optional.empty();
    }

    private Stream<TierLimit> limits() {
        return Stream.concat(Stream.of(otherwise), byApp.values().stream());
    }
}
