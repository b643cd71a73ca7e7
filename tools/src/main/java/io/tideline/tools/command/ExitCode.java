package io.tideline.tools.command;

/** What a command's exit status says. Scripts rely on these: never changed. */
public final class ExitCode {
    public static final int OK = 0;
    /** The answer is no: not found, or a check found something. */
    public static final int NEGATIVE = 1;
    /** The command line cannot be understood. */
    public static final int USAGE = 2;
    /** The server cannot be reached, or cannot work now: try again later. */
    public static final int UNAVAILABLE = 3;
    /** The server, or a check before sending, refused the request: the same again will be refused again. */
    public static final int REFUSED = 4;
    /** A fault in Tideline. */
    public static final int INTERNAL = 70;

    private ExitCode() {}
}
