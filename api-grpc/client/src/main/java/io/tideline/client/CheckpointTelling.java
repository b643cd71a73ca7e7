package io.tideline.client;

import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.SetCheckpointsRequest;
import io.tideline.api.v1.SyncRequest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Tells the server what a device has, a portion at a time. The first goes with a Sync, which registers the device where it
 * is not known; its page is not acknowledged, so it comes again. What the server refuses by name is left out: of what the
 * user is in no longer there is nothing more to get, and what the server has less of begins anew.
 */
final class CheckpointTelling {
    /** As many as the contract lets one request have. */
    static final int MOST_AT_ONCE = 1_000;

    private static final String BEYOND_HEAD = TidelineCallException.CHECKPOINT_BEYOND_HEAD;
    private static final Set<String> REFUSED_BY_NAME = Set.of("NOT_MEMBER", BEYOND_HEAD);

    private final MessagingClient client;
    private final DeviceConfig config;

    CheckpointTelling(MessagingClient client, DeviceConfig config) {
        this.client = client;
        this.config = config;
    }

    /**
     * Fails as the calls do; may be repeated. Completes on a thread of the client.
     *
     * @return conversations that the server has less of than the device
     */
    CompletableFuture<Set<String>> tell(List<Checkpoint> checkpoints) {
        return tell(checkpoints, true, Set.of());
    }

    private CompletableFuture<Set<String>> tell(List<Checkpoint> left, boolean first, Set<String> beyondHead) {
        if (left.isEmpty()) {
            return CompletableFuture.completedFuture(beyondHead);
        }
        List<Checkpoint> portion = left.subList(0, Math.min(left.size(), MOST_AT_ONCE));
        CompletableFuture<?> told = first ? sync(portion) : set(portion);
        return told.thenApply(answer -> Optional.<TidelineCallException>empty())
                .exceptionally(thrown -> Optional.of(CallFailure.ofAnswer(thrown)))
                .thenCompose(failure -> failure.isEmpty()
                        ? tell(left.subList(portion.size(), left.size()), false, beyondHead)
                        : withoutRefused(left, first, beyondHead, failure.get()));
    }

    private CompletableFuture<?> sync(List<Checkpoint> portion) {
        return client.sync(SyncRequest.newBuilder()
                .setApp(config.app())
                .setUser(config.user())
                .setDevice(config.device())
                .addAllCheckpoints(portion)
                .setPageSize(1)
                .setLatest(config.latest())
                .build());
    }

    private CompletableFuture<?> set(List<Checkpoint> portion) {
        return client.setCheckpoints(SetCheckpointsRequest.newBuilder()
                .setApp(config.app())
                .setUser(config.user())
                .setDevice(config.device())
                .addAllCheckpoints(portion)
                .build());
    }

    private CompletableFuture<Set<String>> withoutRefused(
            List<Checkpoint> left, boolean first, Set<String> beyondHead, TidelineCallException failure) {
        @Nullable String refused =
                REFUSED_BY_NAME.contains(failure.reason()) ? failure.metadata().get("conversation_id") : null;
        List<Checkpoint> others = left.stream()
                .filter(checkpoint -> !checkpoint.getConversationId().equals(refused))
                .toList();
        if (refused == null || others.size() == left.size()) {
            return CompletableFuture.failedFuture(failure);
        }
        Set<String> beyond = new LinkedHashSet<>(beyondHead);
        if (failure.reason().equals(BEYOND_HEAD)) {
            beyond.add(refused);
        }
        return tell(others, first, beyond);
    }
}
