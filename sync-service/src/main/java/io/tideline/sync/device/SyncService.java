package io.tideline.sync.device;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.sync.SyncPorts;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** Keeps devices in step. */
public final class SyncService implements AutoCloseable {
    public SyncService(
            SyncPorts ports, SyncConfig config, InstantSource clock, RandomGenerator secrets, MetricRegistry metrics) {}

    /** One page of what the device has not got. */
    public CompletableFuture<SyncOutcome> sync(SyncRequest request, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }

    /** Raises a known device's checkpoints, all of them or none. */
    public CompletableFuture<CheckpointOutcome> raiseCheckpoints(
            Device device, List<Checkpoint> checkpoints, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }

    /**
     * One page of what is stored for a device, in the order of the conversations' ids.
     *
     * @param max 1 to 5000
     */
    public CompletableFuture<CheckpointPage> checkpoints(
            Device device, Optional<ConversationId> after, int max, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }

    /** The user's devices. */
    public CompletableFuture<List<DeviceDescription>> devices(AppId app, UserId user, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }

    /** Forgets a device and its checkpoints; false when there was none. */
    public CompletableFuture<Boolean> forget(Device device, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }

    @Override
    public void close() {}
}
