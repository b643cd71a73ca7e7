package io.tideline.core.timeline;

/** What an entry does to the unread counts of a timeline's readers. The code is stored and never changes. */
public enum Counting {
    /** Nothing: notices, membership, recalls and other changes. */
    SILENT(0),
    /** One more unread for every reader. */
    COUNTED(1),
    /**
     * One more unread for every reader but its sender, who has thereby read everything up to it: the sender's read mark
     * is raised to this entry in the same step.
     */
    SENT(2);

    private final int code;

    Counting(int code) {
        this.code = code;
    }

    /** The stored byte. */
    public int code() {
        return code;
    }

    public boolean counts() {
        return this != SILENT;
    }

    /**
     * The counting of a stored byte.
     *
     * @throws IllegalArgumentException when none has this code
     */
    public static Counting ofCode(int code) {
        return switch (code) {
            case 0 -> SILENT;
            case 1 -> COUNTED;
            case 2 -> SENT;
            default -> throw new IllegalArgumentException("counting code: " + code + " (expected: 0..2)");
        };
    }
}
