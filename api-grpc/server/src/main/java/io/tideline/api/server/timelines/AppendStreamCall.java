package io.tideline.api.server.timelines;

import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.call.CallDeadlines;
import io.tideline.api.server.call.OpenStreams.OpenStream;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.Requests;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.api.v1.AppendStreamResponse;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One AppendStream.
 *
 * <p>A request is <em>open</em> from its arrival until its answer has been handed to gRPC, which happens only while the
 * call is ready. Open requests are bounded by {@link Window}, and nothing else piles up: so a slow storage and a client
 * that does not read its answers both stop the reading of requests, and HTTP/2 stops the sender.
 *
 * <p>Threads: requests arrive on one thread at a time and are handed to the store in that order, which keeps the order
 * of each timeline. Answers come on the store's threads; whoever raises {@code wakeUps} from 0 sends what waits, so one
 * thread at a time talks to the call. {@code halfClosed}, {@code stopping} and {@code ended} only ever become true.
 */
final class AppendStreamCall implements StreamObserver<AppendStreamRequest>, OpenStream {
    private record Answer(AppendStreamResponse response, int payloadBytes) {}

    private final AppendStreams shared;
    private final ServerCallStreamObserver<AppendStreamResponse> call;
    private final Caller caller;
    private final io.grpc.@Nullable Deadline deadline;
    private final Window window;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger wakeUps = new AtomicInteger();
    private long nextIndex;
    private volatile boolean halfClosed;
    private volatile boolean stopping;
    private volatile boolean ended;

    AppendStreamCall(
            AppendStreams shared,
            ServerCallStreamObserver<AppendStreamResponse> call,
            Caller caller,
            io.grpc.@Nullable Deadline deadline) {
        this.shared = shared;
        this.call = call;
        this.caller = caller;
        this.deadline = deadline;
        this.window =
                new Window(shared.limits().streamWindowItems(), shared.limits().streamWindowBytes());
    }

    /** To be called before the handler of the call returns. */
    void begin() {
        call.disableAutoRequest();
        call.setOnReadyHandler(this::wakeUp);
        call.setOnCancelHandler(this::forget);
        shared.openStreams().add(this);
        call.request(window.begin());
    }

    @Override
    public void onNext(AppendStreamRequest request) {
        long startedNanos = System.nanoTime();
        long index = nextIndex++;
        int payloadBytes = request.getEntry().getPayload().size();
        requestMore(window.arrived(payloadBytes));
        if (ended || stopping) {
            // Not appended, and the stream's end says so: what was not answered may be repeated.
            window.answered(payloadBytes);
            wakeUp();
            return;
        }
        var unused = append(request).whenComplete((receipt, failure) -> {
            shared.metrics().record(startedNanos, failure == null);
            answers.add(new Answer(answer(index, request, receipt, failure), payloadBytes));
            wakeUp();
        });
    }

    /** The outermost frame of an item: whatever it throws is the item's error and not the stream's. */
    private CompletableFuture<io.tideline.api.v1.Receipt> append(AppendStreamRequest request) {
        try {
            caller.requireApp(request.getTimeline().getApp());
            TimelineAppend append = valid(request);
            return shared.store()
                    .append(append, CallDeadlines.of(deadline))
                    .thenApply(outcome -> receipt(append.entries(), outcome));
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private static TimelineAppend valid(AppendStreamRequest request) {
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId timeline = Requests.timeline(request.hasTimeline(), request.getTimeline(), violations);
        @Nullable NewEntry entry = null;
        if (request.hasEntry()) {
            entry = Requests.entry("entry", -1, request.getEntry(), violations);
        } else {
            violations.add("entry", "missing (expected: an entry)");
        }
        violations.throwIfAny();
        return TimelineAppend.of(Objects.requireNonNull(timeline), Objects.requireNonNull(entry));
    }

    private static io.tideline.api.v1.Receipt receipt(List<NewEntry> entries, AppendOutcome outcome) {
        if (outcome instanceof AppendOutcome.Appended appended) {
            return Responses.receipt(
                    entries.get(0).clientMessageId().value(),
                    appended.receipts().get(0));
        }
        throw new CallFailure(Appends.conflict(entries, 0, (AppendOutcome.Conflict) outcome));
    }

    private AppendStreamResponse answer(
            long index,
            AppendStreamRequest request,
            io.tideline.api.v1.@Nullable Receipt receipt,
            @Nullable Throwable failure) {
        AppendStreamResponse.Builder answer = AppendStreamResponse.newBuilder()
                .setRequestIndex(index)
                .setClientMessageId(request.getEntry().getClientMessageId());
        if (receipt != null) {
            return answer.setReceipt(receipt).build();
        }
        Status status = shared.statuses().of(failure != null ? failure : new IllegalStateException("no receipt"));
        return answer.setError(status).build();
    }

    @Override
    public void onCompleted() {
        halfClosed = true;
        wakeUp();
    }

    /** The client is gone. */
    @Override
    public void onError(Throwable cause) {
        forget();
    }

    private void forget() {
        ended = true;
        shared.openStreams().remove(this);
        wakeUp();
    }

    @Override
    public void stop() {
        stopping = true;
        wakeUp();
    }

    private void wakeUp() {
        if (wakeUps.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            sendWhileReady();
            seen = wakeUps.addAndGet(-seen);
        } while (seen != 0);
    }

    private void sendWhileReady() {
        if (ended) {
            answers.clear();
            return;
        }
        while (call.isReady()) {
            @Nullable Answer answer = answers.poll();
            if (answer == null) {
                break;
            }
            call.onNext(answer.response());
            requestMore(window.answered(answer.payloadBytes()));
        }
        if ((halfClosed || stopping) && window.isEmpty()) {
            end();
        }
    }

    private void requestMore(int count) {
        if (count > 0 && !halfClosed && !stopping) {
            call.request(count);
        }
    }

    private void end() {
        ended = true;
        shared.openStreams().remove(this);
        if (halfClosed) {
            call.onCompleted();
        } else {
            call.onError(StatusProto.toStatusRuntimeException(Statuses.stopping()));
        }
    }
}
