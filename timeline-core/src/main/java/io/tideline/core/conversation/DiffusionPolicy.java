package io.tideline.core.conversation;

/** Who decides on the diffusion. The code is stored and never changes. */
public enum DiffusionPolicy {
    READ(1),
    WRITE(2),
    /** By the number of members. */
    AUTO(3);

    private final int code;

    DiffusionPolicy(int code) {
        this.code = code;
    }

    /** The stored byte. */
    public int code() {
        return code;
    }

    /**
     * The diffusion of a conversation that has {@code memberCount} members. An AUTO one goes to READ above {@code
     * threshold} members and comes back to WRITE at four fifths of it, so that one member who comes and goes does not
     * switch it each time.
     */
    public Diffusion pick(Diffusion current, int memberCount, int threshold) {
        return switch (this) {
            case READ -> Diffusion.READ;
            case WRITE -> Diffusion.WRITE;
            case AUTO -> {
                if (memberCount > threshold) {
                    yield Diffusion.READ;
                }
                yield memberCount <= threshold * 4L / 5 ? Diffusion.WRITE : current;
            }
        };
    }
}
