package io.tideline.hbase.archive.job;

import java.io.IOException;

/** A job was killed, because a stop was requested or by somebody at the cluster. */
public final class JobStoppedException extends IOException {
    private static final long serialVersionUID = 1;

    JobStoppedException(String message) {
        super(message);
    }
}
