package io.tideline.sync.unread;

import io.tideline.core.message.ConversationEvent;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.unread.UnreadRange;
import io.tideline.hbase.codec.EventCodec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One walk through what is unread. What cannot be read any more, erased or expired, is counted by the running counts on its
 * two sides, since it went on counting. Pages follow each other, so the fields need no lock.
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

    /** Answers whether there is more to read. */
    boolean take(TimelinePage page) {
        gaps.addAll(page.gaps());
        page.entries().forEach(this::take);
        boolean more = page.next().value() > next;
        next = page.next().value();
        return more && next <= range.through().value();
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
