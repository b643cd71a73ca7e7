package io.tideline.store.search;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Days and instants as people write them. */
final class TimeText {
    private TimeText() {}

    /** The first and the last millisecond of it since 1970; nothing when it is no time. */
    static long[] millis(String text) {
        try {
            if (text.contains("T")) {
                long millis = Instant.parse(text).toEpochMilli();
                return new long[] {millis, millis};
            }
            long begin = LocalDate.parse(text)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant()
                    .toEpochMilli();
            return new long[] {begin, begin + Duration.ofDays(1).toMillis() - 1};
        } catch (DateTimeException | ArithmeticException e) {
            return new long[0];
        }
    }
}
