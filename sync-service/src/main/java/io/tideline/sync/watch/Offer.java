package io.tideline.sync.watch;

import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * What one append of this process committed.
 *
 * @param entries in order of seq; none when all were repeats
 * @param contiguous whether each entry's seq follows the one before
 * @param last the highest seq that the receipts name. A repeat counts: its first commit may have been acknowledged to
 *     nobody, so that it was never offered
 */
record Offer(List<Entry> entries, boolean contiguous, long last) {
    static Offer of(TimelineAppend append, List<Receipt> receipts) {
        List<Entry> entries = new ArrayList<>(receipts.size());
        boolean contiguous = true;
        long last = 0;
        for (int i = 0; i < receipts.size(); i++) {
            Receipt receipt = receipts.get(i);
            last = Math.max(last, receipt.seq().value());
            if (!receipt.repeated()) {
                contiguous &= entries.isEmpty()
                        || entries.get(entries.size() - 1).seq().next().equals(receipt.seq());
                entries.add(receipt.committed(append.entries().get(i)));
            }
        }
        return new Offer(List.copyOf(entries), contiguous, last);
    }

    /** Whether these are exactly the seqs that come at {@code next}. */
    boolean continuesAt(long next) {
        return contiguous && !entries.isEmpty() && entries.get(0).seq().value() == next;
    }
}
