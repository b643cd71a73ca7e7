package io.tideline.hbase.archive;

import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Entries that are erased by the locator's word and not yet, perhaps, in the files. Blocks. */
final class ErasedRows {
    private final Locators locators;

    ErasedRows(Locators locators) {
        this.locators = locators;
    }

    /**
     * What was found.
     *
     * @param seqs by timeline
     * @param files that have any of them
     */
    record Found(Map<TimelineId, Set<Long>> seqs, Set<String> files) {
        Rewriter.Edit edit() {
            return (timeline, row) ->
                    seqs.getOrDefault(timeline, Set.of()).contains(row.seq()) ? row.withoutContent() : row;
        }

        /** No file has them any more. */
        void forget(Locators locators) {
            seqs.forEach((timeline, erased) -> Futures.get(locators.forgetErased(timeline, List.copyOf(erased))));
        }
    }

    Found find() {
        Found found = new Found(new HashMap<>(), new TreeSet<>());
        locators.visit(new Locators.Visitor() {
            /** Erased ones since the last stretch; the stretch that they are in ends at or after them. */
            private final List<Long> waiting = new ArrayList<>();

            private TimelineId timeline = FileLayout.NO_TIMELINE;

            @Override
            public void slice(Slice slice) {
                enter(slice.timeline());
                if (waiting.stream().anyMatch(seq -> slice.first() <= seq)) {
                    found.files().add(slice.file());
                }
                waiting.clear();
            }

            @Override
            public void erased(TimelineId of, long seq) {
                enter(of);
                found.seqs().computeIfAbsent(of, first -> new HashSet<>()).add(seq);
                waiting.add(seq);
            }

            private void enter(TimelineId next) {
                if (!timeline.equals(next)) {
                    timeline = next;
                    waiting.clear();
                }
            }
        });
        return found;
    }
}
