package io.tideline.scheduler;

import io.tideline.core.tier.TierLimit;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules of all timelines, by app and by what a timeline is. */
public final class TierPolicies {
    /** Hot for a month, never archived, kept for ever. */
    public static final TierPolicies DEFAULT = new TierPolicies(TierLimit.age(Duration.ofDays(30)), Map.of());

    private static final String AGE = "hot-age";
    private static final String ENTRIES = "hot-entries";
    private static final String BYTES = "hot-bytes";
    private static final String WARM_AGE = "warm-age";
    private static final String WARM_ENTRIES = "warm-entries";
    private static final String WARM_BYTES = "warm-bytes";
    private static final String RETENTION = "retention";
    private static final List<String> KEYS =
            List.of(AGE, ENTRIES, BYTES, WARM_AGE, WARM_ENTRIES, WARM_BYTES, RETENTION);

    /**
     * Whom a rule is for.
     *
     * @param app empty for all that have none of their own
     * @param kind empty for all that have none of their own
     */
    private record Scope(Optional<AppId> app, Optional<TimelineKind> kind) {
        static final Scope ALL = new Scope(Optional.empty(), Optional.empty());

        static Scope of(AppId app) {
            return new Scope(Optional.of(app), Optional.empty());
        }

        /** As in files of policies. */
        String key(String name) {
            return app.map(named -> named.value() + "/").orElse("")
                    + name
                    + kind.map(named -> "." + named.text()).orElse("");
        }
    }

    private final TierRule otherwise;
    private final Map<Scope, TierRule> rules;

    /**
     * Never archived, retention for ever.
     *
     * @param otherwise for apps that are not named
     */
    public TierPolicies(TierLimit otherwise, Map<AppId, TierLimit> byApp) {
        this(
                TierRule.unarchived(otherwise, Optional.empty()),
                byApp.entrySet().stream()
                        .collect(Collectors.toMap(
                                app -> Scope.of(app.getKey()),
                                app -> TierRule.unarchived(app.getValue(), Optional.empty()))));
    }

    private TierPolicies(TierRule otherwise, Map<Scope, TierRule> rules) {
        this.otherwise = otherwise;
        this.rules = Map.copyOf(rules);
    }

    /** One rule for everything. */
    public static TierPolicies ofAll(TierRule rule) {
        return new TierPolicies(rule, Map.<Scope, TierRule>of());
    }

    /**
     * Reads {@code hot-age} (30d, 12h, 30m, 45s), {@code hot-entries}, {@code hot-bytes}, the same of {@code warm-}, and
     * {@code retention} (as ages) for all apps, {@code shop/hot-age} and so on for the app "shop" alone, {@code hot-age.channel} or {@code
     * shop/hot-age.channel} for direct, group, channel or contextual conversations or plain timelines alone. Who is named
     * has the limits that are named with him and no others: the app's kind before the app, the app before the kind of all
     * apps, that before all. Without any key for all, their rule is that of {@link #DEFAULT}.
     *
     * @throws IllegalArgumentException naming the key that is wrong
     */
    public static TierPolicies parse(Properties properties) {
        Map<Scope, Properties> scopes = new HashMap<>();
        for (String key : new TreeSet<>(properties.stringPropertyNames())) {
            int slash = key.lastIndexOf('/');
            int dot = key.indexOf('.', slash + 1);
            String name = key.substring(slash + 1, dot < 0 ? key.length() : dot);
            if (!KEYS.contains(name)) {
                throw wrong(key, "unknown", "one of " + String.join(", ", KEYS));
            }
            Scope scope = new Scope(
                    slash < 0 ? Optional.empty() : Optional.of(app(key, slash)),
                    dot < 0 ? Optional.empty() : Optional.of(kind(key, dot)));
            scopes.computeIfAbsent(scope, unnamed -> new Properties())
                    .setProperty(name, properties.getProperty(key).strip());
        }
        Map<Scope, TierRule> rules = new HashMap<>();
        scopes.forEach((scope, settings) -> rules.put(scope, rule(scope, settings)));
        @Nullable TierRule forAll = rules.remove(Scope.ALL);
        return new TierPolicies(forAll == null ? DEFAULT.otherwise : forAll, rules);
    }

    private static AppId app(String key, int slash) {
        try {
            return new AppId(key.substring(0, slash));
        } catch (IllegalArgumentException e) {
            throw wrong(key, "no name of an app before the slash", "APP/SETTING");
        }
    }

