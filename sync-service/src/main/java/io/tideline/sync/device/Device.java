package io.tideline.sync.device;

import io.tideline.core.conversation.DeviceId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import java.util.Objects;

/** The full name of a device. */
public record Device(AppId app, UserId user, DeviceId id) {
    public Device {
        Objects.requireNonNull(app, "app");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(id, "id");
    }
}
