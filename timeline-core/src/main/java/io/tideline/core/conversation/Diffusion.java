package io.tideline.core.conversation;

/** How messages reach members. The code is stored and never changes. */
public enum Diffusion {
    /** Written once; members look at the conversation's head. */
    READ(1),
    /** A reference is also written into every member's inbox. */
    WRITE(2);

    private final int code;

    Diffusion(int code) {
        this.code = code;
    }

    /** The stored byte. */
    public int code() {
        return code;
    }
}
