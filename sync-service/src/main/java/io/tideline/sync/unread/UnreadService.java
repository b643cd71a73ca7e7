package io.tideline.sync.unread;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.sync.SyncPorts;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Says what users have not read, and remembers what they have. */
public final class UnreadService {
    public UnreadService(SyncPorts ports) {}

    /** All conversations of the user. */
    public CompletableFuture<UnreadSnapshot> unread(AppId app, UserId user, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }

    /** One conversation of the user; empty when it is not in his list. */
    public CompletableFuture<Optional<ConversationUnread>> unread(
            AppId app, UserId user, ConversationId conversation, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }

    /**
     * Raises the user's read mark and clears his flag of unread.
     *
     * @param personalThrough how far the personal timeline has been read; {@link SequenceId#NONE} to leave it
     */
    public CompletableFuture<MarkOutcome> markRead(
            AppId app,
            UserId user,
            ConversationId conversation,
            SequenceId through,
            SequenceId personalThrough,
            Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }

    /** Sets or clears the user's flag of unread, which changes no count. */
    public CompletableFuture<MarkOutcome> markUnread(
            AppId app, UserId user, ConversationId conversation, boolean marked, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }

    /** Mutes a conversation for the user, or not any more. */
    public CompletableFuture<MarkOutcome> mute(
            AppId app, UserId user, ConversationId conversation, boolean muted, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }

    /** Who has read the message at {@code seq}, as {@code asking}, a member, may know. */
    public CompletableFuture<ReceiptsOutcome> receipts(
            AppId app, UserId asking, ConversationId conversation, SequenceId seq, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }

    /** Counts again by reading entries, for operators. In the order of {@link #unread}. */
    public CompletableFuture<List<Recount>> recount(AppId app, UserId user, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }

    /** One page of the user's conversations. */
    public CompletableFuture<ConversationsPage> conversations(ConversationsQuery query, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }
}
