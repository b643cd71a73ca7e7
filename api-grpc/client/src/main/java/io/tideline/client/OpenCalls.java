package io.tideline.client;

import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many calls are pending, and who has to hear when the client closes. */
final class OpenCalls {
    private final int maxPending;
    private final AtomicInteger pending = new AtomicInteger();
    private final Set<Runnable> enders = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    OpenCalls(int maxPending) {
        this.maxPending = maxPending;
    }

    boolean isClosed() {
        return closed;
    }

    int pending() {
        return pending.get();
    }

    /** Takes a place; {@link #release} gives it back. */
    boolean tryAcquire() {
        if (pending.incrementAndGet() <= maxPending) {
            return true;
        }
        pending.decrementAndGet();
        return false;
    }

    void release() {
        pending.decrementAndGet();
    }

    /** Why {@link #tryAcquire} said no. */
    TidelineCallException refusal() {
        String message = "More than " + maxPending + " calls are pending";
        return CallFailure.found(Status.Code.RESOURCE_EXHAUSTED, TidelineCallException.TOO_MANY_PENDING, message, null);
    }

    /** Has something run when the client closes, at once when it is closed, unless {@link #forget} comes first. */
    void atClose(Runnable ender) {
        enders.add(ender);
        if (closed && forget(ender)) {
            ender.run();
        }
    }

    /** Whether the ender had neither been run nor forgotten: of several who ask, one gets true. */
    boolean forget(Runnable ender) {
        return enders.remove(ender);
    }

    void close() {
        closed = true;
        for (Runnable ender : enders) {
            if (forget(ender)) {
                ender.run();
            }
        }
    }
}
