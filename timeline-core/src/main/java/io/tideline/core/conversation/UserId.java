package io.tideline.core.conversation;

import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;

/**
 * A user of an app: somebody or something that sends and is sent to.
 *
 * @param value 1 to 128 bytes of UTF-8 without control characters
 */
public record UserId(String value) {
    public UserId {
        new SenderId(value);
    }

    public SenderId asSender() {
        return new SenderId(value);
    }

    /** The user's inbox. */
    public TimelineId inbox(AppId app) {
        return new TimelineId(app, TimelineFamily.INBOX, value);
    }

    @Override
    public String toString() {
        return value;
    }
}
