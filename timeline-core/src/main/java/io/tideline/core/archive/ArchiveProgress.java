package io.tideline.core.archive;

/** Hears how far a task has come, and may end it. */
public interface ArchiveProgress {
    ArchiveProgress NONE = new ArchiveProgress() {
        @Override
        public void at(String stage, long done, long total) {
            // Nobody listens.
        }

        @Override
        public boolean isStopRequested() {
            return false;
        }
    };

    /**
     * Called every now and then, from one thread at a time.
     *
     * @param total 0 while unknown
     */
    void at(String stage, long done, long total);

    /** Whether the task had better end at its next step; what it leaves half done, the next task completes or undoes. */
    boolean isStopRequested();
}
