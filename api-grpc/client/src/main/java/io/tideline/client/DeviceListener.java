package io.tideline.client;

import io.tideline.api.v1.Message;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.UserConversation;

/**
 * What happens on a device. Methods are called one at a time on the device's own thread and may block it: the next page
 * is asked for when they return. What a method throws ends the device with {@link #onFailure}.
 */
public interface DeviceListener {
    /**
     * A message or an event, of the user himself too. In the order of seqs within a conversation, without a hole but
     * what the server says is not to be seen, and once: only what was shown just before the process died (100 at most)
     * may come again. A personal message ({@code personal_seq} above 0) comes when it arrives, and belongs after the seq that
     * it follows.
     */
    void onMessage(String conversationId, Message message);

    /**
     * A message was edited, recalled, deleted, hidden or reacted to; this is how it is now. Of one that the device does
     * not keep (any longer) only what the change itself says is filled.
     */
    default void onChanged(String conversationId, Message message) {}

    /** The conversation's unread count as the device knows it has changed. */
    default void onUnread(String conversationId, long count) {}

    /** The user came into a conversation, or went out of it (no role). */
    default void onMembership(UserConversation conversation) {}

    /**
     * The conversation on the server ends before what the device has of it: it was erased, or restored from an older copy,
     * and goes on from there. All that was shown of it counts for nothing, and is no longer kept here; it is shown anew as
     * one that is new to the device.
     */
    default void onBegunAnew(String conversationId) {}

    /** Everything up to now was shown; after each connection once. */
    default void onCaughtUp() {}

    /** A queued message was stored by the server, perhaps in an earlier life of this process. */
    default void onSent(String conversationId, String clientMessageId, SendResponse response) {}

    /** A queued message was refused for good and is no longer queued. */
    default void onRefused(String conversationId, String clientMessageId, TidelineCallException refusal) {}

    /** The connection was lost, or could not be had; the device goes on trying by itself. */
    default void onOffline(TidelineCallException cause) {}

    /**
     * The device is over: {@link TidelineCallException} when the server refuses it for good (such as {@code REPLACED}),
     * {@link DeviceStoreException} when the local store failed, else what a listener threw. Last call.
     */
    default void onFailure(RuntimeException failure) {}
}
