package io.tideline.core.conversation;

/** What a member may do; each role may do what those before it may. The level is stored, never changes, and guards ask. */
public enum Role {
    /** Reads. */
    FOLLOWER(1),
    /** Sends. */
    MEMBER(2),
    /** Recalls and deletes messages of others, removes members of a lower role. */
    MODERATOR(3),
    /** Gives roles, changes settings, dissolves. */
    OWNER(4);

    private final int level;

    Role(int level) {
        this.level = level;
    }

    /** 1 to 4; 0 stands for no member. */
    public int level() {
        return level;
    }

    public boolean atLeast(Role other) {
        return level >= other.level;
    }
}
