package io.tideline.store.erase;

import java.util.Map;
import java.util.TreeMap;

/** Counts what an erasure has removed where. Goes into the operation's report and comes out of it. */
final class EraseTally {
    private final Map<String, Long> counts = new TreeMap<>();
    private long found;
    private long seqs;
    private long timelines;
    private boolean filed;

    /** Counts something that was found where it ought not to be any more. */
    synchronized void removed(String where, String what, long count) {
        if (count > 0) {
            counts.merge("removed." + where + "." + what, count, Long::sum);
            found += count;
        }
    }

    /** Counts files of the archive that were written anew. */
    synchronized void rewritten(long files) {
        counts.merge("rewritten.files", files, Long::sum);
    }

    /** Begins with a timeline. */
    synchronized void began() {
        timelines++;
    }

    synchronized void looked(long atSeqs) {
        seqs += atSeqs;
    }

    /** What was found lies in files, or in the warm table, of which a job may just have made files. */
    synchronized void mayBeFiled() {
        filed = true;
    }

    synchronized boolean filed() {
        return filed;
    }

    synchronized long found() {
        return found;
    }

    synchronized long seqs() {
        return seqs;
    }

    synchronized long timelines() {
        return timelines;
    }

    /** The report with these counts added. */
    synchronized Map<String, String> addTo(Map<String, String> report) {
        Map<String, String> next = new TreeMap<>(report);
        counts.forEach((name, count) ->
                next.merge(name, Long.toString(count), (a, b) -> Long.toString(Long.parseLong(a) + Long.parseLong(b))));
        return next;
    }
}
