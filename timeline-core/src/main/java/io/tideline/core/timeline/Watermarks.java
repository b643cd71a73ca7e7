package io.tideline.core.timeline;

/**
 * Which tier holds what. Up to {@code expiredThrough} nothing is kept; of the rest, up to {@code coldThrough} columnar
 * files, from there to {@code warmThrough} the compressed table, and what follows the hot one.
 *
 * @param expiredThrough dropped by retention; may lie anywhere up to the head, since what expires need not have moved
 * @param expiredCounted the running count of the entry at {@code expiredThrough}, 0 when nothing has expired; {@link
 *     Gap#UNKNOWN} of what expired before it was kept
 * @param coldThrough at most {@code warmThrough}
 */
public record Watermarks(
        SequenceId expiredThrough, long expiredCounted, SequenceId coldThrough, SequenceId warmThrough) {
    public static final Watermarks NONE = new Watermarks(SequenceId.NONE, SequenceId.NONE, SequenceId.NONE);

    public Watermarks {
        long leastCounted = expiredThrough.isNone() ? 0 : Gap.UNKNOWN;
        if (expiredCounted < leastCounted || expiredCounted > expiredThrough.value()) {
            throw new IllegalArgumentException(
                    "expiredCounted: " + expiredCounted + " (expected: " + leastCounted + ".." + expiredThrough + ")");
        }
        if (coldThrough.isAfter(warmThrough)) {
            throw new IllegalArgumentException(
                    "coldThrough: " + coldThrough + " (expected: at most warmThrough " + warmThrough + ")");
        }
    }

    /** Without a running count. */
    public Watermarks(SequenceId expiredThrough, SequenceId coldThrough, SequenceId warmThrough) {
        this(expiredThrough, expiredThrough.isNone() ? 0 : Gap.UNKNOWN, coldThrough, warmThrough);
    }

    /**
     * The same with more dropped.
     *
     * @param counted the running count of the entry at {@code through}
     */
    public Watermarks withExpiredThrough(SequenceId through, long counted) {
        return new Watermarks(through, counted, coldThrough, warmThrough);
    }

    public Watermarks withColdThrough(SequenceId through) {
        return new Watermarks(expiredThrough, expiredCounted, through, warmThrough);
    }

    public Watermarks withWarmThrough(SequenceId through) {
        return new Watermarks(expiredThrough, expiredCounted, coldThrough, through);
    }

    /** Up to where the hot tier need not keep anything. */
    public SequenceId hotReleased() {
        return warmThrough.max(expiredThrough);
    }

    /** Up to where the warm tier need not keep anything. */
    public SequenceId warmReleased() {
        return coldThrough.max(expiredThrough);
    }
}
