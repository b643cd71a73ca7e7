package io.tideline.api.server.call;

import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.call.OpenStreams.OpenStream;
import io.tideline.api.server.status.Statuses;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One stream of requests that are answered one by one.
 *
 * <p>A request is <em>open</em> from its arrival until its answer has been handed to gRPC, which happens only while the
 * call is ready. Open requests are bounded by {@link Window}, and nothing else piles up: so a slow storage and a client
 * that does not read its answers both stop the reading of requests, and HTTP/2 stops the sender.
 *
 * <p>Threads: requests arrive on one thread at a time and are handed on in that order. Answers come on any thread; whoever
 * raises {@code wakeUps} from 0 sends what waits, so one thread at a time talks to the call. {@code halfClosed}, {@code
 * stopping} and {@code ended} only ever become true.
 */
public final class ItemStreamCall<Q, A> implements StreamObserver<Q>, OpenStream {
    /** What is done with the requests. */
    public interface Items<Q, A> {
        /** What the request counts in the window. */
        int payloadBytes(Q request);

        /**
         * Begins the work of one request; called in the order of the requests. Must not block or throw, and its future must
         * not fail: an error is an answer too.
         *
         * @param index of the request, counted from 0
         */
        CompletableFuture<A> answer(long index, Q request);
    }

    private record Answer<A>(A response, int payloadBytes) {}

    private final ServerCallStreamObserver<A> call;
    private final Items<Q, A> items;
    private final OpenStreams openStreams;
    private final Window window;
    private final Queue<Answer<A>> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger wakeUps = new AtomicInteger();
    private long nextIndex;
    private volatile boolean halfClosed;
    private volatile boolean stopping;
    private volatile boolean ended;

    private ItemStreamCall(
            ServerCallStreamObserver<A> call, Items<Q, A> items, OpenStreams openStreams, Window window) {
        this.call = call;
        this.items = items;
        this.openStreams = openStreams;
        this.window = window;
    }

    /**
     * Begins a stream. To be called before the handler of the call returns.
     *
     * @param window of this stream alone
     */
    public static <Q, A> StreamObserver<Q> open(
            ServerCallStreamObserver<A> call, Items<Q, A> items, OpenStreams openStreams, Window window) {
        ItemStreamCall<Q, A> stream = new ItemStreamCall<>(call, items, openStreams, window);
        call.disableAutoRequest();
        call.setOnReadyHandler(stream::wakeUp);
        call.setOnCancelHandler(stream::forget);
        openStreams.add(stream);
        call.request(stream.window.begin());
        return stream;
    }

    @Override
    public void onNext(Q request) {
        long index = nextIndex++;
        int payloadBytes = items.payloadBytes(request);
        requestMore(window.arrived(payloadBytes));
        if (ended || stopping) {
            // Not done, and the stream's end says so: what was not answered may be repeated.
            window.answered(payloadBytes);
            wakeUp();
            return;
        }
        var unused = items.answer(index, request).thenAccept(response -> {
            answers.add(new Answer<>(response, payloadBytes));
            wakeUp();
        });
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
        openStreams.remove(this);
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
            @Nullable Answer<A> answer = answers.poll();
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
        openStreams.remove(this);
        if (halfClosed) {
            call.onCompleted();
        } else {
            call.onError(StatusProto.toStatusRuntimeException(Statuses.stopping()));
        }
    }
}
