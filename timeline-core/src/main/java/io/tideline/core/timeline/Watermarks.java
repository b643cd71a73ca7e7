package io.tideline.core.timeline;

/**
 * Which tier holds what: up to {@code coldThrough} columnar files, from there to {@code warmThrough} the compressed
 * table, the rest the hot one.
 */
public record Watermarks(SequenceId coldThrough, SequenceId warmThrough) {
    public static final Watermarks NONE = new Watermarks(SequenceId.NONE, SequenceId.NONE);

    public Watermarks {
        if (coldThrough.isAfter(warmThrough)) {
            throw new IllegalArgumentException(
                    "coldThrough: " + coldThrough + " (expected: at most warmThrough " + warmThrough + ")");
        }
    }
}
