package io.tideline.core.tier;

/** Where entries lie, from the dearest to the cheapest. */
public enum Tier {
    /** A table that is kept in memory first: what is read and written now. */
    HOT,
    /** A compressed table. */
    WARM,
    /** Columnar files. */
    COLD
}
