package io.tideline.api.server.identity;

import java.util.Locale;
import java.util.Optional;

/** What kind of caller it is. The names, in lower case, are the values of the claim {@code scope}. */
public enum Scope {
    /** An app's user: acts as himself, in messaging only. */
    USER,
    /** An app's back end: acts for every user of its app, and uses the app's timelines. */
    SERVICE,
    /** Looks after servers: operator calls. When its token names an app, only about that app, and also as its back end. */
    OPERATOR,
    /** Another server of the installation: tells hints, and may do nothing else. */
    SERVER,
    /** Whoever reaches an open server: service and operator of every app. In no token. */
    ANYONE;

    /** As it stands in a token. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The scope that a token names by this word, if it may. */
    static Optional<Scope> named(String word) {
        return switch (word) {
            case "user" -> Optional.of(USER);
            case "service" -> Optional.of(SERVICE);
            case "operator" -> Optional.of(OPERATOR);
            case "server" -> Optional.of(SERVER);
            default -> Optional.empty();
        };
    }
}
