package io.tideline.tools.importing;

import java.util.concurrent.atomic.AtomicLong;

/** How far a run has come; written by the import, read by whoever shows it. */
public final class ImportCounters {
    final AtomicLong bytesRead = new AtomicLong();
    final AtomicLong lines = new AtomicLong();
    final AtomicLong messages = new AtomicLong();
    final AtomicLong appended = new AtomicLong();
    final AtomicLong alreadyThere = new AtomicLong();
    final AtomicLong otherKinds = new AtomicLong();
    final AtomicLong withoutText = new AtomicLong();
    final AtomicLong oversized = new AtomicLong();

    /** Bytes of the file as it is stored. */
    public long bytesRead() {
        return bytesRead.get();
    }

    public long appended() {
        return appended.get();
    }

    /** Messages that the server holds, by this run or by one before. */
    public long settled() {
        return appended.get() + alreadyThere.get();
    }
}
