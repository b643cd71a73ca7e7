package io.tideline.sync.device;

/**
 * How large a page may be.
 *
 * @param maxMessages 1 to {@value #MAX_MESSAGES}, personal ones included
 * @param maxBytes payload bytes, 1 to {@value #MAX_BYTES}; the page's first message is always served
 * @param maxConversations 1 to {@value #MAX_CONVERSATIONS}
 * @param latest of a conversation that the device syncs for the first time, how many of its latest entries: 0 for all,
 *     at most {@value #MAX_LATEST}. What lies before is a gap that history fills on demand
 */
public record SyncLimits(int maxMessages, int maxBytes, int maxConversations, int latest) {
    public static final int MAX_MESSAGES = 1000;
    public static final int MAX_BYTES = 2 * 1024 * 1024;
    public static final int MAX_CONVERSATIONS = 256;
    public static final int MAX_LATEST = 1000;

    /** 500 messages, 1 MiB, 256 conversations, the latest 20 of each at first. */
    public static final SyncLimits DEFAULT = new SyncLimits(500, 1024 * 1024, MAX_CONVERSATIONS, 20);

    public SyncLimits {
        check("max_messages", maxMessages, 1, MAX_MESSAGES);
        check("max_bytes", maxBytes, 1, MAX_BYTES);
        check("max_conversations", maxConversations, 1, MAX_CONVERSATIONS);
        check("latest", latest, 0, MAX_LATEST);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + ".." + most + ")");
        }
    }
}
