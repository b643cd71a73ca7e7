package io.tideline.tools.chatlog;

/**
 * One line of a chat log. Fields that a line does not have are empty.
 *
 * @param line its number in the file, from 1
 * @param time {@code ts} as written
 * @param kind message, action, join …
 * @param to the nick that it is addressed to
 */
public record ChatEvent(long line, String time, String channel, String kind, String nick, String text, String to) {}
