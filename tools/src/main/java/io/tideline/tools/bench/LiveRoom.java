package io.tideline.tools.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SyncResponse;
import io.tideline.client.Subscription;
import io.tideline.client.SubscriptionEvents;
import io.tideline.client.TidelineCallException;
import io.tideline.client.TidelineClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A group, every member of which has one device that is subscribed. One clock tells when a message was sent and came. */
final class LiveRoom implements AutoCloseable {
    /** A connection carries 1,024 calls at most; this leaves room. */
    private static final int DEVICES_PER_CONNECTION = 900;

    private static final long CATCH_UP_SECONDS = 180;
    private static final long STRAGGLERS_SECONDS = 60;

    /** Messages of one phase: from {@code firstTag} on. */
    private record Sends(long firstTag, AtomicLongArray sentNanos, LatencyRecorder delivered, CountDownLatch open) {}

    private final BenchContext context;
    private final String group;
    private final int devices;
    private final int ackEvery;
    private final String conversation;
    private final List<TidelineClient> clients = new ArrayList<>();
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final CountDownLatch caughtUp;
    private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
    private volatile @Nullable Sends current;
    private long nextTag = 1;

    private LiveRoom(BenchContext context, String group, int devices, int ackEvery) {
        this.context = context;
        this.group = group;
        this.devices = devices;
        this.ackEvery = ackEvery;
        this.caughtUp = new CountDownLatch(devices);
        this.conversation = context.messaging().group(group, devices, DiffusionPolicy.DIFFUSION_READ);
    }

    /** @param ackEvery how many pages a device acknowledges at once */
    static LiveRoom open(BenchContext context, String group, int devices, int ackEvery) throws InterruptedException {
        LiveRoom room = new LiveRoom(context, group, devices, ackEvery);
        context.messaging().awaitFanout();
        try {
            room.subscribe();
        } catch (RuntimeException | InterruptedException e) {
            room.close();
            throw e;
        }
        return room;
    }

    private void subscribe() throws InterruptedException {
        for (int i = 0; i < devices; i++) {
            if (i % DEVICES_PER_CONNECTION == 0) {
                clients.add(context.tideline().newClient(1));
            }
            SubscribeRequest.Register register = SubscribeRequest.Register.newBuilder()
                    .setApp(context.messaging().app())
                    .setUser(MessagingLoad.user(group, i))
                    .setDevice("bench")
                    .build();
            Device device = new Device();
            Subscription subscription =
                    clients.get(clients.size() - 1).messaging().subscribe(register, "", device);
            device.subscription = subscription;
            subscriptions.add(subscription);
        }
        if (!caughtUp.await(CATCH_UP_SECONDS, TimeUnit.SECONDS)) {
            failOn(broken.get());
            throw new BenchFailedException(caughtUp.getCount() + " devices have not caught up");
        }
    }

    private static void failOn(@Nullable Throwable failure) {
        if (failure != null) {
            throw new BenchFailedException("a device has failed: " + failure.getMessage(), failure);
        }
    }

    /** Sends messages, each when it is due, and waits until all devices have all of them. */
    Phase run(double perSecond, Duration duration) throws InterruptedException {
        int count = Math.max(1, (int) (perSecond * duration.toNanos() / 1e9));
        Sends sends = new Sends(
                nextTag, new AtomicLongArray(count), new LatencyRecorder(), new CountDownLatch(count * devices));
        nextTag += count;
        current = sends;
        long interval = (long) (1e9 / perSecond);
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long due = start + i * interval;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            sends.sentNanos().set(i, System.nanoTime());
            var sent = context.messaging()
                    .send(conversation, MessagingLoad.user(group, i % devices), payload(sends.firstTag() + i));
            var unused = sent.whenComplete((receipt, thrown) -> {
                if (thrown != null) {
                    broken.compareAndSet(null, thrown);
                }
            });
        }
        boolean complete = sends.open().await(STRAGGLERS_SECONDS, TimeUnit.SECONDS);
        double seconds = (System.nanoTime() - start) / 1e9;
        failOn(broken.get());
        long missing = complete ? 0 : sends.open().getCount();
        return new Phase(
                (count * (double) devices - missing) / seconds,
                sends.delivered().total(),
                missing);
    }

    private static ByteString payload(long tag) {
        byte[] bytes = new byte[BenchSettings.PAYLOAD_BYTES];
        ByteBuffer.wrap(bytes).putLong(tag);
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    @Override
    public void close() {
        subscriptions.forEach(Subscription::close);
        clients.forEach(TidelineClient::close);
    }

    /** Of one user. Called by one thread at a time. */
    private final class Device implements SubscriptionEvents {
        private volatile @Nullable Subscription subscription;
        private long lastSeq;
        private int unacknowledged;

        @Override
        public void onBatch(SyncResponse batch) {
            long now = System.nanoTime();
            for (Message message : batch.getMessagesList()) {
                if (lastSeq != 0 && message.getSeq() != lastSeq + 1) {
                    broken.compareAndSet(
                            null, new IllegalStateException("seq " + message.getSeq() + " after seq " + lastSeq));
                }
                lastSeq = message.getSeq();
                if (!message.hasEvent()) {
                    delivered(message.getPayload().asReadOnlyByteBuffer().getLong(), now);
                }
            }
            Subscription mine = subscription;
            unacknowledged++;
            if (mine != null && unacknowledged >= ackEvery) {
                unacknowledged = 0;
                mine.acknowledge(batch.getNext());
            }
        }

        private void delivered(long tag, long now) {
            Sends sends = current;
            if (sends != null && tag >= sends.firstTag()) {
                sends.delivered().record(now - sends.sentNanos().get((int) (tag - sends.firstTag())));
                sends.open().countDown();
            }
        }

        @Override
        public void onCaughtUp() {
            caughtUp.countDown();
        }

        @Override
        public void onEnd(TidelineCallException cause) {
            broken.compareAndSet(null, cause);
        }
    }
}
