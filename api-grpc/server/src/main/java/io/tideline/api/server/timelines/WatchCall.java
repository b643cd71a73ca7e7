package io.tideline.api.server.timelines;

import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.tideline.api.server.call.OpenStreams.OpenStream;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.CaughtUp;
import io.tideline.api.v1.EntryBatch;
import io.tideline.api.v1.WatchResponse;
import io.tideline.core.error.TidelineException;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.sync.watch.Watch;
import io.tideline.sync.watch.WatchListener;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One Watch, between the hub and the call.
 *
 * <p>The hub calls one at a time, but a client's cancel and a stopping server come on other threads: {@code lock} guards
 * {@code ended} and every word to the call, so that nothing is said after the end. The hub is never called under it.
 */
final class WatchCall implements WatchListener, OpenStream {
    /** Payload per message: fits into gRPC's default message size with room for its envelope. */
    private static final int MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

    private static final int MAX_MESSAGE_ENTRIES = 1_000;

    private final Object lock = new Object();
    private final ServerCallStreamObserver<WatchResponse> call;
    private final Statuses statuses;
    private final Consumer<WatchCall> onEnd;
    private volatile @Nullable Watch watch;
    private volatile boolean ended;

    WatchCall(ServerCallStreamObserver<WatchResponse> call, Statuses statuses, Consumer<WatchCall> onEnd) {
        this.call = call;
        this.statuses = statuses;
        this.onEnd = onEnd;
    }

    /** Registers with the hub, which may call back before this returns. */
    void begin(Function<WatchListener, Watch> hub) {
        Watch begun;
        try {
            begun = hub.apply(this);
        } catch (RuntimeException failure) {
            end(statuses.of(failure));
            return;
        }
        watch = begun;
        if (ended) {
            begun.cancel();
        } else if (call.isReady()) {
            // It may have become so while nobody could be told.
            begun.resume();
        }
    }

    void becameReady() {
        @Nullable Watch begun = watch;
        if (begun != null) {
            begun.resume();
        }
    }

    void cancelled() {
        end(null);
    }

    @Override
    public void stop() {
        end(Statuses.stopping());
    }

    @Override
    public boolean isReady() {
        return !ended && call.isReady();
    }

    @Override
    public void onEntries(List<Entry> entries) {
        EntryBatch.Builder batch = EntryBatch.newBuilder();
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += entry.payload().size();
            boolean full = bytes > MAX_MESSAGE_BYTES || batch.getEntriesCount() == MAX_MESSAGE_ENTRIES;
            if (full && batch.getEntriesCount() > 0) {
                send(WatchResponse.newBuilder().setEntries(batch).build());
                batch.clear();
                bytes = entry.payload().size();
            }
            batch.addEntries(Responses.entry(entry));
        }
        if (batch.getEntriesCount() > 0) {
            send(WatchResponse.newBuilder().setEntries(batch).build());
        }
    }

    @Override
    public void onGap(Gap gap) {
        send(WatchResponse.newBuilder().setGap(Responses.gap(gap)).build());
    }

    @Override
    public void onCaughtUp(SequenceId last) {
        send(WatchResponse.newBuilder()
                .setCaughtUp(CaughtUp.newBuilder().setLastSeq(last.value()))
                .build());
    }

    @Override
    public void onError(TidelineException failure) {
        end(statuses.of(failure));
    }

    @Override
    public void onBeyondHead(SequenceId last) {
        end(Statuses.beyondHead(last));
    }

    private void send(WatchResponse response) {
        synchronized (lock) {
            if (!ended) {
                call.onNext(response);
            }
        }
    }

    /** @param status null when nobody listens any more */
    private void end(@Nullable Status status) {
        synchronized (lock) {
            if (ended) {
                return;
            }
            ended = true;
            if (status != null) {
                call.onError(StatusProto.toStatusRuntimeException(status));
            }
        }
        @Nullable Watch begun = watch;
        if (begun != null) {
            begun.cancel();
        }
        onEnd.accept(this);
    }
}
