package io.tideline.store.erase;

/** Part of what is to be erased lies in files, and this server has no archive to reach them. */
final class NoArchiveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the operation says then. */
    static final String PROBLEM = "ARCHIVE_NOT_CONFIGURED";

    NoArchiveException() {
        super("part of what is to be erased lies in files that this server cannot reach", null, false, false);
    }
}
