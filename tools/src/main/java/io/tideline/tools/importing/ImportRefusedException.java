package io.tideline.tools.importing;

/** The file, or what the timeline already holds, does not let the import go on; repeating it will not help. */
public final class ImportRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ImportRefusedException(String message) {
        super(message);
    }

    static ImportRefusedException atLine(long line, String what) {
        return new ImportRefusedException("line " + line + ": " + what);
    }
}
