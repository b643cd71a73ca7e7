package io.tideline.api.server.identity;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a server learns who is calling. */
public sealed interface Authentication {
    /** Not at all: whoever reaches the port may do everything. */
    record Open() implements Authentication {}

    /**
     * By signed tokens (JWT, RFC 7519) in the header {@code authorization: Bearer ...}.
     *
     * @param keys what tokens are signed with
     * @param issuer what the claim {@code iss} must say; null: anything
     * @param audience what the claim {@code aud} must hold; null: anything
     * @param peerSecret what the servers of the installation know each other by: a file as of {@link SecretFile}, the same
     *     for all. Null: the secret of {@code keys}, or, if those are public keys, servers do not know each other
     */
    record Tokens(
            Keys keys,
            @Nullable String issuer,
            @Nullable String audience,
            @Nullable Path peerSecret) implements Authentication {
        public Tokens {
            Objects.requireNonNull(keys, "keys");
        }

        /** Without a secret of the servers' own. */
        public Tokens(Keys keys, @Nullable String issuer, @Nullable String audience) {
            this(keys, issuer, audience, null);
        }

        public Tokens withPeerSecret(Path file) {
            return new Tokens(keys, issuer, audience, file);
        }

        /** What tokens of servers are signed and looked at with; empty when they cannot be. */
        Optional<Tokens> ofServers() {
            if (peerSecret != null) {
                return Optional.of(new Tokens(new SecretFile(peerSecret), null, null));
            }
            return keys instanceof SecretFile ? Optional.of(this) : Optional.empty();
        }
    }

    /** A file of keys. It is read again when it has changed. */
    sealed interface Keys {
        Path file();
    }

    /** One secret that issuers share with the server, for HS256; see {@link HmacSecret} for what the file holds. */
    record SecretFile(Path file) implements Keys {}

    /** Public keys as a JSON Web Key Set (RFC 7517): RSA of 2,048 bits or more for RS256, P-256 for ES256. */
    record JwksFile(Path file) implements Keys {}
}
