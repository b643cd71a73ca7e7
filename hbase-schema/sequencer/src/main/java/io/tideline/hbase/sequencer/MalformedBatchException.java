package io.tideline.hbase.sequencer;

import java.io.IOException;

/** Bytes that no client of ours has written. Nothing of such a batch is carried out. */
public final class MalformedBatchException extends IOException {
    private static final long serialVersionUID = 1L;

    public MalformedBatchException(String message) {
        super(message);
    }
}
