package io.tideline.hbase.archive.job;

import java.io.IOException;

/**
 * A job has failed. The message names the job, the first attempt that failed and the chain of its exceptions; of exceptions
 * that may quote what they were given, an entry's text for one, only the class and the place.
 */
public final class JobFailedException extends IOException {
    private static final long serialVersionUID = 1;

    JobFailedException(String message) {
        super(message);
    }
}
