package io.tideline.hbase.store;

import java.time.Duration;
import org.apache.hadoop.conf.Configuration;

/**
 * How often the change feed asks.
 *
 * @param busyInterval from one round to the next when something has moved
 * @param idleInterval from one round to the next when nothing has moved for long: intervals double up to it
 * @param leastPause between two rounds that somebody waits for; what comes meanwhile shares the next one
 * @param answerLimit how long one region may take; a round takes no longer than its slowest region
 * @param mapInterval how often the map of the regions is read when nothing says that it has changed
 */
record FeedTimes(
        Duration busyInterval, Duration idleInterval, Duration leastPause, Duration answerLimit, Duration mapInterval) {
    static final FeedTimes DEFAULT = new FeedTimes(
            Duration.ofMillis(50),
            Duration.ofSeconds(1),
            Duration.ofMillis(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5));

    /**
     * In HBase's configuration: milliseconds between two rounds that nobody waits for, busy or idle. For tests of what is
     * to be seen before such a round.
     */
    private static final String PAUSE_MILLIS = "tideline.feed.pause.millis";

    /** The usual ones, unless the configuration says otherwise. */
    static FeedTimes of(Configuration configuration) {
        long millis = configuration.getLong(PAUSE_MILLIS, -1);
        Duration pause = Duration.ofMillis(millis);
        return millis < 0
                ? DEFAULT
                : new FeedTimes(pause, pause, DEFAULT.leastPause, DEFAULT.answerLimit, DEFAULT.mapInterval);
    }
}
