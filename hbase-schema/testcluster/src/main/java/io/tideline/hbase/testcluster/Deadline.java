package io.tideline.hbase.testcluster;

import java.time.Duration;

/** Waits for states of HBase that it does not announce, by looking every 50 ms. */
final class Deadline {

    private static final long POLL_MILLIS = 50;

    private Deadline() {}

    interface Condition {
        boolean holds() throws Exception;
    }

    static void await(String what, Duration limit, Condition condition) throws Exception {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("not within " + limit.toSeconds() + " s: " + what);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
