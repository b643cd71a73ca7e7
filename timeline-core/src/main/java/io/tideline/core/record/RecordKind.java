package io.tideline.core.record;

/**
 * What a record is. The code is part of the row key and never changes; the parts of the key are named behind it.
 *
 * <p>Kinds with one code and different facets share a row: they have the same key, are written independently of each
 * other, and are found by one scan.
 */
public enum RecordKind {
    /** Of a conversation timeline, no key: what the conversation is. Written by attachments only, so guards may ask. */
    CONVERSATION(16, 'v'),
    /** Of a conversation timeline, key (user): one member. Written by attachments only, so guards may ask. */
    MEMBER(17, 'v'),
    /**
     * Of a conversation timeline, key (seq, 0: another content or 1: taken back): what became of the entry at seq. Two
     * registers, so that an edit that overtakes a recall cannot undo it. Both are written by attachments only, and that one
     * was taken back is never removed, so guards may ask for it.
     */
    CHANGE(18, 'v'),
    /** Of a conversation timeline, key (seq, user, reaction): one reaction to the entry at seq. */
    REACTION(19, 'v'),
    /** Of a conversation timeline, key (seq): the entry at seq counted as unread and does not any more. */
    DISCOUNT(20, 'v'),
    /** Of a conversation timeline, no key: how far its fan-out has come. */
    FANOUT_CURSOR(21, 'v'),
    /** Of a conversation timeline, no key: who works on its fan-out, and until when. */
    FANOUT_LEASE(22, 'v'),
    /**
     * Of a conversation timeline, no key: there is something to fan out up to the version, which is a seq. In a column
     * family of its own, so that all of an installation are found by one scan that reads little else.
     */
    FANOUT_TASK(23, 'v'),
    /**
     * Of a personal timeline, key (conversation's seq, message id): a message is shown after that seq of the conversation;
     * the version is its own seq.
     */
    PERSONAL_PLACE(24, 'v'),
    /** Of an inbox, key (conversation): the user's membership as fan-out has brought it here. */
    USER_CONVERSATION(32, 'v'),
    /** Of an inbox, key (conversation): what the user has set: muted, marked as unread. */
    USER_SETTINGS(32, 's'),
    /** Of an inbox, key (conversation): the user has a personal timeline in it. */
    USER_PERSONAL(32, 'p'),
    /** Of an inbox, key (device, conversation): how far the device has processed the conversation; version is the seq. */
    CHECKPOINT(33, 'v'),
    /** Of an inbox, key (device): what is known of the device; version grows with every change. */
    DEVICE(34, 'v'),
    /** Of an inbox, key (conversation, seq): a message that the user has deleted for himself. */
    HIDDEN(35, 'v'),
    /** Of a registry, key (text): a name that is given once. */
    UNIQUE(48, 'v'),
    /** Of a registry, key (number): a lease. */
    LEASE(49, 'v'),
    /** Of a registry named by the consumer, key (conversation): its checkpoint; version is the seq. */
    CONSUMER_CHECKPOINT(50, 'v'),
    /** Of a registry, key (operation id): a long-running operation; version grows with every step. */
    OPERATION(56, 'v'),
    /** Of an app's registry, key (operation id): what is to be erased, now and after every restore. Never removed. */
    ERASURE(57, 'v'),
    /** Of a registry, no key: whether the store scheduler is paused. */
    SCHEDULER_PAUSED(60, 'v'),
    /**
     * Of a conversation timeline, or of an app's registry "tiers": nothing of it is archived or expires. No key; the value
     * is 1 while that holds, 0 once it is lifted.
     */
    HOLD(61, 'v'),
    /**
     * Of a registry, key (day since 1970, family, app, name): the timeline has entries outside the hot tier, none of them
     * of an earlier day.
     */
    KEPT_SINCE(62, 'v'),
    /** Of a registry, no key: how the last pass of the store scheduler ended; the version is when, in milliseconds. */
    SCHEDULER_PASS(63, 'v'),
    /** Of a conversation timeline, no key: how long its entries are kept, whatever the policy says. */
    RETENTION(64, 'v'),
    /** Of a registry, key (family, app, name): the conversation was given a retention of its own. Never removed. */
    RETENTION_GIVEN(65, 'v');

    private final int code;
    private final char facet;

    RecordKind(int code, char facet) {
        this.code = code;
        this.facet = facet;
    }

    /** The byte in the row key, 16 to 127. */
    public int code() {
        return code;
    }

    /** The column, an ASCII character. */
    public char facet() {
        return facet;
    }

    /** Whether attachments alone write it, so that what guards have seen of it cannot be outdated. */
    public boolean isAttachedOnly() {
        return this == CONVERSATION || this == MEMBER;
    }

    /** Whether guards may ask for it: where that holds of one key only, it is for who asks to keep to that one. */
    public boolean canBeGuarded() {
        return isAttachedOnly() || this == CHANGE;
    }

    /**
     * Goes on for kinds that are written directly.
     *
     * @throws IllegalArgumentException when attachments alone may write records of this kind
     */
    public void requireNotAttachedOnly() {
        if (isAttachedOnly()) {
            throw new IllegalArgumentException(
                    "kind: " + this + " (expected: one that attachments do not write alone)");
        }
    }

    /** Whether records of this kind lie apart, so that {@link io.tideline.core.store.RecordStore#scanAll} can find them. */
    public boolean liesApart() {
        return this == FANOUT_TASK;
    }
}
