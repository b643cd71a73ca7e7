package io.tideline.hbase.store;

import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.FeedAnswer;
import io.tideline.hbase.sequencer.FeedQuestion;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Which regions there are, by a row in each, and where the feed stands in them. Used on the feed's executor alone. */
final class FeedMap {
    /** Where the feed stands in one region. */
    static final class Place {
        private final byte[] row;
        private FeedQuestion question = FeedQuestion.FIRST;
        private boolean open = true;

        private Place(byte[] row) {
            this.row = row;
        }

        byte[] row() {
            return row;
        }

        /** What to ask next. */
        FeedQuestion question() {
            return question;
        }

        /** Whether it was this opening of the region that answered last. */
        boolean isOf(long epoch) {
            return question.epoch() == epoch;
        }

        /** Goes on after an answer, and leaves the round unless the region has more to tell. */
        void moveTo(FeedAnswer answer) {
            question = new FeedQuestion(answer.epoch(), answer.next());
            open = answer.more();
        }

        /** Leaves the round. */
        void close() {
            open = false;
        }
    }

    private final Map<TimelineTable, NavigableMap<byte[], Place>> places = new EnumMap<>(TimelineTable.class);
    private final LongSupplier ticker;
    private final long intervalNanos;
    private boolean due = true;
    private long readAt;

    /** @param ticker nanoseconds that only pass, such as {@link System#nanoTime} */
    FeedMap(Duration interval, LongSupplier ticker) {
        this.intervalNanos = interval.toNanos();
        this.ticker = ticker;
        for (TimelineTable table : TimelineTable.appendable()) {
            places.put(table, new TreeMap<>(Arrays::compareUnsigned));
        }
    }

    /** From now on all regions are to be asked. */
    void beginRound() {
        places.values().forEach(ofTable -> ofTable.values().forEach(place -> place.open = true));
    }

    /** Whether it should be read. */
    boolean isDue() {
        return due || ticker.getAsLong() - readAt >= intervalNanos;
    }

    /** Something was not as it says. */
    void makeDue() {
        due = true;
    }

    void wasRead() {
        due = false;
        readAt = ticker.getAsLong();
    }

    /** Keeps the places of regions that are still there, and has new ones asked in this round. */
    void update(TimelineTable table, List<byte[]> rows) {
        NavigableMap<byte[], Place> before = ofTable(table);
        NavigableMap<byte[], Place> now = new TreeMap<>(Arrays::compareUnsigned);
        for (byte[] row : rows) {
            Place place = before.get(row);
            now.put(row, place == null ? new Place(row) : place);
        }
        places.put(table, now);
    }

    /** Those that have not answered in this round, or have more to tell. */
    List<Place> open(TimelineTable table) {
        return ofTable(table).values().stream().filter(place -> place.open).toList();
    }

    private NavigableMap<byte[], Place> ofTable(TimelineTable table) {
        return places.getOrDefault(table, new TreeMap<>(Arrays::compareUnsigned));
    }
}
