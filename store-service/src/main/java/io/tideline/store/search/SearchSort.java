package io.tideline.store.search;

/** In which order hits come. Ties are broken, so that every order is a total one and pages fit together. */
public enum SearchSort {
    /** Messages by server time, conversations by creation, latest first. */
    NEWEST,
    /** The other way round. */
    OLDEST,
    /** What fits best first. What fits how well changes with the index: pages may overlap. */
    RELEVANCE,
    /** Conversations only: most members first. */
    LARGEST,
    /** Members only: by conversation, then by user. */
    NAME
}