    private static TimelineKind kind(String key, int dot) {
        return Arrays.stream(TimelineKind.values())
                .filter(kind -> kind.text().equals(key.substring(dot + 1)))
                .findFirst()
                .orElseThrow(() -> wrong(
                        key,
                        "unknown kind",
                        Arrays.stream(TimelineKind.values())
                                .map(TimelineKind::text)
                                .collect(Collectors.joining(", "))));
    }

    private static TierRule rule(Scope scope, Properties settings) {
        TierLimit hot = new TierLimit(age(settings, AGE), number(settings, ENTRIES), number(settings, BYTES));
        TierLimit warm =
                new TierLimit(age(settings, WARM_AGE), number(settings, WARM_ENTRIES), number(settings, WARM_BYTES));
        if (hot.equals(TierLimit.NONE) && !warm.equals(TierLimit.NONE)) {
            // Only what has left the hot table can be archived, and of this scope nothing would.
            throw wrong(
                    scope.key(KEYS.stream()
                            .filter(settings::containsKey)
                            .findFirst()
                            .orElse(WARM_AGE)),
                    "nothing gets to the warm table",
                    "with it " + AGE + ", " + ENTRIES + " or " + BYTES + " of the same scope");
        }
        return new TierRule(hot, warm, age(settings, RETENTION));
    }

    private static OptionalLong number(Properties limits, String key) {
        @Nullable String text = limits.getProperty(key);
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

    private static Optional<Duration> age(Properties limits, String key) {
        @Nullable String text = limits.getProperty(key);
        return text == null ? Optional.empty() : Optional.of(duration(key, text));
    }

    private static Duration duration(String key, String text) {
        try {
            return text.endsWith("d")
                    ? Duration.ofDays(Long.parseLong(text.substring(0, text.length() - 1)))
                    : Duration.parse("PT" + text);
        } catch (ArithmeticException | NumberFormatException | java.time.format.DateTimeParseException e) {
            throw wrong(key, text, "30d, 12h, 30m or 45s");
        }
    }

    private static IllegalArgumentException wrong(String key, String found, String expected) {
        return new IllegalArgumentException(key + ": " + found + " (expected: " + expected + ")");
    }

    /** What the hot tier keeps of a timeline of no conversation. */
    public TierLimit hot(TimelineId timeline) {
        return rule(timeline.app(), TimelineKind.PLAIN).hot();
    }

    public TierRule rule(AppId app, TimelineKind kind) {
        return Stream.of(
                        new Scope(Optional.of(app), Optional.of(kind)),
                        Scope.of(app),
                        new Scope(Optional.empty(), Optional.of(kind)))
                .filter(rules::containsKey)
                .findFirst()
                .map(rules::get)
                .orElse(otherwise);
    }

    /** Whether anything is ever due for the archive. */
    public boolean anyArchived() {
        return rules().anyMatch(rule -> !rule.warm().equals(TierLimit.NONE));
    }

    /** Whether it matters for an app what a timeline is. */
    boolean tellsKindsApart(AppId app) {
        return Arrays.stream(TimelineKind.values())
                        .map(kind -> rule(app, kind))
                        .distinct()
                        .count()
                > 1;
    }

    /** Whether anything of an app is ever dropped. */
    boolean anyExpires(AppId app) {
        return Arrays.stream(TimelineKind.values())
                .anyMatch(kind -> rule(app, kind).retention().isPresent());
    }

    /** The least age at which anything leaves the hot tier; empty when age is not all that counts. */
    Optional<Duration> leastAge() {
        boolean agesOnly = rules().map(TierRule::hot)
                .allMatch(limit -> limit.entries().isEmpty() && limit.bytes().isEmpty());
        Stream<Duration> ages =
                rules().flatMap(rule -> Stream.concat(rule.hot().age().stream(), rule.retention().stream()));
        return agesOnly ? ages.min(Duration::compareTo) : Optional.empty();
    }

    /** The least age at which anything is dropped; empty when nothing ever is. */
    Optional<Duration> leastRetention() {
        return rules().flatMap(rule -> rule.retention().stream()).min(Duration::compareTo);
    }

    private Stream<TierRule> rules() {
        return Stream.concat(Stream.of(otherwise), rules.values().stream());
    }
}
