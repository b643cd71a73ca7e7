package io.tideline.hbase.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The appends of one region, in order, one request at a time: what arrives while a request is on its way makes up the
 * next one. So an idle lane sends at once, without a timer, and a busy one in batches as large as the load asks for.
 *
 * <p>States: waiting (a newer lane whose predecessors still hold appends), idle, busy; and, on top of any, retired (the
 * region map has changed: nothing more is taken in, the rest goes out). {@code lock} guards all fields; nothing is sent
 * and no future is completed while it is held.
 */
final class AppendLane {
    /** What one request may carry if it has more than one append; the sequencer takes four times as much. */
    private static final int MAX_BATCH_WRITES = 5_000;

    private static final int MAX_BATCH_BYTES = 2 * 1024 * 1024;

    private final AppendLanes lanes;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<PendingAppend> queue = new ArrayDeque<>();
    private boolean waiting;
    private boolean busy;
    private boolean retired;
    private @Nullable Runnable whenEmpty;

    AppendLane(AppendLanes lanes, boolean waiting) {
        this.lanes = lanes;
        this.waiting = waiting;
    }

    /** Takes an append in; false when this lane is retired and the caller has to look for its successor. */
    boolean offer(PendingAppend append) {
        @Nullable List<PendingAppend> batch = null;
        lock.lock();
        try {
            if (retired) {
                return false;
            }
            queue.add(append);
            if (!busy && !waiting) {
                batch = nextBatch();
            }
        } finally {
            lock.unlock();
        }
        send(batch);
        return true;
    }

    /** Lets a waiting lane begin. */
    void begin() {
        next();
    }

    /** Takes nothing more in, and runs {@code action} once what is there has been answered. */
    void retire(Runnable action) {
        boolean empty;
        lock.lock();
        try {
            retired = true;
            empty = !busy && !waiting && queue.isEmpty();
            whenEmpty = empty ? null : action;
        } finally {
            lock.unlock();
        }
        if (empty) {
            action.run();
        }
    }

    /** Nothing of this lane is on its way: send what has come in. */
    private void next() {
        @Nullable List<PendingAppend> batch;
        @Nullable Runnable emptied = null;
        lock.lock();
        try {
            // In the same step as the look at the queue, or an append that comes between the two is sent beside it.
            waiting = false;
            batch = nextBatch();
            if (batch == null && retired) {
                emptied = whenEmpty;
                whenEmpty = null;
            }
        } finally {
            lock.unlock();
        }
        send(batch);
        if (emptied != null) {
            emptied.run();
        }
    }

    /** Under the lock. */
    private @Nullable List<PendingAppend> nextBatch() {
        @Nullable PendingAppend first = queue.poll();
        if (first == null) {
            busy = false;
            return null;
        }
        busy = true;
        List<PendingAppend> batch = new ArrayList<>();
        batch.add(first);
        int writes = first.writes();
        int bytes = first.item().length;
        @Nullable PendingAppend next = queue.peek();
        while (next != null
                && writes + next.writes() <= MAX_BATCH_WRITES
                && bytes + next.item().length <= MAX_BATCH_BYTES) {
            writes += next.writes();
            bytes += next.item().length;
            batch.add(next);
            queue.remove();
            next = queue.peek();
        }
        return batch;
    }

    private void send(@Nullable List<PendingAppend> batch) {
        if (batch != null) {
            lanes.deliver(batch, this::next);
        }
    }
}
