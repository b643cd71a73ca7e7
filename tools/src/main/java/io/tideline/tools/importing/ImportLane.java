package io.tideline.tools.importing;

import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.Receipt;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.TidelineCallException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The way into one timeline: one request at a time, each with what has gathered while the last one was on its way.
 *
 * <p>{@code lock} guards {@code waiting}, {@code busy} and {@code lastSeq}; requests are sent and the window is left
 * outside of it. After a failure the lane stays busy for ever, so that nothing is sent behind the failed request.
 */
final class ImportLane {
    /** Half of what one request may hold. */
    private static final long BATCH_BYTES = 1L << 20;

    private final TimelineName timeline;
    private final int batch;
    private final BiFunction<TimelineName, List<NewEntry>, CompletableFuture<List<Receipt>>> append;
    private final InFlightWindow window;
    private final ImportCounters counters;

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<NewEntry> waiting = new ArrayDeque<>();
    private boolean busy;
    private long lastSeq;

    ImportLane(
            TimelineName timeline,
            int batch,
            long lastSeq,
            BiFunction<TimelineName, List<NewEntry>, CompletableFuture<List<Receipt>>> append,
            InFlightWindow window,
            ImportCounters counters) {
        this.timeline = timeline;
        this.batch = batch;
        this.lastSeq = lastSeq;
        this.append = append;
        this.window = window;
        this.counters = counters;
    }

    /** Sends {@code entry} after all before it; it must have entered the window. */
    void add(NewEntry entry) {
        List<NewEntry> request;
        lock.lock();
        try {
            waiting.add(entry);
            request = busy ? List.of() : takeRequest();
        } finally {
            lock.unlock();
        }
        send(request);
    }

    TimelineName timeline() {
        return timeline;
    }

    /** The last seq that is known to hold a line of the import. */
    long lastSeq() {
        lock.lock();
        try {
            return lastSeq;
        } finally {
            lock.unlock();
        }
    }

    private List<NewEntry> takeRequest() {
        List<NewEntry> request = new ArrayList<>();
        long bytes = 0;
        for (NewEntry next = waiting.peek(); next != null && request.size() < batch; next = waiting.peek()) {
            bytes += next.getPayload().size();
            if (!request.isEmpty() && bytes > BATCH_BYTES) {
                break;
            }
            request.add(waiting.remove());
        }
        busy = !request.isEmpty();
        return request;
    }

    private void send(List<NewEntry> request) {
        if (!request.isEmpty()) {
            var unused = append.apply(timeline, request)
                    .whenComplete((receipts, thrown) -> ended(request, receipts, thrown));
        }
    }

    /** Runs on a thread of the transport. */
    private void ended(List<NewEntry> request, @Nullable List<Receipt> receipts, @Nullable Throwable thrown) {
        if (receipts == null) {
            window.fail(failure(thrown));
            return;
        }
        List<NewEntry> next;
        lock.lock();
        try {
            for (Receipt receipt : receipts) {
                if (receipt.getSeq() <= lastSeq) {
                    window.fail(new ImportRefusedException("seq " + receipt.getSeq() + " of "
                            + receipt.getClientMessageId() + " is not after seq " + lastSeq
                            + " of the line before it: this import id was used in another order"));
                    return;
                }
                lastSeq = receipt.getSeq();
            }
            next = takeRequest();
        } finally {
            lock.unlock();
        }
        long repeated = receipts.stream().filter(Receipt::getRepeated).count();
        counters.alreadyThere.addAndGet(repeated);
        counters.appended.addAndGet(receipts.size() - repeated);
        window.leave(
                request.size(),
                request.stream().mapToLong(entry -> entry.getPayload().size()).sum());
        send(next);
    }

    private static RuntimeException failure(@Nullable Throwable thrown) {
        if (thrown instanceof TidelineCallException call && call.reason().equals("CLIENT_MESSAGE_CONFLICT")) {
            return new ImportRefusedException("this import id was used with another file: choose one with --import-id ("
                    + call.getMessage() + ")");
        }
        return thrown instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(thrown);
    }
}
