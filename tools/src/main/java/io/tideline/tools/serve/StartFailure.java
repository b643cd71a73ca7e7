package io.tideline.tools.serve;

import io.tideline.core.error.TidelineException;
import io.tideline.hbase.sequencer.SchemaNames;

/** Why a server did not start, in one line for whoever started it. */
final class StartFailure {
    private StartFailure() {}

    /** What failed, on which storage when it was that, and what lies at the bottom of it. */
    static String line(Throwable failure, StorageLocation storage) {
        StringBuilder line = new StringBuilder(firstLine(String.valueOf(failure.getMessage())));
        if (failure instanceof TidelineException) {
            line.append(": ").append(storage.description());
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root != failure) {
            line.append(" (").append(root.getClass().getSimpleName());
            if (root.getMessage() != null) {
                line.append(": ").append(firstLine(root.getMessage()));
            }
            line.append(')');
            if (firstLine(root.toString()).contains(SchemaNames.OBSERVER_CLASS)) {
                line.append(": --sequencer-jar names a jar that the region servers can read");
            }
        }
        return line.toString();
    }

    /** HBase carries the stack traces of its servers in messages. */
    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
