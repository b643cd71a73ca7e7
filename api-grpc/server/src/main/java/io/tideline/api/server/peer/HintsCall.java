package io.tideline.api.server.peer;

import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.call.OpenStreams.OpenStream;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.Requests;
import io.tideline.api.v1.Hint;
import io.tideline.api.v1.HintBatch;
import io.tideline.api.v1.HintsSummary;
import io.tideline.core.feed.Change;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
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
    private final Consumer<List<Change>> hints;
    private final Statuses statuses;
    private final Consumer<HintsCall> onEnd;
    private long received;
    private volatile boolean ended;

    HintsCall(
            StreamObserver<HintsSummary> call,
            Consumer<List<Change>> hints,
            Statuses statuses,
            Consumer<HintsCall> onEnd) {
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
            List<Change> changes = valid(batch);
            hints.accept(changes);
            received += changes.size();
        } catch (RuntimeException failure) {
            fail(statuses.of(failure));
        }
    }

    private static List<Change> valid(HintBatch batch) {
        FieldViolations violations = new FieldViolations();
        int count = batch.getHintsCount();
        if (count < 1 || count > MAX_HINTS) {
            violations.add("hints", count + " hints (expected: 1.." + MAX_HINTS + ")");
            violations.throwIfAny();
        }
        List<Change> changes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
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
