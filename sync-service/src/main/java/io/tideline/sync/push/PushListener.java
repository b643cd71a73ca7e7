package io.tideline.sync.push;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.error.TidelineException;
import io.tideline.sync.device.Refusal;
import io.tideline.sync.device.SyncPage;
import java.util.Set;

/** The far end of a session. Called by one thread at a time; must not block. */
public interface PushListener {
    /** Whether a page could be sent on at once. When it says no, {@link PushSession#ready} has to be called later. */
    boolean isReady();

    /** What comes next. To be acknowledged by its {@code next}. */
    void page(SyncPage page);

    /** Everything there was when the session began has been given. Called once. */
    void caughtUp();

    /** These have moved, and come once the device has acknowledged or read what it has. */
    void hint(Set<ConversationId> moved);

    /** Nothing was sent for a while. */
    void heartbeat();

    /** The session has ended by itself: refused, or replaced by another of the same device. Nothing is called after it. */
    void ended(Ended reason);

    /** Why a session has ended. */
    sealed interface Ended {
        /** The device or a token of it is not acceptable. */
        record Refused(Refusal refusal) implements Ended {}

        /** The device has a newer session, here or on another server. */
        record Replaced() implements Ended {}

        /** The server stops, or the storage has failed: when the session was to be opened, or for too long since. */
        record Failed(TidelineException failure) implements Ended {}
    }
}
