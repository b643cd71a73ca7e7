package io.tideline.sync.watch;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What one listener call hands over of a page. */
sealed interface PagePiece {
    /** The last seq of the piece. */
    long last();

    void deliverTo(WatchListener listener);

    /** At least one entry, contiguous. */
    record Run(List<Entry> entries) implements PagePiece {
        @Override
        public long last() {
            return entries.get(entries.size() - 1).seq().value();
        }

        @Override
        public void deliverTo(WatchListener listener) {
            listener.onEntries(entries);
        }
    }

    /** Seqs that are not there any more. */
    record Hole(Gap gap) implements PagePiece {
        @Override
        public long last() {
            return gap.to().value();
        }

        @Override
        public void deliverTo(WatchListener listener) {
            listener.onGap(gap);
        }
    }

    /**
     * Cuts a forward page into pieces that follow each other from {@code next}, leaving out what lies before it.
     *
     * @throws CorruptDataException when the page has a hole that no gap explains
     */
    static List<PagePiece> cut(TimelinePage page, long next) {
        List<PagePiece> pieces = new ArrayList<>();
        List<Entry> run = new ArrayList<>();
        long expected = next;
        int gapIndex = 0;
        for (Entry entry : page.entries()) {
            long seq = entry.seq().value();
            while (gapIndex < page.gaps().size()
                    && page.gaps().get(gapIndex).from().value() < seq) {
                expected = addHole(page.gaps().get(gapIndex++), expected, run, pieces);
            }
            if (seq >= expected) {
                checkFollows(seq, expected);
                run.add(entry);
                expected++;
            }
        }
        for (Gap gap : page.gaps().subList(gapIndex, page.gaps().size())) {
            expected = addHole(gap, expected, run, pieces);
        }
        endRun(run, pieces);
        if (page.stop() != TimelinePage.StopReason.BEYOND_HEAD) {
            checkFollows(Math.max(expected, page.next().value()), expected);
        }
        return pieces;
    }

    private static long addHole(Gap gap, long expected, List<Entry> run, List<PagePiece> pieces) {
        if (gap.to().value() < expected) {
            return expected;
        }
        long from = Math.max(expected, gap.from().value());
        checkFollows(from, expected);
        endRun(run, pieces);
        pieces.add(new Hole(new Gap(SequenceId.of(from), gap.to(), gap.type())));
        return gap.to().value() + 1;
    }

    private static void endRun(List<Entry> run, List<PagePiece> pieces) {
        if (!run.isEmpty()) {
            pieces.add(new Run(List.copyOf(run)));
            run.clear();
        }
    }

    private static void checkFollows(long seq, long expected) {
        if (seq != expected) {
            throw new CorruptDataException(
                    "page with an unexplained hole",
                    Map.of("expected", Long.toString(expected), "found", Long.toString(seq)),
                    null);
        }
    }
}
