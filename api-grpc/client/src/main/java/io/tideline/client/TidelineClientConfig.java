package io.tideline.client;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where the server is and how patient the client is.
 *
 * @param target "host:port", or any target that gRPC resolves
 * @param callTimeout of one attempt; the server is told, so that it gives up too
 * @param retryFor a retryable failure is repeated while the call is younger than this; zero: never. A call is therefore
 *     over after at most {@code retryFor + callTimeout}
 * @param maxPending calls in flight or waiting for a retry; one more fails at once with {@code TOO_MANY_PENDING}
 * @param channels connections to use in turn, 1 to 64; each is served by one thread
 * @param keepAlive a connection with calls that is silent this long is tested by a ping. Servers hang up on those who
 *     ping more often than they permit
 * @param token says the bearer token of each attempt, sent as {@code authorization: Bearer …}; empty: none. Called on
 *     threads of the client, often, so it must not block: keep the token and renew it elsewhere. An attempt whose token
 *     cannot be had fails with {@code UNAUTHENTICATED}
 * @param tls how the server is known and the connection protected; empty: plaintext
 */
public record TidelineClientConfig(
        String target,
        Duration callTimeout,
        Duration retryFor,
        int maxPending,
        int channels,
        Duration keepAlive,
        Supplier<String> token,
        Optional<ClientTls> tls) {
    private static final int MAX_CHANNELS = 64;

    public TidelineClientConfig {
        Objects.requireNonNull(target, "target");
        if (target.isBlank()) {
            throw new IllegalArgumentException("target: blank (expected: host:port)");
        }
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(tls, "tls");
        requirePositive("callTimeout", callTimeout);
        requirePositive("keepAlive", keepAlive);
        if (retryFor.isNegative()) {
            throw new IllegalArgumentException("retryFor: " + retryFor + " (expected: 0 or more)");
        }
        if (maxPending < 1) {
            throw new IllegalArgumentException("maxPending: " + maxPending + " (expected: 1 or more)");
        }
        if (channels < 1 || channels > MAX_CHANNELS) {
            throw new IllegalArgumentException("channels: " + channels + " (expected: 1.." + MAX_CHANNELS + ")");
        }
    }

    /** Ten seconds an attempt, thirty seconds of retries, 4,096 pending calls, one connection. */
    public static TidelineClientConfig of(String target) {
        return new TidelineClientConfig(
                target,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                4_096,
                1,
                Duration.ofMinutes(5),
                () -> "",
                Optional.empty());
    }

    public TidelineClientConfig withCallTimeout(Duration newCallTimeout) {
        return new TidelineClientConfig(target, newCallTimeout, retryFor, maxPending, channels, keepAlive, token, tls);
    }

    public TidelineClientConfig withRetryFor(Duration newRetryFor) {
        return new TidelineClientConfig(target, callTimeout, newRetryFor, maxPending, channels, keepAlive, token, tls);
    }

    public TidelineClientConfig withMaxPending(int newMaxPending) {
        return new TidelineClientConfig(target, callTimeout, retryFor, newMaxPending, channels, keepAlive, token, tls);
    }

    public TidelineClientConfig withChannels(int newChannels) {
        return new TidelineClientConfig(target, callTimeout, retryFor, maxPending, newChannels, keepAlive, token, tls);
    }

    public TidelineClientConfig withKeepAlive(Duration newKeepAlive) {
        return new TidelineClientConfig(target, callTimeout, retryFor, maxPending, channels, newKeepAlive, token, tls);
    }

    /** With the tokens of a user, a service or an operator. */
    public TidelineClientConfig withToken(Supplier<String> newToken) {
        return new TidelineClientConfig(target, callTimeout, retryFor, maxPending, channels, keepAlive, newToken, tls);
    }

    /** Over TLS. */
    public TidelineClientConfig withTls(ClientTls newTls) {
        return new TidelineClientConfig(
                target, callTimeout, retryFor, maxPending, channels, keepAlive, token, Optional.of(newTls));
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(name + ": " + duration + " (expected: more than 0)");
        }
    }
}
