package io.tideline.tools.serve;

import io.tideline.core.error.TidelineException;
import io.tideline.hbase.sequencer.SchemaNames;
import org.jspecify.annotations.Nullable;

/** Why a server did not start, in one line for whoever started it. */
final class StartFailure {
    private StartFailure() {}

    /** What failed, on which storage when it was that, and what lies at the bottom of it. */
    static String line(Throwable failure, ServerSettings settings) {
        StringBuilder line = new StringBuilder(firstLine(String.valueOf(failure.getMessage())));
        if (failure instanceof TidelineException) {
            line.append(": ").append(settings.storage().description());
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
            if (concernsSequencer(
                    String.valueOf(root.getMessage()), settings.schema().sequencerJar())) {
                line.append(": the servers cannot load the sequencer; --sequencer-jar names a jar that they can read");
            }
        }
        return line.toString();
    }

    private static boolean concernsSequencer(String message, @Nullable String jar) {
        return message.contains(SchemaNames.OBSERVER_CLASS) || (jar != null && message.contains(jar));
    }

    /** HBase carries the stack traces of its servers in messages. */
    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
