package io.tideline.core.archive;

import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.Objects;
import java.util.Optional;

/** Work on the files of the archive. One task at a time, whoever asks: files have one writer. */
public sealed interface ArchiveTask {
    /** Whether only to tell what would be done. */
    boolean dryRun();

    /**
     * Moves what is due from the warm table into files, all of it in one batch.
     *
     * @param batch its name, which makes a repeat harmless: 1 to 64 characters of {@code 0-9 A-Z a-z . _ -}
     */
    record Run(String batch, boolean dryRun) implements ArchiveTask {
        private static final int MAX_CHARS = 64;

        public Run {
            if (batch.isEmpty() || batch.length() > MAX_CHARS || !batch.chars().allMatch(Run::mayStand)) {
                throw new IllegalArgumentException(
                        "batch: not well-formed (expected: 1.." + MAX_CHARS + " characters of 0-9 A-Z a-z . _ -)");
            }
        }

        private static boolean mayStand(int c) {
            return c >= '0' && c <= '9'
                    || c >= 'A' && c <= 'Z'
                    || c >= 'a' && c <= 'z'
                    || c == '.'
                    || c == '_'
                    || c == '-';
        }
    }

    /**
     * Reads files from their first to their last byte and compares them with the checksums that were taken from HBase, with
     * the locator and with the table's metadata. Changes nothing, and lets others write meanwhile, unless it is to rebuild.
     *
     * @param timeline empty for all files
     * @param rebuild whether locator entries that are missing or wrong are written anew from the files
     */
    record Verify(Optional<TimelineId> timeline, boolean rebuild) implements ArchiveTask {
        public Verify {
            Objects.requireNonNull(timeline, "timeline");
        }

        @Override
        public boolean dryRun() {
            return !rebuild;
        }
    }

    /**
     * Brings entries back into the warm table, from {@code from} to the last one that is in files, and takes them out of
     * the files. What was erased comes back as erased.
     *
     * @param from 1 or more
     */
    record Restore(TimelineId timeline, SequenceId from, boolean dryRun) implements ArchiveTask {
        public Restore {
            Objects.requireNonNull(timeline, "timeline");
            if (from.isNone()) {
                throw new IllegalArgumentException("from: 0 (expected: 1 or more)");
            }
        }
    }

    /** Takes out of the files what retention has dropped. */
    record Expire(boolean dryRun) implements ArchiveTask {}

    /** Writes small files of a partition together as larger ones, and erased entries out of all files. */
    record Compact(boolean dryRun) implements ArchiveTask {}
}
