package io.tideline.tools.serve;

import io.tideline.api.server.AppRules;
import io.tideline.api.server.MessagingConfig;
import io.tideline.core.conversation.Role;
import io.tideline.core.timeline.AppId;
import io.tideline.store.conversation.ConversationRules;
import io.tideline.store.message.MessageRules;
import io.tideline.store.message.SendRates;
import io.tideline.tools.command.DurationText;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine.TypeConversionException;

/**
 * The rules of apps as a properties file: {@code recall-window = 2m} for all apps, {@code shop/recall-window = 10m} for the
 * app "shop" alone. What is not said stays as it is by default.
 */
final class AppRulesFile {
    private final Map<String, String> values;
    private final Set<String> known = new HashSet<>();

    private AppRulesFile(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException {@code apps: what is there (expected: ...)}
     */
    static MessagingConfig read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException("apps: cannot be read: " + file + " (expected: a properties file)", e);
        }
        Map<String, String> values = new HashMap<>();
        properties.forEach(
                (key, value) -> values.put(key.toString(), value.toString().strip()));
        return new AppRulesFile(values).config();
    }

    private MessagingConfig config() {
        AppRules defaults = rules("", AppRules.DEFAULT);
        Map<AppId, AppRules> apps = new HashMap<>();
        for (String key : values.keySet()) {
            int slash = key.lastIndexOf('/');
            if (slash >= 0) {
                apps.computeIfAbsent(app(key, slash), app -> rules(app.value() + "/", defaults));
            }
        }
        values.keySet().stream().filter(key -> !known.contains(key)).findFirst().ifPresent(key -> {
            throw wrong(key, "not known (expected: a setting, or APP/SETTING)");
        });
        return new MessagingConfig(defaults, apps);
    }

    private static AppId app(String key, int slash) {
        try {
            return new AppId(key.substring(0, slash));
        } catch (IllegalArgumentException e) {
            throw wrong(key, "no name of an app before the slash (expected: APP/SETTING)");
        }
    }

    private AppRules rules(String prefix, AppRules otherwise) {
        ConversationRules conversations = otherwise.conversations();
        MessageRules messages = otherwise.messages();
        try {
            return new AppRules(
                    new ConversationRules(
                            value(prefix + "auto-threshold", conversations.autoThreshold(), Integer::valueOf),
                            value(prefix + "max-members", conversations.maxMembers(), Integer::valueOf),
                            value(prefix + "invites", conversations.invites(), AppRulesFile::role),
                            value(prefix + "open-groups", conversations.openGroups(), AppRulesFile::yesOrNo)),
                    new MessageRules(
                            value(prefix + "recall-window", messages.recallWindow(), AppRulesFile::duration),
                            value(prefix + "recalls-any", messages.recallsAny(), AppRulesFile::role),
                            value(prefix + "edit-window", messages.editWindow(), AppRulesFile::duration),
                            value(prefix + "deletes-own", messages.deletesOwn(), AppRulesFile::yesOrNo),
                            value(prefix + "deletes-any", messages.deletesAny(), AppRulesFile::role),
                            value(prefix + "max-reactions", messages.maxReactions(), Integer::valueOf),
                            value(prefix + "max-reactions-per-user", messages.maxReactionsPerUser(), Integer::valueOf),
                            value(prefix + "sends-personal", messages.sendsPersonal(), AppRulesFile::role),
                            new SendRates(
                                    value(
                                            prefix + "user-sends-per-minute",
                                            messages.rates().perUser(),
                                            Integer::valueOf),
                                    value(
                                            prefix + "conversation-sends-per-minute",
                                            messages.rates().perConversation(),
                                            Integer::valueOf))),
                    inboxTimeToLive(prefix, otherwise));
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new IllegalArgumentException(message.startsWith("apps: ") ? message : "apps: " + message, e);
        }
    }

    private Optional<Duration> inboxTimeToLive(String prefix, AppRules otherwise) {
        Duration asBefore = otherwise.inboxTimeToLive().orElse(Duration.ZERO);
        Duration given = value(prefix + "inbox-ttl", asBefore, AppRulesFile::duration);
        return Optional.of(given).filter(ttl -> !ttl.isZero());
    }

    private <T> T value(String key, T otherwise, Function<String, T> parse) {
        known.add(key);
        String text = values.getOrDefault(key, "");
        if (!values.containsKey(key)) {
            return otherwise;
        }
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException | TypeConversionException e) {
            throw wrong(key, "'" + text + "' (expected: a value like " + otherwise + ")");
        }
    }

    private static Role role(String text) {
        return Role.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private static boolean yesOrNo(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    private static Duration duration(String text) {
        return new DurationText().convert(text);
    }

    private static IllegalArgumentException wrong(String key, String what) {
        return new IllegalArgumentException("apps: " + key + ": " + what);
    }
}
