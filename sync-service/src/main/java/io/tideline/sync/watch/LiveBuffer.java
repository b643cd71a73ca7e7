package io.tideline.sync.watch;

import io.tideline.core.timeline.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was offered to one watch and cannot be delivered yet, bounded, and the highest seq known to be committed.
 *
 * <p>States, guarded by this object's lock, under which nobody is called: <i>open</i> keeps what is offered; too much
 * makes it <i>behind</i>, where it is empty and only {@code seen} goes on rising; {@link #beginFill} opens it again once
 * one page reaches {@code seen}. In every state each seq in {@code next..seen} is either kept here or {@linkplain
 * #isMissing missing}, which is what makes dropping harmless. <i>Closed</i> takes nothing.
 */
final class LiveBuffer {
    private final int maxEntries;
    private final int maxBytes;
    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private int bytes;
    private boolean behind;
    private boolean closed;
    /** Written under the lock only. */
    private volatile long seen;

    LiveBuffer(int maxEntries, int maxBytes) {
        this.maxEntries = maxEntries;
        this.maxBytes = maxBytes;
    }

    /**
     * Keeps what lies at {@code next} or behind it.
     *
     * @return false when it was too much and everything was dropped just now
     */
    synchronized boolean keep(Offer offer, long next) {
        saw(offer.last());
        if (closed || behind) {
            return true;
        }
        for (Entry entry : offer.entries()) {
            if (entry.seq().value() >= next && entries.putIfAbsent(entry.seq().value(), entry) == null) {
                bytes += entry.payload().size();
            }
            if (entries.size() > maxEntries || bytes > maxBytes) {
                clear();
                behind = true;
                return false;
            }
        }
        return true;
    }

    /** Learns that {@code seq} is committed. */
    synchronized void saw(long seq) {
        seen = Math.max(seen, seq);
    }

    /** The highest seq that the store or an append has told of; 0 when none. */
    long seen() {
        return seen;
    }

    synchronized boolean isBehind() {
        return behind;
    }

    /** Takes out what is there from {@code next} on without a hole; drops what lies before it. */
    synchronized List<Entry> take(long next) {
        dropBefore(next);
        List<Entry> run = new ArrayList<>();
        while (!entries.isEmpty() && entries.firstKey() == next + run.size()) {
            run.add(removeFirst());
        }
        return List.copyOf(run);
    }

    /** Whether {@code next} is committed and not here. */
    synchronized boolean isMissing(long next) {
        dropBefore(next);
        return seen >= next && (entries.isEmpty() || entries.firstKey() != next);
    }

    /**
     * The last seq of the hole at {@code next}, which is about to be read; less than {@code next} when it was offered
     * meanwhile. A buffer that is behind opens again when one page can fill the hole.
     */
    synchronized long beginFill(long next) {
        @Nullable Long first = entries.ceilingKey(next);
        if (behind && seen - next < maxEntries) {
            behind = false;
        }
        return first == null ? seen : first - 1;
    }

    synchronized void close() {
        closed = true;
        clear();
    }

    private void dropBefore(long next) {
        while (!entries.isEmpty() && entries.firstKey() < next) {
            removeFirst();
        }
    }

    private Entry removeFirst() {
        Map.Entry<Long, Entry> first = entries.firstEntry();
        entries.remove(first.getKey());
        bytes -= first.getValue().payload().size();
        return first.getValue();
    }

    private void clear() {
        entries.clear();
        bytes = 0;
    }
}
