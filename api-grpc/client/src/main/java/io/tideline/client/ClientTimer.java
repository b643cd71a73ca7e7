package io.tideline.client;

import java.time.Duration;

/** Elapsed time and what is to happen later. */
interface ClientTimer extends AutoCloseable {
    /** Nanoseconds from some origin. */
    long nanos();

    /** Runs a task that does not block, once; the answer calls it off. After {@link #close} nothing runs. */
    Runnable schedule(Duration delay, Runnable task);

    @Override
    void close();
}
