package io.tideline.core.timeline;

/**
 * Which tier holds what. Up to {@code expiredThrough} nothing is kept; of the rest, up to {@code coldThrough} columnar
 * files, from there to {@code warmThrough} the compressed table, and what follows the hot one.
 *
 * @param expiredThrough dropped by retention; may lie anywhere up to the head, since what expires need not have moved
 * @param coldThrough at most {@code warmThrough}
 */
public record Watermarks(SequenceId expiredThrough, SequenceId coldThrough, SequenceId warmThrough) {
    public static final Watermarks NONE = new Watermarks(SequenceId.NONE, SequenceId.NONE, SequenceId.NONE);

    public Watermarks {
        if (coldThrough.isAfter(warmThrough)) {
            throw new IllegalArgumentException(
                    "coldThrough: " + coldThrough + " (expected: at most warmThrough " + warmThrough + ")");
        }
    }

    public Watermarks withExpiredThrough(SequenceId through) {
        return new Watermarks(through, coldThrough, warmThrough);
    }

    public Watermarks withColdThrough(SequenceId through) {
        return new Watermarks(expiredThrough, through, warmThrough);
    }

    public Watermarks withWarmThrough(SequenceId through) {
        return new Watermarks(expiredThrough, coldThrough, through);
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
