package io.tideline.sync.unread;

import io.tideline.core.message.ConversationEvent;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.unread.UnreadRange;
import io.tideline.hbase.codec.EventCodec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One walk through what is unread. What was erased is counted by the running count that it keeps, since it goes on counting;
 * so is what has expired, by those on its two sides, where the range does not begin behind it. Pages follow each other, so
 * the fields need no lock.
 */
final class RecountWalk {
    private final UnreadRange range;
    private final long headCounted;
    private final Set<SequenceId> takenBack;
    private final Set<SequenceId> counting = new HashSet<>();
    private final List<Gap> gaps = new ArrayList<>();
    private long next;
    private long seen;
    private long before;
    private long inGaps;

    /** @param headCounted the running count of the timeline's head, which is the end of the range */
    RecountWalk(UnreadRange range, long headCounted, Set<SequenceId> hidden) {
        this.range = range;
        this.headCounted = headCounted;
        this.takenBack = new HashSet<>(hidden);
        // One earlier, so that it is known whether the first one counts; the arithmetic's word when it is not there.
        this.next = Math.max(1, range.after().value());
        this.seen = next - 1;
        this.before = Math.max(0, headCounted - range.counted());
    }

    long next() {
        return next;
    }

    /** The mark's own entry alone: of several erased ones only the last one's running count is told. */
    int pageSize() {
        return next == range.after().value() ? 1 : ReadQuery.MAX_ENTRIES;
    }

    /** Answers whether there is more to read. */
    boolean take(TimelinePage page) {
        gaps.addAll(page.gaps());
        Iterator<Gap> unpassed = page.gaps().iterator();
        @Nullable Gap gap = unpassed.hasNext() ? unpassed.next() : null;
        for (Entry entry : page.entries()) {
            while (gap != null && entry.seq().isAfter(gap.to())) {
                pass(gap);
                gap = unpassed.hasNext() ? unpassed.next() : null;
            }
            take(entry);
        }
        while (gap != null) {
            pass(gap);
            gap = unpassed.hasNext() ? unpassed.next() : null;
        }
        boolean more = page.next().value() > next;
        next = page.next().value();
        return more && next <= range.through().value();
    }

    /** Where the gap does not say what it counted, the next entry does. */
    private void pass(Gap gap) {
        if (gap.isCounted()) {
            if (gap.to().isAfter(range.after())) {
                inGaps += gap.counted() - before;
            }
            before = gap.counted();
            seen = gap.to().value();
        }
    }

    private void take(Entry entry) {
        Optional<ConversationEvent> event = EventCodec.readable(entry);
        event.ifPresent(this::takeBack);
        if (range.contains(entry.seq())) {
            long added = entry.counted() - before;
            boolean afterGap = entry.seq().value() > seen + 1;
            boolean counts = added > 0 && !(afterGap && event.isPresent());
            if (counts) {
                counting.add(entry.seq());
            }
            inGaps += added - (counts ? 1 : 0);
        }
        before = entry.counted();
        seen = entry.seq().value();
    }

    private void takeBack(ConversationEvent event) {
        if (event instanceof ConversationEvent.Recalled recalled) {
            takenBack.add(recalled.target());
        } else if (event instanceof ConversationEvent.Deleted deleted) {
            takenBack.add(deleted.target());
        }
    }

    long unread() {
        long gone = inGaps + (seen < range.through().value() ? Math.max(0, headCounted - before) : 0);
        long goneAndTakenBack = takenBack.stream()
                .filter(range::contains)
                .filter(seq -> gaps.stream().anyMatch(gap -> covers(gap, seq)))
                .count();
        counting.removeAll(takenBack);
        return counting.size() + Math.max(0, gone - goneAndTakenBack);
    }

    private static boolean covers(Gap gap, SequenceId seq) {
        return !seq.isAfter(gap.to()) && !gap.from().isAfter(seq);
    }
}
