package io.tideline.tools.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.WatchRequest;
import io.tideline.client.TidelineCallException;
import io.tideline.client.TidelineClient;
import io.tideline.client.WatchEvents;
import io.tideline.client.Watcher;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Watchers, one for each timeline of a group, and appends to those timelines at a set rate. Appends, acknowledgements and
 * events all meet in this process, so that one clock tells when each was.
 */
final class WatchedAppends implements AutoCloseable {
    private static final String GROUP = "watched";

    /** A connection carries 1,024 calls at most; this leaves room. */
    private static final int WATCHERS_PER_CONNECTION = 500;

    private static final long CATCH_UP_SECONDS = 60;

    /**
     * What a phase has shown.
     *
     * @param ackToSeen no less than 0
     */
    record Outcome(Phase ackToSeen, Phase sentToSeen, Phase sentToAck) {}

    private final TidelineLoad tideline;
    private final int timelines;
    private final TidelineClient client;
    private final List<Watcher> watchers = new ArrayList<>();
    private final CountDownLatch caughtUp;
    private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
    private final SplittableRandom random = new SplittableRandom();
    private volatile @Nullable TimedAppends current;
    private long nextTag;

    private WatchedAppends(TidelineLoad tideline, int timelines) {
        this.tideline = tideline;
        this.timelines = timelines;
        this.client = tideline.newClient(1 + timelines / WATCHERS_PER_CONNECTION);
        this.caughtUp = new CountDownLatch(timelines);
    }

    /** Starts the watchers and waits until all have caught up. */
    static WatchedAppends open(BenchContext context) throws InterruptedException {
        int timelines = context.settings().watchers();
        context.tideline().fill(GROUP, timelines, 1, context::say);
        WatchedAppends watched = new WatchedAppends(context.tideline(), timelines);
        try {
            watched.start();
        } catch (RuntimeException | InterruptedException e) {
            watched.close();
            throw e;
        }
        return watched;
    }

    private void start() throws InterruptedException {
        for (int i = 0; i < timelines; i++) {
            WatchRequest afterFirst = WatchRequest.newBuilder()
                    .setTimeline(tideline.timeline(GROUP, i))
                    .setFromSeq(2)
                    .setKnownSeq(1)
                    .build();
            watchers.add(client.watch(afterFirst, new Seen()));
        }
        if (!caughtUp.await(CATCH_UP_SECONDS, TimeUnit.SECONDS)) {
            throw new BenchFailedException(caughtUp.getCount() + " watchers have not caught up");
        }
    }

    /** Sends appends one after the other, each when it is due, whatever became of those before; waits for all events. */
    Outcome run(double perSecond, Duration duration) throws InterruptedException {
        int count = Math.max(1, (int) (perSecond * duration.toNanos() / 1e9));
        TimedAppends appends = new TimedAppends(nextTag, count);
        nextTag += count;
        current = appends;
        long interval = (long) (1e9 / perSecond);
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            awaitTime(start + i * interval);
            ByteString payload = payload(appends.firstTag() + i);
            int index = i;
            appends.sent(index);
            var append = tideline.client()
                    .append(tideline.timeline(GROUP, random.nextInt(timelines)), List.of(tideline.entry(payload)));
            var unused = append.whenComplete((receipts, thrown) -> appends.acknowledged(index, thrown == null));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        appends.awaitAll();
        Throwable failure = broken.get();
        if (failure != null) {
            throw new BenchFailedException("a watch has ended", failure);
        }
        return appends.outcome(seconds);
    }

    private static void awaitTime(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static ByteString payload(long tag) {
        byte[] bytes = new byte[BenchSettings.PAYLOAD_BYTES];
        ByteBuffer.wrap(bytes).putLong(tag);
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    @Override
    public void close() {
        watchers.forEach(Watcher::close);
        client.close();
    }

    /** Of one timeline. Called by one thread at a time. */
    private final class Seen implements WatchEvents {
        private boolean ready;

        @Override
        public void onEntries(List<Entry> entries) {
            TimedAppends appends = current;
            if (appends == null) {
                return;
            }
            long now = System.nanoTime();
            for (Entry entry : entries) {
                appends.seen(entry.getPayload().asReadOnlyByteBuffer().getLong(), now);
            }
        }

        @Override
        public void onCaughtUp(long lastSeq) {
            if (!ready) {
                ready = true;
                caughtUp.countDown();
            }
        }

        @Override
        public void onFailure(TidelineCallException failure) {
            broken.compareAndSet(null, failure);
        }
    }
}
