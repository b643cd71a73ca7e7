package io.tideline.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is told to move, in any direction. */
public final class SteppingClock implements InstantSource {
    private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    public synchronized void step(Duration duration) {
        now = now.plus(duration);
    }
}
