package io.tideline.api.server.peer;

import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.call.OpenStreams.OpenStream;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.server.translate.Requests;
import io.tideline.api.v1.Hint;
import io.tideline.api.v1.HintBatch;
import io.tideline.api.v1.HintsSummary;
import io.tideline.api.v1.OpenedStream;
import io.tideline.core.feed.Change;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.device.Device;
import io.tideline.sync.peer.Hints;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream of hints. Batches arrive on one thread at a time; a stopping server comes on another, so {@code lock} guards
 * {@code ended} and the call's end.
 */
final class HintsCall implements StreamObserver<HintBatch>, OpenStream {
    private static final int MAX_HINTS = 1_000;

    private final Object lock = new Object();
    private final StreamObserver<HintsSummary> call;
    private final Consumer<Hints> hints;
    private final Statuses statuses;
    private final Consumer<HintsCall> onEnd;
    private long received;
    private volatile boolean ended;

    HintsCall(StreamObserver<HintsSummary> call, Consumer<Hints> hints, Statuses statuses, Consumer<HintsCall> onEnd) {
        this.call = call;
        this.hints = hints;
        this.statuses = statuses;
        this.onEnd = onEnd;
    }

    @Override
    public void onNext(HintBatch batch) {
        if (ended) {
            return;
        }
        try {
            Hints valid = valid(batch);
            hints.accept(valid);
            received += valid.size();
        } catch (RuntimeException failure) {
            fail(statuses.of(failure));
        }
    }

    private static Hints valid(HintBatch batch) {
        int count = batch.getHintsCount() + batch.getOpenedCount();
        if (count < 1 || count > MAX_HINTS) {
            FieldViolations violations = new FieldViolations();
            violations.add("hints", count + " hints (expected: 1.." + MAX_HINTS + ")");
            violations.throwIfAny();
        }
        return new Hints(moved(batch), opened(batch));
    }

    private static List<Change> moved(HintBatch batch) {
        FieldViolations violations = new FieldViolations();
        List<Change> changes = new ArrayList<>(batch.getHintsCount());
        for (int i = 0; i < batch.getHintsCount(); i++) {
            Hint hint = batch.getHints(i);
            String path = "hints[" + i + "]";
            @Nullable TimelineId timeline =
                    Requests.timeline(path + ".timeline", hint.hasTimeline(), hint.getTimeline(), violations);
            if (hint.getLastSeq() < 1) {
                violations.add(path + ".last_seq", hint.getLastSeq() + " (expected: 1 or more)");
            } else if (timeline != null) {
                changes.add(new Change(timeline, SequenceId.of(hint.getLastSeq())));
            }
        }
        violations.throwIfAny();
        return changes;
    }

    private static List<Device> opened(HintBatch batch) {
        RequestFields fields = new RequestFields();
        List<Device> devices = new ArrayList<>(batch.getOpenedCount());
        for (OpenedStream stream : batch.getOpenedList()) {
            devices.add(new Device(
                    fields.app(stream.getApp()),
                    fields.user("user", stream.getUser()),
                    fields.device(stream.getDevice())));
        }
        fields.check();
        return devices;
    }

    @Override
    public void onCompleted() {
        if (end()) {
            call.onNext(HintsSummary.newBuilder().setReceived(received).build());
            call.onCompleted();
        }
    }

    /** The other server is gone. */
    @Override
    public void onError(Throwable cause) {
        forget();
    }

    void forget() {
        boolean unused = end();
    }

    @Override
    public void stop() {
        fail(Statuses.stopping());
    }

    private void fail(Status status) {
        if (end()) {
            call.onError(StatusProto.toStatusRuntimeException(status));
        }
    }

    /** True for the one who may say the last word. */
    private boolean end() {
        synchronized (lock) {
            if (ended) {
                return false;
            }
            ended = true;
        }
        onEnd.accept(this);
        return true;
    }
}
