package io.tideline.hbase.sequencer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one drain knows of one timeline; last seq and count go up while entries get theirs. */
final class TimelineProgress {
    private static final long DAY_MILLIS = 86_400_000;
    private static final long NO_DAY = -1;

    private final byte[] prefix;
    private final byte[] headRow;
    private final long now;
    private final long cellTime;
    private long serverTime;
    private final long lastBefore;
    private long last;
    private long counted;
    private long lastDiscounted;
    private final List<Integer> newDays = new ArrayList<>();
    private long lastDay;
    private boolean hasImported;
    private boolean changed;

    TimelineProgress(byte[] prefix, byte[] headRow, @Nullable HeadCell before, long now) {
        this.prefix = prefix;
        this.headRow = headRow;
        this.lastBefore = before == null ? 0 : before.last();
        this.last = lastBefore;
        this.counted = before == null ? 0 : before.counted();
        this.lastDiscounted = before == null ? 0 : before.lastDiscounted();
        this.cellTime = before == null ? now : Math.max(now, before.cellTime() + 1);
        this.now = now;
        this.serverTime = before == null ? 0 : before.serverTime();
        this.lastDay = before == null ? NO_DAY : day(before.serverTime());
    }

    /** Gives an entry its place and its time, which is the present or, of an imported one, not after it. */
    void advance(EntryBytes entry) {
        last++;
        counted += entry.counts() ? 1 : 0;
        changed = true;
        boolean imported = entry.originalTime() != EntryBytes.NO_TIME;
        serverTime = Math.max(serverTime, imported ? Math.min(now, entry.originalTime()) : now);
        noteDay(imported);
    }

    /**
     * A day that is over may have been settled since its last entry came. Nobody but an import writes to one, and so it
     * notes its days again with each drain.
     */
    private void noteDay(boolean imported) {
        if (imported && !hasImported) {
            hasImported = true;
            lastDay = NO_DAY;
        }
        if (day(serverTime) > lastDay) {
            lastDay = day(serverTime);
            newDays.add((int) lastDay);
        }
    }

    private static long day(long millis) {
        return Math.floorDiv(millis, DAY_MILLIS);
    }

    /** Days since 1970-01-01 on which the timeline had got no entry before. */
    List<Integer> newDays() {
        return newDays;
    }

    void discount(long seq) {
        if (seq > lastDiscounted) {
            lastDiscounted = seq;
            changed = true;
        }
    }

    byte[] prefix() {
        return prefix;
    }

    byte[] headRow() {
        return headRow;
    }

    long last() {
        return last;
    }

    long counted() {
        return counted;
    }

    /** The timestamp of the cells that are written for the timeline. */
    long cellTime() {
        return cellTime;
    }

    /** Of the last entry. */
    long serverTime() {
        return serverTime;
    }

    /** Whether its head must be written. */
    boolean changed() {
        return changed;
    }

    /** Whether it has new entries. */
    boolean moved() {
        return last > lastBefore;
    }

    HeadCell head() {
        return new HeadCell(last, cellTime, serverTime, counted, lastDiscounted);
    }
}
