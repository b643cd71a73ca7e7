package io.tideline.hbase.archive.job;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stack trace in one line: each exception of the chain with the method it comes from. Messages are kept of those classes
 * only that do not quote content: input and output, class loading, Hadoop, ours.
 */
final class FailureSummary {
    private static final int MAX_CHARS = 1000;
    private static final String SEPARATOR = " <- ";
    private static final Pattern EXCEPTION =
            Pattern.compile("(?:Error: |Caused by: )?((?:[\\w$]+\\.)+[\\w$]*(?:Exception|Error))(?:: (.*))?");
    private static final Pattern FRAME = Pattern.compile("\\s+at (?:[\\w.]+/)?([\\w.$<>]+\\(.*\\))");
    private static final Pattern WITHOUT_CONTENT = Pattern.compile("java\\.(io|net|nio)\\..*"
            + "|java\\.lang\\.(NoClassDefFoundError|ClassNotFoundException|NoSuchMethodError|NoSuchFieldError"
            + "|LinkageError|UnsupportedClassVersionError|OutOfMemoryError|InterruptedException)"
            + "|java\\.util\\.concurrent\\.TimeoutException"
            + "|org\\.apache\\.hadoop\\..*|io\\.tideline\\..*");

    private FailureSummary() {}

    static String of(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return of(text.toString());
    }

    /** Of what Hadoop keeps as a task's diagnostics: a printed stack trace, or a sentence of its own, cut at 1000 chars. */
    static String of(String diagnostics) {
        List<String> chain = new ArrayList<>();
        boolean frameMissing = false;
        for (String line : diagnostics.lines().toList()) {
            Matcher exception = EXCEPTION.matcher(line);
            Matcher frame = FRAME.matcher(line);
            if (exception.matches()) {
                chain.add(described(exception.group(1), exception.group(2)));
                frameMissing = true;
            } else if (frameMissing && frame.matches()) {
                int last = chain.size() - 1;
                chain.set(last, chain.get(last) + " at " + frame.group(1));
                frameMissing = false;
            }
        }
        String summary = chain.isEmpty() ? diagnostics.strip().replaceAll("\\s+", " ") : String.join(SEPARATOR, chain);
        return summary.substring(0, Math.min(MAX_CHARS, summary.length()));
    }

    /** An exception made of its cause alone quotes that one's message as its own; one of ours is a summary already. */
    private static String described(String exception, String message) {
        if (exception.equals(JobFailedException.class.getName()) && message != null) {
            return message;
        }
        boolean dropped = message == null
                || !WITHOUT_CONTENT.matcher(exception).matches()
                || EXCEPTION.matcher(message).lookingAt();
        return dropped ? exception : exception + ": " + message;
    }
}
