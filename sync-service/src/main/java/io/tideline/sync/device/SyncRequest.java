package io.tideline.sync.device;

import io.tideline.hbase.codec.SyncCodec.StreamOrigin;
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
 * @param origin who opens a stream; of no account else
 */
public record SyncRequest(
        Device device,
        Optional<String> ack,
        List<Checkpoint> checkpoints,
        SyncLimits limits,
        boolean withUnread,
        StreamOrigin origin) {
    public static final int MAX_CHECKPOINTS = 1000;

    public SyncRequest {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(ack, "ack");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(origin, "origin");
        checkpoints = List.copyOf(checkpoints);
        if (checkpoints.size() > MAX_CHECKPOINTS) {
            throw new IllegalArgumentException(
                    "checkpoints: " + checkpoints.size() + " (expected: 0.." + MAX_CHECKPOINTS + ")");
        }
    }

    /** Of a device that opens no stream, or does not say which it is. */
    public SyncRequest(
            Device device, Optional<String> ack, List<Checkpoint> checkpoints, SyncLimits limits, boolean withUnread) {
        this(device, ack, checkpoints, limits, withUnread, StreamOrigin.UNKNOWN);
    }

    /** By the stored checkpoints, nothing acknowledged. */
    public static SyncRequest of(Device device, SyncLimits limits) {
        return new SyncRequest(device, Optional.empty(), List.of(), limits, false);
    }

    /** The same, acknowledging a page. */
    public SyncRequest withAck(String token) {
        return new SyncRequest(device, Optional.of(token), checkpoints, limits, withUnread, origin);
    }

    /** The same, of a device that says which run of its program opens the stream, and which of its streams this is. */
    public SyncRequest withOrigin(long run, long attempt) {
        return new SyncRequest(device, ack, checkpoints, limits, withUnread, new StreamOrigin(run, attempt));
    }
}
