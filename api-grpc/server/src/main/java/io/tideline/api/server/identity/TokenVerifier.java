package io.tideline.api.server.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Statuses;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns tokens into callers. Calculates only; {@link #reload} is what reads the file. Thread safe.
 *
 * <p>What is wrong with a token is never told, except that a well-signed one has expired. Tokens that were good are
 * remembered with their times, so that a signature is checked once and not at every call; new keys forget them all.
 */
final class TokenVerifier {
    /** How far an issuer's clock may be off. */
    static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(TokenVerifier.class);
    private static final Set<String> TYPES = Set.of("JWT", "AT+JWT");
    private static final int MAX_REMEMBERED = 10_000;

    private record Verified(Caller caller, Instant notBefore, Instant expires) {}

    /** Keys and what they have verified: replaced together, so that no token outlives its key. */
    private record Trust(String content, VerificationKeys keys, Cache<String, Verified> remembered) {
        static Trust of(Authentication.Keys source, String content) {
            return new Trust(
                    content,
                    VerificationKeys.of(source, content.getBytes(StandardCharsets.ISO_8859_1)),
                    Caffeine.newBuilder()
                            .maximumSize(MAX_REMEMBERED)
                            .executor(Runnable::run)
                            .build());
        }
    }

    private final Authentication.Tokens config;
    private final InstantSource clock;
    private volatile Trust trust;
    /** Of {@link #reload} alone: a file that is wrong is complained about once. */
    private String refused = "";

    /** Reads the keys. @throws IllegalArgumentException when there are none to trust */
    TokenVerifier(Authentication.Tokens config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
        this.trust = Trust.of(config.keys(), read());
    }

    /** The bytes of the file, one to a character. */
    private String read() {
        return new String(
                KeyFile.read(
                        VerificationKeys.field(config.keys()), config.keys().file()),
                StandardCharsets.ISO_8859_1);
    }

    /** Looks whether the file has changed; one that cannot be used leaves the keys as they are. Blocks. */
    synchronized void reload() {
        String content = "";
        try {
            content = read();
            if (!content.equals(trust.content()) && !content.equals(refused)) {
                trust = Trust.of(config.keys(), content);
                LOG.info("keys of tokens replaced, file={}", config.keys().file());
            }
        } catch (RuntimeException e) {
            // The outermost frame: an exception would end the looking.
            LOG.warn("keys of tokens not replaced, file={}: {}", config.keys().file(), e.getMessage());
            refused = content;
        }
    }

    /**
     * The caller whose token this is.
     *
     * @throws CallFailure UNAUTHENTICATED with reason UNAUTHENTICATED or TOKEN_EXPIRED
     */
    Caller verify(String token) {
        Trust now = trust;
        @Nullable Verified verified = now.remembered().getIfPresent(token);
        if (verified == null) {
            verified = read(token, now.keys()).orElseThrow(() -> new CallFailure(Statuses.unauthenticated()));
            now.remembered().put(token, verified);
        }
        Instant time = clock.instant();
        if (!time.minus(CLOCK_SKEW).isBefore(verified.expires())) {
            throw new CallFailure(Statuses.tokenExpired());
        }
        if (time.plus(CLOCK_SKEW).isBefore(verified.notBefore())) {
            throw new CallFailure(Statuses.unauthenticated());
        }
        return verified.caller();
    }

    private Optional<Verified> read(String text, VerificationKeys keys) {
        try {
            SignedJWT token = SignedJWT.parse(text);
            @Nullable JOSEObjectType type = token.getHeader().getType();
            boolean typed = type == null || TYPES.contains(type.getType().toUpperCase(Locale.ROOT));
            if (!typed || !keys.haveSigned(token)) {
                return Optional.empty();
            }
            JWTClaimsSet claims = token.getJWTClaimsSet();
            @Nullable Date expires = claims.getExpirationTime();
            if (expires == null || !isForUs(claims)) {
                return Optional.empty();
            }
            @Nullable Date notBefore = claims.getNotBeforeTime();
            return Optional.of(new Verified(
                    caller(claims), notBefore == null ? Instant.EPOCH : notBefore.toInstant(), expires.toInstant()));
        } catch (ParseException | JOSEException | RuntimeException e) {
            // Whatever a stranger's token makes a parser throw, it is no token.
            LOG.debug("token refused", e);
            return Optional.empty();
        }
    }

    private boolean isForUs(JWTClaimsSet claims) {
        boolean issuer = config.issuer() == null || config.issuer().equals(claims.getIssuer());
        boolean audience = config.audience() == null || claims.getAudience().contains(config.audience());
        return issuer && audience;
    }

    /** @throws IllegalArgumentException when the claims name no caller */
    private static Caller caller(JWTClaimsSet claims) throws ParseException {
        Scope scope = scope(claims);
        @Nullable String app = claims.getStringClaim("app");
        @Nullable AppId appId = app == null ? null : new AppId(app);
        if (scope != Scope.USER) {
            // What a service's token has as its subject is the name of the service.
            return new Caller(scope, appId, null);
        }
        return new Caller(scope, appId, new UserId(Objects.requireNonNullElse(claims.getSubject(), "")));
    }

    /** Exactly one of our words; issuers may have words of their own beside it. */
    private static Scope scope(JWTClaimsSet claims) throws ParseException {
        String words = Objects.requireNonNullElse(claims.getStringClaim("scope"), "");
        List<Scope> ours = Arrays.stream(words.split(" ", 64))
                .map(Scope::named)
                .flatMap(Optional::stream)
                .toList();
        if (ours.size() != 1) {
            throw new IllegalArgumentException("scope: " + ours.size() + " known words (expected: one)");
        }
        return ours.get(0);
    }
}
