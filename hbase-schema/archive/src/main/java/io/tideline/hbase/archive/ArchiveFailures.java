package io.tideline.hbase.archive;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.error.TidelineException;
import io.tideline.core.error.WorkFailedException;
import io.tideline.hbase.archive.job.JobFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.hdfs.protocol.QuotaExceededException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.DiskChecker;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;

/**
 * Failures of files, jobs and Iceberg as ours. What stays until an operator acts must not look like a storage that is away:
 * tasks that fail for that are taken again for as long as it takes, and each time they read the warm table and fill the disk.
 */
final class ArchiveFailures {
    /** What file systems say when they are full; they have no class for it. */
    private static final List<String> FULL = List.of(
            "No space left on device", "Disk quota exceeded", "could only be written to 0 of", "not enough space");

    private ArchiveFailures() {}

    static Throwable translated(Throwable failure) {
        if (failure instanceof TidelineException || failure instanceof IllegalArgumentException) {
            return failure;
        }
        Optional<WorkFailedException> lasting = lasting(failure);
        if (lasting.isPresent()) {
            return lasting.get();
        }
        Map<String, String> context = Map.of("cause", failure.getClass().getSimpleName());
        if (failure instanceof CommitFailedException) {
            // Files have one writer: the only one to be in its way is the next one.
            return WriterSession.replaced();
        }
        return failure instanceof IOException
                        || failure instanceof UncheckedIOException
                        || failure instanceof CommitStateUnknownException
                ? new StorageUnavailableException("the archive cannot be read or written", context, failure)
                : new CorruptDataException("the archive cannot be worked on", context, failure);
    }

    private static Optional<WorkFailedException> lasting(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String text = String.valueOf(cause.getMessage());
            if (cause instanceof JobFailedException) {
                return Optional.of(failed("a job of the archive failed", text, failure));
            }
            if (cause instanceof QuotaExceededException
                    || cause instanceof DiskChecker.DiskErrorException
                    || FULL.stream().anyMatch(text::contains)) {
                return Optional.of(failed("the disk of the archive is full", text, failure));
            }
            if (cause instanceof UnsupportedFileSystemException || cause instanceof AccessControlException) {
                return Optional.of(failed("the directory of the archive cannot be used", text, failure));
            }
            if (cause instanceof FSError) {
                return Optional.of(failed("the disk of the archive fails", text, failure));
            }
        }
        return Optional.empty();
    }

    private static WorkFailedException failed(String message, String text, Throwable failure) {
        return new WorkFailedException(message, Map.of("cause", text), failure);
    }
}
