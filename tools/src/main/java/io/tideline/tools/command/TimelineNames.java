package io.tideline.tools.command;

import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineId;
import java.util.Locale;

/**
 * Names of timelines as people write them: {@code app/family/id}, split at the first two slashes, so that an id may hold
 * slashes; or a bare id without a slash, which is a conversation of the default app.
 */
public final class TimelineNames {
    private TimelineNames() {}

    /**
     * The timeline that {@code text} names.
     *
     * @throws IllegalArgumentException when it has one slash only, an unknown family, or a part out of its limits
     */
    public static TimelineName parse(String text, String defaultApp) {
        int first = text.indexOf('/');
        if (first < 0) {
            return checked(defaultApp, TimelineFamily.CONVERSATION, text);
        }
        int second = text.indexOf('/', first + 1);
        if (second < 0) {
            throw new IllegalArgumentException(
                    "timeline: '" + text + "' (expected: app/family/id, or an id without a slash)");
        }
        return checked(text.substring(0, first), family(text.substring(first + 1, second)), text.substring(second + 1));
    }

    /** A family's name in lower case. @throws IllegalArgumentException when there is no such family */
    public static TimelineFamily family(String text) {
        return switch (text) {
            case "conversation" -> TimelineFamily.CONVERSATION;
            case "inbox" -> TimelineFamily.INBOX;
            case "personal" -> TimelineFamily.PERSONAL;
            default ->
                throw new IllegalArgumentException(
                        "family: '" + text + "' (expected: conversation, inbox or personal)");
        };
    }

    /** The form that {@link #parse} reads. */
    public static String format(TimelineName name) {
        return name.getApp() + "/" + name.getFamily().name().toLowerCase(Locale.ROOT) + "/" + name.getId();
    }

    private static TimelineName checked(String app, TimelineFamily family, String id) {
        // The vocabulary's own rules, so that a bad name costs no call.
        TimelineId valid =
                new TimelineId(new AppId(app), io.tideline.core.timeline.TimelineFamily.valueOf(family.name()), id);
        return TimelineName.newBuilder()
                .setApp(valid.app().value())
                .setFamily(family)
                .setId(valid.name())
                .build();
    }
}
