package io.tideline.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.api.v1.Entry;
import io.tideline.api.v1.Receipt;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.AppendStream;
import io.tideline.client.TidelineClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Writers through the client, over many timelines: some wait for each receipt, one streams. No caller may ever see an
 * error; at the end everything must be stored once, where its receipt says, in the order of its writer.
 *
 * <p>{@code lock} guards {@code acknowledgements} and {@code end}.
 */
final class ClientLoad implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 150;
    private static final int STREAM_WINDOW = 32;

    private record Message(TimelineName timeline, String id) {}

    private final TidelineClient client;
    private final List<TimelineName> timelines;
    private final ExecutorService threads;
    private final List<Future<?>> running = new ArrayList<>();
    private final Map<Message, Long> acknowledged = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> failed = new CompletableFuture<>();
    private final AtomicLong longestNanos = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private long acknowledgements;
    private boolean end;
    private volatile boolean stopping;

    ClientLoad(TidelineClient client, String name, int timelineCount, int writers) {
        this.client = client;
        this.timelines = IntStream.range(0, timelineCount)
                .mapToObj(i -> Timelines.conversation(name + "-" + i))
                .toList();
        this.threads = Executors.newFixedThreadPool(writers + 1);
        for (int i = 0; i < writers; i++) {
            String sender = "writer-" + i;
            int offset = i;
            running.add(threads.submit(() -> run(() -> append(sender, offset))));
        }
        running.add(threads.submit(() -> run(this::stream)));
    }

    private interface Writer {
        void write() throws Exception;
    }

    private void run(Writer writer) {
        try {
            writer.write();
        } catch (Exception | Error e) {
            failed.completeExceptionally(e);
            signal(0, true);
        }
    }

    TimelineName timeline(int index) {
        return timelines.get(index);
    }

    private void append(String sender, int offset) throws Exception {
        for (int n = 0; !stopping; n++) {
            TimelineName timeline = timelines.get((offset + n) % timelines.size());
            String id = sender + "-" + n;
            long begin = System.nanoTime();
            Receipt receipt = client.append(timeline, List.of(Timelines.message(sender, id)))
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .get(0);
            acknowledge(timeline, id, receipt, begin);
        }
    }

    private void stream() throws Exception {
        try (AppendStream stream = client.openAppendStream(STREAM_WINDOW)) {
            for (int n = 0; !stopping; n++) {
                stream.awaitReady();
                TimelineName timeline = timelines.get(n % timelines.size());
                String id = "streamer-" + n;
                long begin = System.nanoTime();
                var unused = stream.append(timeline, Timelines.message("streamer", id))
                        .whenComplete((receipt, failure) -> {
                            if (receipt != null) {
                                acknowledge(timeline, id, receipt, begin);
                            } else {
                                failed.completeExceptionally(failure);
                                signal(0, true);
                            }
                        });
            }
            stream.finish().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void acknowledge(TimelineName timeline, String id, Receipt receipt, long begin) {
        longestNanos.accumulateAndGet(System.nanoTime() - begin, Math::max);
        acknowledged.put(new Message(timeline, id), receipt.getSeq());
        signal(1, false);
    }

    private void signal(int more, boolean over) {
        lock.lock();
        try {
            acknowledgements += more;
            end |= over;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns after so many more acknowledgements; fails with the first error that a caller saw. */
    void awaitProgress(int more) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        lock.lock();
        try {
            long target = acknowledgements + more;
            while (acknowledgements < target && !end) {
                if (progress.awaitNanos(deadline - System.nanoTime()) <= 0) {
                    throw new AssertionError("no progress in " + PATIENCE_SECONDS + " s");
                }
            }
        } finally {
            lock.unlock();
        }
        throwIfFailed();
    }

    private void throwIfFailed() throws Exception {
        if (failed.isDone()) {
            failed.get();
        }
    }

    /** The longest that a caller has waited since the last time this was asked. */
    Duration longestPause() {
        return Duration.ofNanos(longestNanos.getAndSet(0));
    }

    /** Stops the writers and compares what is stored with what was acknowledged; returns how much that is. */
    long stopAndVerify() throws Exception {
        stopping = true;
        for (Future<?> writer : running) {
            writer.get(PATIENCE_SECONDS + 20, TimeUnit.SECONDS);
        }
        throwIfFailed();
        long stored = 0;
        for (TimelineName timeline : timelines) {
            stored += verify(timeline);
        }
        assertThat(stored).isEqualTo(acknowledged.size());
        return stored;
    }

    private long verify(TimelineName timeline) {
        long next = 1;
        Set<String> ids = new HashSet<>();
        Map<String, Integer> lastOfSender = new HashMap<>();
        for (Entry entry : Timelines.readAll(client, timeline)) {
            String id = entry.getClientMessageId();
            assertThat(entry.getSeq()).isEqualTo(next++);
            assertThat(ids.add(id)).as("stored once: %s", id).isTrue();
            assertThat(acknowledged.get(new Message(timeline, id)))
                    .as("acknowledged seq of %s", id)
                    .isEqualTo(entry.getSeq());
            int number = Integer.parseInt(id.substring(id.lastIndexOf('-') + 1));
            assertThat(number).as("order of %s", id).isGreaterThan(lastOfSender.getOrDefault(entry.getSender(), -1));
            lastOfSender.put(entry.getSender(), number);
        }
        return next - 1;
    }

    @Override
    public void close() {
        stopping = true;
        threads.shutdownNow();
    }
}
