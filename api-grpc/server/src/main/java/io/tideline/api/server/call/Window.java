package io.tideline.api.server.call;

/**
 * How many requests of a stream may be open: at most {@code maxItems}, and no more are asked for while those hold
 * {@code maxBytes} of payload. gRPC counts messages and not bytes, so at most {@value #AHEAD} are asked for ahead of
 * their arrival: that many payloads come on top of {@code maxBytes} at worst. Thread safe; locks for a few instructions.
 */
public final class Window {
    /** Enough to keep the pipe full at one wake-up for half of them. */
    private static final int AHEAD = 32;

    private final int ahead;
    private final int maxItems;
    private final int maxBytes;
    private int open;
    private long openBytes;
    private int asked;

    public Window(int maxItems, int maxBytes) {
        this.maxItems = maxItems;
        this.ahead = Math.min(AHEAD, maxItems);
        this.maxBytes = maxBytes;
    }

    /** How many messages to ask for at the start. */
    synchronized int begin() {
        return more();
    }

    /** Notes an arrival; says how many more to ask for. */
    synchronized int arrived(int bytes) {
        asked--;
        open++;
        openBytes += bytes;
        return more();
    }

    /** Notes an answer that was handed over; says how many more to ask for. */
    synchronized int answered(int bytes) {
        open--;
        openBytes -= bytes;
        return more();
    }

    synchronized boolean isEmpty() {
        return open == 0;
    }

    private int more() {
        if (openBytes >= maxBytes) {
            return 0;
        }
        int more = Math.min(ahead, maxItems - open) - asked;
        // In halves: a request for messages costs about as much as a message.
        if (more <= 0 || (asked > 0 && more < ahead / 2)) {
            return 0;
        }
        asked += more;
        return more;
    }
}
