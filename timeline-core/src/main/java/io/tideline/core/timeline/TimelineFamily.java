package io.tideline.core.timeline;

/**
 * What a timeline is for; decides its table and retention. The code is part of the row key and never changes.
 */
public enum TimelineFamily {
    /** One per conversation: history, kept until told otherwise. */
    CONVERSATION(1),
    /** One per user: what is to be delivered, dropped when the sync table's time to live has passed. */
    INBOX(2),
    /** One per (conversation, member): what only that member sees. */
    PERSONAL(3),
    /** One per app and purpose, without entries: what no timeline owns, such as unique keys and leases. */
    REGISTRY(4);

    private final int code;

    TimelineFamily(int code) {
        this.code = code;
    }

    /** The byte in the row key, 1 to 127. */
    public int code() {
        return code;
    }

    /**
     * The family of a row key's byte.
     *
     * @throws IllegalArgumentException when no family has this code
     */
    public static TimelineFamily ofCode(int code) {
        return switch (code) {
            case 1 -> CONVERSATION;
            case 2 -> INBOX;
            case 3 -> PERSONAL;
            case 4 -> REGISTRY;
            default -> throw new IllegalArgumentException("family code: " + code + " (expected: 1..4)");
        };
    }
}
