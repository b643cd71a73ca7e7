package io.tideline.api.server;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.tideline.api.server.identity.Authentication;
import io.tideline.api.server.identity.CallerInterceptor;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Who may call, and how the connection is protected.
 *
 * @param authentication null: open on a loopback address, and no start on any other
 * @param tls null: plaintext
 * @param maxConnectionAge with tokens: a connection older than this is ended, about a tenth earlier or later, and its
 *     calls {@link #connectionGrace} after that. A token is checked when a call begins, so a stream outlives its token
 *     by so much at most
 */
public record ServerSecurity(
        @Nullable Authentication authentication, @Nullable TlsFiles tls, Duration maxConnectionAge) {
    public static final Duration DEFAULT_MAX_CONNECTION_AGE = Duration.ofMinutes(30);

    private static final Duration MAX_CONNECTION_GRACE = Duration.ofSeconds(10);

    /** Open on a loopback address, plaintext. */
    public static final ServerSecurity DEFAULT = new ServerSecurity(null, null, DEFAULT_MAX_CONNECTION_AGE);

    /**
     * The server's certificate.
     *
     * @param certificate PEM: the server's certificate, then those between it and a root
     * @param key PEM: its private key in PKCS #8, without a password
     */
    public record TlsFiles(Path certificate, Path key) {
        /**
         * TLS 1.2 and 1.3 with these files, read now.
         *
         * @throws IllegalArgumentException when they cannot be read or do not belong together
         */
        public SslContext context() {
            try {
                return GrpcSslContexts.forServer(certificate.toFile(), key.toFile())
                        .protocols("TLSv1.3", "TLSv1.2")
                        .build();
            } catch (IllegalArgumentException | SSLException e) {
                throw new IllegalArgumentException(
                        "certificate: no usable certificate and key (expected: PEM files, the key in PKCS #8): "
                                + certificate + ", " + key,
                        e);
            }
        }
    }

    public ServerSecurity {
        if (maxConnectionAge.isZero() || maxConnectionAge.isNegative()) {
            throw new IllegalArgumentException("maxConnectionAge: " + maxConnectionAge + " (expected: more than 0)");
        }
    }

    public ServerSecurity withAuthentication(Authentication newAuthentication) {
        return new ServerSecurity(newAuthentication, tls, maxConnectionAge);
    }

    public ServerSecurity withTls(TlsFiles files) {
        return new ServerSecurity(authentication, files, maxConnectionAge);
    }

    public ServerSecurity withMaxConnectionAge(Duration age) {
        return new ServerSecurity(authentication, tls, age);
    }

    /** What calls under way get when their connection has grown too old: 10 seconds, or its age when that is less. */
    public Duration connectionGrace() {
        return maxConnectionAge.compareTo(MAX_CONNECTION_GRACE) < 0 ? maxConnectionAge : MAX_CONNECTION_GRACE;
    }

    /**
     * What holds on this address.
     *
     * @throws IllegalArgumentException when nothing was chosen and others than this machine could reach the server
     */
    public Authentication authenticationOn(String bindAddress) {
        if (authentication != null) {
            return authentication;
        }
        if (!isLoopback(bindAddress)) {
            throw new IllegalArgumentException("auth: not chosen, and " + bindAddress
                    + " can be reached by others than this machine (expected: jwt, with a file of keys; or open, which"
                    + " lets everybody who reaches the port read and write everything)");
        }
        return new Authentication.Open();
    }

    /** A name that is not known is not a loopback. */
    private static boolean isLoopback(String address) {
        try {
            return Stream.of(InetAddress.getAllByName(address)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            return false;
        }
    }

    void check(String bindAddress) {
        CallerInterceptor.check(authenticationOn(bindAddress));
        Optional.ofNullable(tls).ifPresent(TlsFiles::context);
    }
}
