package io.tideline.tools.simulation;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How far users have marked groups as read: the greatest of all marks that were accepted. Safe for use by many threads. */
final class ReadMarks {
    private final Map<Key, Mark> marks = new ConcurrentHashMap<>();

    private record Key(String user, PlannedGroup group) {}

    /**
     * A mark.
     *
     * @param index of the entry, -1 for none
     */
    record Mark(int index, long personalSeq) {
        static final Mark NONE = new Mark(-1, 0);
    }

    void raise(String user, PlannedGroup group, int index, long personalSeq) {
        marks.merge(
                new Key(user, group),
                new Mark(index, personalSeq),
                (a, b) -> new Mark(Math.max(a.index(), b.index()), Math.max(a.personalSeq(), b.personalSeq())));
    }

    Mark of(String user, PlannedGroup group) {
        return marks.getOrDefault(new Key(user, group), Mark.NONE);
    }
}
