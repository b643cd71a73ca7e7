package io.tideline.core.store;

/** Which way a read goes through the seqs. */
public enum Direction {
    FORWARD,
    BACKWARD
}
