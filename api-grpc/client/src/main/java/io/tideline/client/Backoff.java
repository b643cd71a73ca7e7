package io.tideline.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next attempt. What the server asks for comes first, with up to a quarter more so that
 * those who were refused together do not come back together. Else 50 ms doubling up to 5 s, of which half is random.
 *
 * @param random 0 inclusive to 1 exclusive
 */
record Backoff(DoubleSupplier random) {
    private static final Duration FIRST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final int MAX_DOUBLINGS = 10;

    /** The wait after so many attempts, 1 or more. */
    Duration afterAttempt(int attempts, CallFailure failure) {
        Duration wanted = failure.retryAfter();
        if (wanted != null) {
            return stretched(wanted, 1.0, 0.25);
        }
        Duration doubled = FIRST.multipliedBy(1L << Math.min(attempts - 1, MAX_DOUBLINGS));
        return stretched(doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST, 0.5, 0.5);
    }

    private Duration stretched(Duration duration, double fixedShare, double randomShare) {
        return Duration.ofNanos((long) (duration.toNanos() * (fixedShare + randomShare * random.getAsDouble())));
    }
}
