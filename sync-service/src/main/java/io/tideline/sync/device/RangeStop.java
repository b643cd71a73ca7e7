package io.tideline.sync.device;

/** Why the range of a conversation ends where it does. */
public enum RangeStop {
    /** Everything there is was delivered. */
    HEAD,
    /** The user has left: what came after is not for him. */
    LEFT,
    /** The page is full; more follows in the next one. */
    PAGE_FULL,
    /** The device's checkpoint lies beyond the head: the conversation was erased, or restored from an older copy. */
    BEYOND_HEAD
}
