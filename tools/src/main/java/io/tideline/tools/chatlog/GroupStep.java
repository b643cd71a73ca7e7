package io.tideline.tools.chatlog;

/** What an event of a chat log means for the channel's group. */
public sealed interface GroupStep {
    /** The event that it comes from. */
    ChatEvent event();

    /** Somebody who is no member becomes one. */
    record Join(ChatEvent event, String user) implements GroupStep {}

    /** A member leaves. */
    record Leave(ChatEvent event, String user) implements GroupStep {}

    /**
     * A member says something.
     *
     * @param to another member whom it is addressed to, else empty
     */
    record Say(ChatEvent event, String user, String to) implements GroupStep {}
}
