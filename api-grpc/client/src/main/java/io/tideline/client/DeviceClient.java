package io.tideline.client;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.SendResponse;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A device of a user: everything of his conversations comes here, once and in order, and what is sent from here arrives,
 * once and in order, whatever is lost on the way and however often this process dies.
 *
 * <p>A page is stored together with its token in one transaction, then acknowledged, then shown. A seq that is stored
 * does not come again, one that is missing is fetched before anything after it is shown. Messages to be sent are stored
 * before anything else, and go out one at a time per conversation with the id that they got then.
 *
 * <p>Methods return at once and are safe for use by many threads. What they start runs on the device's own thread, which
 * does all disk writes and calls the {@link DeviceListener}; futures are completed there. Calls that wait for that thread
 * are bounded (4,096; {@code TOO_MANY_PENDING} beyond).
 */
public final class DeviceClient implements AutoCloseable {
    private static final int MOST_CALLS = 4_096;
    private static final long CLOSE_SECONDS = 10;

    private final CallContext context;
    private final DeviceListener listener;
    private final ThreadPoolExecutor thread;
    private final DeviceStore store;
    private final SendQueue queue;
    private final DeviceSync sync;
    private final Runnable closer = this::close;
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger calls = new AtomicInteger();
    /** Fail the answers whose work has not begun. */
    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();

    private volatile @Nullable Thread runner;

    private DeviceClient(
            CallContext context,
            MessagingClient client,
            DeviceConfig config,
            DeviceStore store,
            DeviceListener listener,
            String idPrefix) {
        this.context = context;
        this.listener = listener;
        this.store = store;
        this.thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread made = new Thread(task, "tideline-device-" + config.device());
            made.setDaemon(true);
            runner = made;
            return made;
        });
        // After the end nothing is left to be done, and whoever waits is told by the method that was called.
        this.thread.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        Executor device = this::onDevice;
        this.queue = new SendQueue(context, client, config, store, listener, device, idPrefix);
        this.sync = new DeviceSync(context, client, config, store, queue, listener, device, this::fail);
    }

    static DeviceClient open(
            CallContext context, MessagingClient client, DeviceConfig config, DeviceListener listener) {
        DeviceStore store = DeviceStore.open(config);
        try {
            String idPrefix = store.meta("id_prefix", ClientMessageIds.random()::prefix);
            DeviceClient device = new DeviceClient(context, client, config, store, listener, idPrefix);
            context.openCalls().atClose(device.closer);
            return device;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** Shows what was stored and not shown, connects, and goes on by itself until {@link #close}. */
    public void start() {
        if (started.compareAndSet(false, true)) {
            onDevice(() -> {
                queue.start();
                sync.start();
            });
        }
    }

    /**
     * Queues a message of a kind and an opaque payload, and completes when the server has stored it. It is stored here
     * first, also when {@link #close} comes next: then it is sent after a restart, and {@link DeviceListener#onSent}
     * tells.
     * Fails when the server refuses it for good, and with {@code TOO_MANY_PENDING} when the queue is full.
     */
    public CompletableFuture<SendResponse> send(String conversationId, String kind, ByteString payload) {
        return send(
                conversationId,
                OutgoingMessage.newBuilder().setKind(kind).setPayload(payload).build());
    }

    /** The same with all that a message can have; a client message id of one's own is kept. */
    public CompletableFuture<SendResponse> send(String conversationId, OutgoingMessage message) {
        if (over.get()) {
            return CompletableFuture.failedFuture(CallFailure.closed());
        }
        if (!queue.tryEnter()) {
            return CompletableFuture.failedFuture(tooMany("The queue of messages is full"));
        }
        CompletableFuture<SendResponse> answer = new CompletableFuture<>();
        // Also while the device is being closed: what was called before that is stored.
        orFail(answer, () -> queue.add(conversationId, message, answer), thread);
        return answer;
    }

    /** Messages that wait to be sent. */
    public int queued() {
        return queue.queued();
    }

    /**
     * Marks a conversation as read: here at once, on the server when it can be reached.
     *
     * @param seq up to which message, of those that came here, and the personal ones that follow no later one; 0: all of
     *     them
     * @return what is unread after that, as this device knows it; fails with {@link IllegalArgumentException} when the
     *     seq has not come here
     */
    public CompletableFuture<Long> markRead(String conversationId, long seq) {
        return call(() -> {
            sync.markRead(conversationId, seq);
            return store.counts().unread(conversationId);
        });
    }

    /** What is unread in a conversation as this device knows it. */
    public CompletableFuture<Long> unread(String conversationId) {
        return call(() -> store.counts().unread(conversationId));
    }

    /** The sum over all conversations. */
    public CompletableFuture<Long> totalUnread() {
        return call(store.counts()::totalUnread);
    }

    /**
     * The latest messages of a conversation that the device keeps, oldest first, with changes applied.
     *
     * @param limit at most so many, 1 or more
     */
    public CompletableFuture<List<Message>> messages(String conversationId, int limit) {
        return call(() -> store.messages(conversationId, limit));
    }

    /** How far each conversation has come here. */
    public CompletableFuture<List<Checkpoint>> checkpoints() {
        return call(store::checkpoints);
    }

    private <T> CompletableFuture<T> call(Supplier<T> work) {
        if (calls.incrementAndGet() > MOST_CALLS) {
            calls.decrementAndGet();
            return CompletableFuture.failedFuture(tooMany("Too many calls wait for the device"));
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        orFail(
                answer,
                () -> {
                    calls.decrementAndGet();
                    try {
                        answer.complete(work.get());
                    } catch (IllegalArgumentException e) {
                        answer.completeExceptionally(e);
                    }
                },
                this::onDevice);
        return answer;
    }

    /** Runs on the device's thread, or fails the answer when the device is over before that. */
    private void orFail(CompletableFuture<?> answer, Runnable work, Executor device) {
        Runnable failer = () -> answer.completeExceptionally(CallFailure.closed());
        waiting.add(failer);
        device.execute(() -> {
            waiting.remove(failer);
            try {
                work.run();
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
                fail(e);
            }
        });
        if (over.get()) {
            failWaiting();
        }
    }

    private void failWaiting() {
        waiting.forEach(Runnable::run);
        waiting.clear();
    }

    private static TidelineCallException tooMany(String message) {
        return CallFailure.found(Status.Code.RESOURCE_EXHAUSTED, TidelineCallException.TOO_MANY_PENDING, message, null);
    }

    /** What a listener or the store throws is the device's end: going on could lose or double something. */
    private void onDevice(Runnable work) {
        thread.execute(() -> {
            if (over.get()) {
                return;
            }
            try {
                work.run();
            } catch (RuntimeException e) {
                fail(e);
            }
        });
    }

    private void fail(RuntimeException failure) {
        if (end()) {
            listener.onFailure(failure);
        }
    }

    /** Ends everything once; true for whom it was the first. */
    private boolean end() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        context.openCalls().forget(closer);
        sync.stop();
        failWaiting();
        thread.execute(() -> {
            sync.close();
            queue.close();
            store.close();
        });
        thread.shutdown();
        return true;
    }

    /**
     * Ends the device and closes its store. What is queued stays there, and futures that wait for it fail with
     * {@code CLIENT_CLOSED}. Waits for the listener to return, for 10 s at most; not at all when called by it.
     */
    @Override
    public void close() {
        end();
        if (Thread.currentThread() == runner) {
            return;
        }
        try {
            thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
