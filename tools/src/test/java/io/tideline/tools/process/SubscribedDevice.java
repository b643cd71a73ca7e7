package io.tideline.tools.process;

import io.tideline.api.v1.Message;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SyncRange;
import io.tideline.api.v1.SyncResponse;
import io.tideline.client.Subscription;
import io.tideline.client.SubscriptionEvents;
import io.tideline.client.TidelineCallException;
import io.tideline.client.TidelineClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A device that keeps what comes and the token of its last page, on whatever server it subscribes, and fails as soon as a
 * seq of a conversation is left out or comes twice.
 */
final class SubscribedDevice implements AutoCloseable {
    private record Point(String conversation, long seq) {}

    private final SubscribeRequest.Register register;
    private final boolean acknowledging;
    private final CompletableFuture<Long> broken = new CompletableFuture<>();

    /** Guards what follows. */
    private final Object lock = new Object();

    private final Map<String, Long> through = new HashMap<>();
    private final Map<String, List<String>> received = new HashMap<>();
    private final Map<Point, CompletableFuture<Long>> wanted = new HashMap<>();
    private final List<String> tokens = new ArrayList<>();
    private final List<Stream> streams = new ArrayList<>();

    SubscribedDevice(String app, String user, String device) {
        this(app, user, device, true);
    }

    /** @param acknowledging whether each page is acknowledged as soon as it has come */
    SubscribedDevice(String app, String user, String device, boolean acknowledging) {
        this.register = SubscribeRequest.Register.newBuilder()
                .setApp(app)
                .setUser(user)
                .setDevice(device)
                .build();
        this.acknowledging = acknowledging;
    }

    /** Begins a stream that goes on behind the last page that is kept. */
    Stream subscribe(TidelineClient client) {
        Stream stream = new Stream();
        String last;
        synchronized (lock) {
            streams.add(stream);
            last = tokens.isEmpty() ? "" : tokens.get(tokens.size() - 1);
        }
        stream.open.complete(client.messaging().subscribe(register, last, stream));
        return stream;
    }

    /** The client's ids of the messages that have come, in their order. */
    List<String> received(String conversation) {
        synchronized (lock) {
            return List.copyOf(received.getOrDefault(conversation, List.of()));
        }
    }

    /** Waits until it has everything up to {@code seq}; {@link System#nanoTime} of when that was. */
    long await(String conversation, long seq, long limitSeconds) throws Exception {
        CompletableFuture<Long> arrival;
        synchronized (lock) {
            arrival = wanted.computeIfAbsent(new Point(conversation, seq), point -> new CompletableFuture<>());
            if (through.getOrDefault(conversation, 0L) >= seq) {
                arrival.complete(System.nanoTime());
            }
        }
        try {
            return arrival.applyToEither(broken, nanos -> nanos).get(limitSeconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(register.getUser() + "/" + register.getDevice() + " has not got seq " + seq, e);
        }
    }

    private void take(SyncResponse page) {
        long now = System.nanoTime();
        synchronized (lock) {
            for (SyncRange range : page.getRangesList()) {
                takeRange(range, page.getMessagesList());
            }
            tokens.add(page.getNext());
            wanted.forEach((point, arrival) -> {
                if (through.getOrDefault(point.conversation(), 0L) >= point.seq()) {
                    arrival.complete(now);
                }
            });
        }
    }

    /** Must be called under the lock. */
    private void takeRange(SyncRange range, List<Message> messages) {
        String conversation = range.getConversationId();
        long last = through.getOrDefault(conversation, 0L);
        for (Message message : messages) {
            if (message.getConversationId().equals(conversation)) {
                if (message.getSeq() != last + 1) {
                    fail("seq " + message.getSeq() + " after " + last);
                }
                last = message.getSeq();
                if (!message.hasEvent()) {
                    received.computeIfAbsent(conversation, id -> new ArrayList<>())
                            .add(message.getClientMessageId());
                }
            }
        }
        if (range.getToSeq() != last) {
            fail("a range through " + range.getToSeq() + " whose messages end at " + last);
        }
        through.put(conversation, last);
    }

    private void fail(String what) {
        broken.completeExceptionally(new AssertionError(register.getUser() + "/" + register.getDevice() + ": " + what));
    }

    @Override
    public void close() {
        List<Stream> all;
        synchronized (lock) {
            all = List.copyOf(streams);
        }
        all.forEach(Stream::close);
    }

    /** One connection of the device. */
    final class Stream implements SubscriptionEvents, AutoCloseable {
        private final CompletableFuture<Subscription> open = new CompletableFuture<>();
        private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
        private final CompletableFuture<TidelineCallException> end = new CompletableFuture<>();

        void acknowledge(String token) {
            // Pages may come before the call that opens the stream has returned.
            var unused = open.thenAccept(subscription -> subscription.acknowledge(token));
        }

        /** Done when everything that there was has come. */
        CompletableFuture<Void> caughtUp() {
            return caughtUp;
        }

        /** Why the server has ended it. */
        CompletableFuture<TidelineCallException> end() {
            return end;
        }

        @Override
        public void onBatch(SyncResponse batch) {
            take(batch);
            if (acknowledging) {
                acknowledge(batch.getNext());
            }
        }

        @Override
        public void onCaughtUp() {
            caughtUp.complete(null);
        }

        @Override
        public void onEnd(TidelineCallException cause) {
            end.complete(cause);
            caughtUp.completeExceptionally(cause);
        }

        @Override
        public void close() {
            var unused = open.thenAccept(Subscription::close);
        }
    }
}
