package io.tideline.tools.chatlog;

/** A line that is not a chat event. */
public final class MalformedChatLogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedChatLogException(long line, String what) {
        super("line " + line + ": " + what);
    }
}
