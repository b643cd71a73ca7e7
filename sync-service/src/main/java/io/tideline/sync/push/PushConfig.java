package io.tideline.sync.push;

import java.time.Duration;

/**
 * What push may cost.
 *
 * @param maxUnacknowledged messages sent to a device and not acknowledged; beyond it gets hints instead
 * @param storeInterval how often what devices have acknowledged is stored; what is not, comes again to a device that
 *     reconnects without its last token, and is recognised by it
 * @param heartbeat a session to which nothing was sent for this long gets one; also how often it is looked whether devices
 *     were forgotten by other servers, or have newer sessions there
 * @param requestTimeout for one page, for opening a session, and for one look
 * @param firstRetry pause after a failure, doubling
 * @param giveUpAfter a session that fails for this long is ended; its device comes again
 * @param recentBytes of messages kept in memory for all devices together
 */
public record PushConfig(
        int maxUnacknowledged,
        Duration storeInterval,
        Duration heartbeat,
        Duration requestTimeout,
        Duration firstRetry,
        Duration giveUpAfter,
        long recentBytes) {
    /** 1000 messages, 10 s, 20 s, 10 s, 100 ms, 1 min, 64 MiB. */
    public static final PushConfig DEFAULT = new PushConfig(
            1000,
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(10),
            Duration.ofMillis(100),
            Duration.ofMinutes(1),
            64L * 1024 * 1024);

    public PushConfig {
        if (maxUnacknowledged < 1 || recentBytes < 1) {
            throw new IllegalArgumentException(
                    "push limits: " + maxUnacknowledged + ", " + recentBytes + " (expected: 1 or more each)");
        }
    }
}
