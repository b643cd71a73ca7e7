package io.tideline.hbase.embedded;

import org.jspecify.annotations.Nullable;

/** The embedded HBase could not be started or stopped; the message names the directory or the port at fault. */
public final class EmbeddedHBaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EmbeddedHBaseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    EmbeddedHBaseException(String message) {
        this(message, null);
    }
}
