package io.tideline.core.archive;

import io.tideline.core.store.Deadline;
import io.tideline.core.tier.EntryRange;
import java.util.concurrent.CompletableFuture;

/** The port to the files of the cold tier, for those who look after them. Entries are read through the tiers. */
public interface Archive {
    CompletableFuture<ArchiveStatus> status(Deadline deadline);

    /** What files hold of a range of any length. No file is read for that, only the table's metadata and the locator. */
    CompletableFuture<ColdContent> content(EntryRange range, Deadline deadline);

    /**
     * Does a task; takes as long as it takes. What a process that died has left half done is completed first.
     *
     * <p>Fails (deferred) with {@code OverloadedException} while another task is at work, by whomever, {@code
     * CorruptDataException} naming the file, {@code StorageUnavailableException}, {@code WorkFailedException} when a disk is
     * full or a job fails; {@link IllegalArgumentException} when a range is beyond what the archive has. Doing a failed task
     * again is safe.
     */
    CompletableFuture<ArchiveReport> perform(ArchiveTask task, ArchiveProgress progress);
}
