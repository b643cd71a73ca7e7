package io.tideline.core.archive;

import java.time.Instant;
import java.util.Objects;

/**
 * What the archive has.
 *
 * @param location where it lies, a URI
 * @param entries rows in live files, erased ones included
 * @param bytes of live files
 * @param commits how many states there were
 * @param lastCommit {@link Instant#EPOCH} when there was none
 * @param working what is being done and by whom; empty for nothing
 * @param unfinished the batch, or the restore, that a dead process left half done, which the next task completes or undoes
 *     first; empty for none
 * @param lastRun when the last run that came to its end looked what was due, so that what is due and in no file has become so
 *     since, but for what it had to leave; {@link Instant#EPOCH} when there was none
 */
public record ArchiveStatus(
        String location,
        long files,
        long entries,
        long bytes,
        long commits,
        Instant lastCommit,
        String working,
        String unfinished,
        Instant lastRun) {
    public ArchiveStatus {
        Objects.requireNonNull(location, "location");
        Objects.requireNonNull(lastCommit, "lastCommit");
        Objects.requireNonNull(working, "working");
        Objects.requireNonNull(unfinished, "unfinished");
        Objects.requireNonNull(lastRun, "lastRun");
    }
}
