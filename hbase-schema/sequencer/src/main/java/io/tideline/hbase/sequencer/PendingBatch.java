package io.tideline.hbase.sequencer;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A batch that waits in a region's queue, and the handler thread that waits with it. Completed once, by the thread that
 * holds the drain lock; {@code done} publishes the outcome to the waiting thread.
 */
final class PendingBatch {
    private final AppendBatch batch;
    private final Thread waiter = Thread.currentThread();
    private final long enqueuedNanos = System.nanoTime();
    private @Nullable List<BatchAnswer.ItemAnswer> answers;
    private @Nullable IOException failure;
    private volatile boolean done;

    PendingBatch(AppendBatch batch) {
        this.batch = batch;
    }

    AppendBatch batch() {
        return batch;
    }

    boolean isDone() {
        return done;
    }

    long waitedNanos() {
        return System.nanoTime() - enqueuedNanos;
    }

    void complete(List<BatchAnswer.ItemAnswer> outcome) {
        answers = outcome;
        done = true;
        LockSupport.unpark(waiter);
    }

    void fail(IOException cause) {
        failure = cause;
        done = true;
        LockSupport.unpark(waiter);
    }

    void wake() {
        LockSupport.unpark(waiter);
    }

    /** Call only when done. @throws IOException what the drain failed with */
    List<BatchAnswer.ItemAnswer> outcome() throws IOException {
        if (answers != null) {
            return answers;
        }
        throw failure == null ? new IOException("batch completed without an outcome") : failure;
    }
}
