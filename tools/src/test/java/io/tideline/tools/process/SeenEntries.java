package io.tideline.tools.process;

import io.tideline.api.v1.Entry;
import io.tideline.api.v1.Gap;
import io.tideline.api.v1.TimelineName;
import io.tideline.api.v1.WatchRequest;
import io.tideline.client.TidelineCallException;
import io.tideline.client.TidelineClient;
import io.tideline.client.WatchEvents;
import io.tideline.client.Watcher;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A watch from the first seq that fails as soon as it sees anything but 1, 2, 3 and so on. */
final class SeenEntries implements WatchEvents, AutoCloseable {
    private final Watcher watcher;
    private final Map<Long, CompletableFuture<Long>> wanted = new ConcurrentHashMap<>();
    private final CompletableFuture<Long> broken = new CompletableFuture<>();
    private final AtomicInteger reconnects = new AtomicInteger();
    private volatile long last;

    SeenEntries(TidelineClient client, TimelineName timeline) {
        watcher = client.watch(
                WatchRequest.newBuilder().setTimeline(timeline).setFromSeq(1).build(), this);
    }

    @Override
    public void onEntries(List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry.getSeq() != last + 1) {
                broken.completeExceptionally(new AssertionError("seq " + entry.getSeq() + " after " + last));
                throw new IllegalStateException("seq " + entry.getSeq() + " after " + last);
            }
            last = entry.getSeq();
        }
        long now = System.nanoTime();
        wanted.forEach((seq, future) -> {
            if (seq <= last) {
                future.complete(now);
            }
        });
    }

    @Override
    public void onGap(Gap gap) {
        broken.completeExceptionally(new AssertionError("gap " + gap));
    }

    @Override
    public void onReconnect(Throwable cause) {
        reconnects.incrementAndGet();
    }

    @Override
    public void onFailure(TidelineCallException failure) {
        broken.completeExceptionally(failure);
    }

    /** Completes with {@link System#nanoTime} of its arrival once {@code seq} was seen; fails when the watch does. */
    CompletableFuture<Long> seen(long seq) {
        CompletableFuture<Long> arrival = wanted.computeIfAbsent(seq, key -> new CompletableFuture<>());
        if (last >= seq) {
            arrival.complete(System.nanoTime());
        }
        return arrival.applyToEither(broken, nanos -> nanos);
    }

    long await(long seq, long limitSeconds) throws Exception {
        return seen(seq).get(limitSeconds, TimeUnit.SECONDS);
    }

    long last() {
        return last;
    }

    int reconnects() {
        return reconnects.get();
    }

    @Override
    public void close() {
        watcher.close();
    }
}
