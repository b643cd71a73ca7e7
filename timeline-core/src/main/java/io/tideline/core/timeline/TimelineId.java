package io.tideline.core.timeline;

import java.util.Objects;

/**
 * The full name of a timeline. Any character but a control character may stand in a name, slashes and other delimiters
 * included: names are never glued together, neither in row keys nor in page tokens.
 *
 * @param name 1 to 256 bytes of UTF-8 without control characters
 */
public record TimelineId(AppId app, TimelineFamily family, String name) {
    public static final int MAX_NAME_BYTES = 256;

    public TimelineId {
        Objects.requireNonNull(app, "app");
        Objects.requireNonNull(family, "family");
        Text.check("name", name, 1, MAX_NAME_BYTES);
    }

    public static TimelineId conversation(String app, String name) {
        return new TimelineId(new AppId(app), TimelineFamily.CONVERSATION, name);
    }

    public static TimelineId inbox(String app, String name) {
        return new TimelineId(new AppId(app), TimelineFamily.INBOX, name);
    }

    /** {@code app/family/name}, for people; not parseable, since a name may hold slashes. */
    @Override
    public String toString() {
        return app + "/" + family.name().toLowerCase(java.util.Locale.ROOT) + "/" + name;
    }
}
