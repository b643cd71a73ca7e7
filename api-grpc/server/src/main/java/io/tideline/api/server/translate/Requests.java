package io.tideline.api.server.translate;

import com.google.protobuf.Timestamp;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.v1.TimelineName;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Messages of the contract to values of the core. What a value refuses is noted under the field's path and answered
 * with null, so that one answer names all fields that are wrong; {@link FieldViolations#throwIfAny} comes before use.
 */
public final class Requests {
    private Requests() {}

    /**
     * An append of an {@code AppendRequest}.
     *
     * @param now the present, which no original time may be after
     * @throws io.tideline.api.server.status.CallFailure when it is not valid
     */
    public static TimelineAppend append(io.tideline.api.v1.AppendRequest request, Instant now) {
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId timeline = appended(request.hasTimeline(), request.getTimeline(), violations);
        List<NewEntry> entries = entries(request.getEntriesList(), now, violations);
        violations.throwIfAny();
        return together(Objects.requireNonNull(timeline), entries);
    }

    /** Entries that are valid one by one as one append. @throws io.tideline.api.server.status.CallFailure as above */
    public static TimelineAppend together(TimelineId timeline, List<NewEntry> entries) {
        try {
            return new TimelineAppend(timeline, entries);
        } catch (IllegalArgumentException e) {
            FieldViolations violations = new FieldViolations();
            violations.addAsWorded(e, "entries");
            violations.throwIfAny();
            throw e;
        }
    }

    /** The name of a timeline in field {@code timeline}, or null and a note. */
    public static @Nullable TimelineId timeline(boolean present, TimelineName name, FieldViolations violations) {
        return timeline("timeline", present, name, violations);
    }

    /**
     * The name of a timeline in field {@code timeline} that others than the server append to, or null and a note. What
     * inboxes and personal timelines hold is read as the server's own word by every device of their users.
     */
    public static @Nullable TimelineId appended(boolean present, TimelineName name, FieldViolations violations) {
        @Nullable TimelineId timeline = timeline(present, name, violations);
        if (timeline != null && timeline.family() != TimelineFamily.CONVERSATION) {
            violations.add(
                    "timeline.family",
                    "family: " + timeline.family() + " (expected: CONVERSATION; only the server appends to others)");
            return null;
        }
        return timeline;
    }

    /** The name of a timeline in the field {@code path}, or null and a note. */
    public static @Nullable TimelineId timeline(
            String path, boolean present, TimelineName name, FieldViolations violations) {
        if (!present) {
            violations.add(path, "missing (expected: the name of a timeline)");
            return null;
        }
        @Nullable AppId app = app(path + ".app", name.getApp(), violations);
        @Nullable TimelineFamily family = family(path + ".family", name.getFamilyValue(), violations);
        if (app == null || family == null) {
            // The id is looked at all the same, in a family of no matter, to name everything that is wrong.
            checkId(path, new AppId("any"), TimelineFamily.CONVERSATION, name, violations);
            return null;
        }
        return checkId(path, app, family, name, violations);
    }

    private static @Nullable TimelineId checkId(
            String path, AppId app, TimelineFamily family, TimelineName name, FieldViolations violations) {
        try {
            return new TimelineId(app, family, name.getId());
        } catch (IllegalArgumentException e) {
            violations.add(path + ".id", e.getMessage());
            return null;
        }
    }

    public static @Nullable AppId app(String path, String value, FieldViolations violations) {
        try {
            return new AppId(value);
        } catch (IllegalArgumentException e) {
            violations.add(path, e.getMessage());
            return null;
        }
    }

    /** The family of an enum's number; unspecified and unknown ones are noted. */
    public static @Nullable TimelineFamily family(String path, int number, FieldViolations violations) {
        return switch (number) {
            case io.tideline.api.v1.TimelineFamily.CONVERSATION_VALUE -> TimelineFamily.CONVERSATION;
            case io.tideline.api.v1.TimelineFamily.INBOX_VALUE -> TimelineFamily.INBOX;
            case io.tideline.api.v1.TimelineFamily.PERSONAL_VALUE -> TimelineFamily.PERSONAL;
            default -> {
                violations.add(path, "family: " + number + " (expected: CONVERSATION, INBOX or PERSONAL)");
                yield null;
            }
        };
    }

    /** The entries of field {@code entries}; those that are wrong are noted and left out. */
    public static List<NewEntry> entries(
            List<io.tideline.api.v1.NewEntry> messages, Instant now, FieldViolations violations) {
        if (messages.isEmpty() || messages.size() > TimelineAppend.MAX_ENTRIES) {
            violations.add(
                    "entries", "entries: " + messages.size() + " (expected: 1.." + TimelineAppend.MAX_ENTRIES + ")");
            return List.of();
        }
        if (messages.size() == 1) {
            @Nullable NewEntry only = entry("entries", 0, messages.get(0), now, violations);
            return only == null ? List.of() : List.of(only);
        }
        List<NewEntry> entries = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            @Nullable NewEntry entry = entry("entries", i, messages.get(i), now, violations);
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /**
     * One entry, or null and notes.
     *
     * @param list name of the field
     * @param index place in it; -1 when the field is no list
     */
    public static @Nullable NewEntry entry(
            String list, int index, io.tideline.api.v1.NewEntry message, Instant now, FieldViolations violations) {
        @Nullable SenderId sender = made(SenderId::new, message.getSender(), list, index, "sender", violations);
        @Nullable ClientMessageId id =
                made(ClientMessageId::new, message.getClientMessageId(), list, index, "client_message_id", violations);
        @Nullable MessageKind kind = made(MessageKind::new, message.getKind(), list, index, "kind", violations);
        if (kind != null && kind.value().startsWith(ConversationEvent.KIND_PREFIX)) {
            violations.add(
                    path(list, index, "kind"),
                    "kind: begins with " + ConversationEvent.KIND_PREFIX + " (expected: anything else)");
            kind = null;
        }
        int size = message.getPayload().size();
        if (size > Payload.MAX_BYTES) {
            violations.add(
                    path(list, index, "payload"),
                    "payload: " + size + " bytes (expected: 0.." + Payload.MAX_BYTES + ")");
            return null;
        }
        @Nullable Instant originalTime = message.hasOriginalTime()
                ? past(path(list, index, "original_time"), message.getOriginalTime(), now, violations)
                : null;
        if (sender == null || id == null || kind == null || message.hasOriginalTime() && originalTime == null) {
            return null;
        }
        NewEntry entry = new NewEntry(
                sender, id, kind, Payload.takeOver(message.getPayload().toByteArray()));
        return originalTime == null ? entry : entry.withOriginalTime(originalTime);
    }

    /** A time from 1970 to the present, or null and a note. */
    private static @Nullable Instant past(String path, Timestamp value, Instant now, FieldViolations violations) {
        boolean inBounds = value.getSeconds() >= 0
                && value.getSeconds() <= now.getEpochSecond()
                && value.getNanos() >= 0
                && value.getNanos() <= 999_999_999;
        Instant time = inBounds ? Instant.ofEpochSecond(value.getSeconds(), value.getNanos()) : Instant.MAX;
        if (time.isAfter(now)) {
            violations.add(
                    path,
                    "original_time: " + value.getSeconds() + " s, " + value.getNanos()
                            + " ns (expected: from 1970 to the present)");
            return null;
        }
        return time;
    }

    private static <T> @Nullable T made(
            Function<String, T> make, String value, String list, int index, String field, FieldViolations violations) {
        try {
            return make.apply(value);
        } catch (IllegalArgumentException e) {
            violations.add(path(list, index, field), e.getMessage());
            return null;
        }
    }

    private static String path(String list, int index, String field) {
        return index < 0 ? list + "." + field : list + "[" + index + "]." + field;
    }

    /** A seq the caller knows to be committed; 0 for none. */
    public static SequenceId known(String path, long value, FieldViolations violations) {
        if (value < 0) {
            violations.add(path, "seq: " + value + " (expected: 0 or more)");
            return SequenceId.NONE;
        }
        return SequenceId.of(value);
    }

    /** A seq of 1 or more. */
    public static SequenceId seq(String path, long value, FieldViolations violations) {
        if (value < 1) {
            violations.add(path, "seq: " + value + " (expected: 1 or more)");
            return SequenceId.FIRST;
        }
        return SequenceId.of(value);
    }

    /** A page size: 0 stands for {@code otherwise}. */
    public static int pageSize(int value, int otherwise, int max, FieldViolations violations) {
        if (value == 0) {
            return otherwise;
        }
        if (value < 0 || value > max) {
            violations.add("page_size", "page_size: " + value + " (expected: 1.." + max + ")");
            return otherwise;
        }
        return value;
    }
}
