package io.tideline.store.message;

import io.tideline.core.conversation.Role;
import java.time.Duration;
import java.util.Objects;

/**
 * What an app lets its users do with messages.
 *
 * @param recallWindow how long after sending a sender may recall his message
 * @param recallsAny the least role that recalls any message at any time
 * @param editWindow how long after sending a sender may edit his message
 * @param deletesOwn whether a sender may delete his own message for all, at any time
 * @param deletesAny the least role that deletes any message for all
 * @param maxReactions of all users on one message, 0 to {@value #MAX_REACTIONS}
 * @param maxReactionsPerUser of one user on one message, 0 or more
 * @param sendsPersonal the least role that sends personal messages
 * @param rates how fast messages may be sent
 */
public record MessageRules(
        Duration recallWindow,
        Role recallsAny,
        Duration editWindow,
        boolean deletesOwn,
        Role deletesAny,
        int maxReactions,
        int maxReactionsPerUser,
        Role sendsPersonal,
        SendRates rates) {
    public static final int MAX_REACTIONS = 10_000;

    public static final MessageRules DEFAULT = new MessageRules(
            Duration.ofMinutes(2),
            Role.MODERATOR,
            Duration.ofMinutes(15),
            true,
            Role.MODERATOR,
            1000,
            20,
            Role.MODERATOR);

    public MessageRules {
        Objects.requireNonNull(recallWindow, "recallWindow");
        Objects.requireNonNull(recallsAny, "recallsAny");
        Objects.requireNonNull(editWindow, "editWindow");
        Objects.requireNonNull(deletesAny, "deletesAny");
        Objects.requireNonNull(sendsPersonal, "sendsPersonal");
        Objects.requireNonNull(rates, "rates");
        if (maxReactions < 0 || maxReactions > MAX_REACTIONS) {
            throw new IllegalArgumentException(
                    "maxReactions: " + maxReactions + " (expected: 0.." + MAX_REACTIONS + ")");
        }
        if (maxReactionsPerUser < 0) {
            throw new IllegalArgumentException(
                    "maxReactionsPerUser: " + maxReactionsPerUser + " (expected: 0 or more)");
        }
    }

    /** Without a limit of rates. */
    public MessageRules(
            Duration recallWindow,
            Role recallsAny,
            Duration editWindow,
            boolean deletesOwn,
            Role deletesAny,
            int maxReactions,
            int maxReactionsPerUser,
            Role sendsPersonal) {
        this(
                recallWindow,
                recallsAny,
                editWindow,
                deletesOwn,
                deletesAny,
                maxReactions,
                maxReactionsPerUser,
                sendsPersonal,
                SendRates.UNLIMITED);
    }
}
