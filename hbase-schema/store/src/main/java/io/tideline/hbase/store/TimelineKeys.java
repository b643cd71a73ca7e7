package io.tideline.hbase.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.RowKeys;

/** Timelines' names as row key prefixes, and back. */
final class TimelineKeys {
    private TimelineKeys() {}

    static byte[] prefix(TimelineId timeline) {
        return RowKeys.prefix(
                timeline.app().value().getBytes(UTF_8),
                timeline.family().code(),
                timeline.name().getBytes(UTF_8));
    }

    /**
     * The timeline that a row belongs to.
     *
     * @throws MalformedBatchException when it belongs to none
     */
    static TimelineId timeline(byte[] row) throws MalformedBatchException {
        int prefixLength = RowKeys.prefixLength(row);
        return new TimelineId(
                new AppId(new String(RowKeys.app(row), UTF_8)),
                TimelineFamily.ofCode(RowKeys.family(row)),
                new String(RowKeys.id(row, prefixLength), UTF_8));
    }
}
