package io.tideline.store.message;

/**
 * How fast messages may be sent; as many as of one minute at once.
 *
 * @param perUser messages a minute of one user, to whatever conversations, personal ones included; 0 for no limit
 * @param perConversation messages a minute of all members of one conversation, to all of them; 0 for no limit
 */
public record SendRates(int perUser, int perConversation) {
    public static final SendRates UNLIMITED = new SendRates(0, 0);

    public SendRates {
        if (perUser < 0 || perConversation < 0) {
            throw new IllegalArgumentException(
                    "sends a minute: " + perUser + ", " + perConversation + " (expected: 0 or more each)");
        }
    }
}
