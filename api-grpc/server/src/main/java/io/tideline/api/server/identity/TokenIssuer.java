package io.tideline.api.server.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/** Makes tokens of a shared secret, for development and for back ends that have no issuer of their own. */
public final class TokenIssuer {
    private final HmacSecret secret;
    private final InstantSource clock;
    private final @Nullable String issuer;
    private final @Nullable String audience;

    /** An issuer that writes these into {@code iss} and {@code aud}, or leaves them out. */
    public TokenIssuer(HmacSecret secret, InstantSource clock, @Nullable String issuer, @Nullable String audience) {
        this.secret = secret;
        this.clock = clock;
        this.issuer = issuer;
        this.audience = audience;
    }

    /**
     * A token of HS256, in its compact form.
     *
     * @param validFor more than nothing; rounded down to seconds
     * @throws IllegalArgumentException for {@link Scope#ANYONE}, which is in no token
     */
    public String issue(Caller caller, Duration validFor) {
        if (caller.scope() == Scope.ANYONE) {
            throw new IllegalArgumentException("scope: anyone (expected: user, service or operator)");
        }
        if (validFor.toSeconds() < 1) {
            throw new IllegalArgumentException("validFor: " + validFor + " (expected: 1 second or more)");
        }
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience(audience)
                .claim("scope", caller.scope().word())
                .issueTime(Date.from(clock.instant()))
                .expirationTime(Date.from(clock.instant().plus(validFor)));
        if (caller.app() != null) {
            claims.claim("app", caller.app().value());
        }
        if (caller.user() != null) {
            claims.subject(caller.user().value());
        }
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .type(JOSEObjectType.JWT)
                        .build(),
                claims.build());
        try {
            token.sign(new MACSigner(secret.bytes()));
        } catch (JOSEException e) {
            throw new IllegalStateException("a checked secret does not sign", e);
        }
        return token.serialize();
    }
}
