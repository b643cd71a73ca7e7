package io.tideline.store.export;

import java.util.List;
import java.util.Optional;

/**
 * Some lines of a part.
 *
 * @param next where the part goes on; empty when this was the last of it
 * @param firstSeq the first seq that was looked at, 0 for none
 * @param lastSeq the last seq that was looked at, 0 for none
 */
record ExportPage(List<String> lines, Optional<ExportCursor> next, long firstSeq, long lastSeq) {
    ExportPage {
        lines = List.copyOf(lines);
    }

    static ExportPage of(List<String> lines, Optional<ExportCursor> next) {
        return new ExportPage(lines, next, 0, 0);
    }
}
