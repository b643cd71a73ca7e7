package io.tideline.sync.device;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A device asks what it has not got yet.
 *
 * @param ack {@link SyncPage#next()} of a page that the device has stored; raises its checkpoints by what that page
 *     delivered. Acknowledging twice, or an old page, changes nothing
 * @param checkpoints what the device knows besides, at most {@value #MAX_CHECKPOINTS}; they raise the stored ones
 * @param withUnread whether the page says what is unread in its conversations
 */
public record SyncRequest(
        Device device, Optional<String> ack, List<Checkpoint> checkpoints, SyncLimits limits, boolean withUnread) {
    public static final int MAX_CHECKPOINTS = 1000;

    public SyncRequest {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(ack, "ack");
        Objects.requireNonNull(limits, "limits");
        checkpoints = List.copyOf(checkpoints);
        if (checkpoints.size() > MAX_CHECKPOINTS) {
            throw new IllegalArgumentException(
                    "checkpoints: " + checkpoints.size() + " (expected: 0.." + MAX_CHECKPOINTS + ")");
        }
    }

    /** By the stored checkpoints, nothing acknowledged. */
    public static SyncRequest of(Device device, SyncLimits limits) {
        return new SyncRequest(device, Optional.empty(), List.of(), limits, false);
    }

    /** The same, acknowledging a page. */
    public SyncRequest withAck(String token) {
        return new SyncRequest(device, Optional.of(token), checkpoints, limits, withUnread);
    }
}
