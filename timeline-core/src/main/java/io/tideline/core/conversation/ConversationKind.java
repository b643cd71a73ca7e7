package io.tideline.core.conversation;

/** What a conversation is. The code is stored and never changes. */
public enum ConversationKind {
    /** Two users; there is one between any two. */
    DIRECT(1),
    /** Any number of members who may all send. */
    GROUP(2),
    /** A feed: a few send, any number follow. */
    CHANNEL(3),
    /** Any set of users and a thing they talk about, there being one for each such set and thing. */
    CONTEXTUAL(4);

    private final int code;

    ConversationKind(int code) {
        this.code = code;
    }

    /** The stored byte. */
    public int code() {
        return code;
    }
}
