package io.tideline.client;

/** Who waits for the end of a unary call. Exactly one of the two is called, once. */
interface Outcome<A> {
    void answered(A answer);

    void failed(TidelineCallException failure);

    /** Whether anybody still waits: else nothing is repeated. */
    default boolean isWanted() {
        return true;
    }
}
