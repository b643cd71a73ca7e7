package io.tideline.hbase.archive;

import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

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
     * @param files that have any of them, and which
     */
    record Found(Map<TimelineId, Set<Long>> seqs, Map<String, Map<TimelineId, Set<Long>>> files) {
        Rewriter.Edit edit() {
            return (timeline, row) ->
                    seqs.getOrDefault(timeline, Set.of()).contains(row.seq()) ? row.withoutContent() : row;
        }

        /**
         * No file has them any more.
         *
         * @param but files that have theirs still
         */
        void forget(Locators locators, Set<String> but) {
            Map<TimelineId, Set<Long>> kept = new HashMap<>();
            for (String file : but) {
                files.getOrDefault(file, Map.of())
                        .forEach((timeline, in) -> kept.computeIfAbsent(timeline, first -> new HashSet<>())
                                .addAll(in));
            }
            seqs.forEach((timeline, erased) -> {
                Set<Long> stay = kept.getOrDefault(timeline, Set.of());
                List<Long> gone =
                        erased.stream().filter(seq -> !stay.contains(seq)).toList();
                Futures.get(locators.forgetErased(timeline, gone));
            });
        }

        private void add(Slice slice, long seq) {
            files.computeIfAbsent(slice.file(), first -> new HashMap<>())
                    .computeIfAbsent(slice.timeline(), first -> new HashSet<>())
                    .add(seq);
        }
    }

    Found find() {
        Found found = new Found(new HashMap<>(), new TreeMap<>());
        locators.visit(new Locators.Visitor() {
            /** Erased ones since the last stretch; the stretch that they are in ends at or after them. */
            private final List<Long> waiting = new ArrayList<>();

            private TimelineId timeline = FileLayout.NO_TIMELINE;

            @Override
            public void slice(Slice slice) {
                enter(slice.timeline());
                waiting.stream().filter(seq -> slice.first() <= seq).forEach(seq -> found.add(slice, seq));
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
