package io.tideline.client;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * TLS to the server, whose certificate must be for the host of the target.
 *
 * @param trusted PEM: the certificates, of authorities or of the server itself, one of which its certificate must go back to;
 *     empty: those that the JDK trusts
 */
public record ClientTls(Optional<Path> trusted) {
    /** Trusts the authorities that the JDK trusts. */
    public static ClientTls system() {
        return new ClientTls(Optional.empty());
    }

    /** Trusts the certificates of a PEM file, and no others. Read when a client connects. */
    public static ClientTls trusting(Path certificates) {
        return new ClientTls(Optional.of(certificates));
    }

    /** @throws IllegalArgumentException when the file cannot be read or holds no certificate */
    SslContext context() {
        try {
            SslContextBuilder builder = GrpcSslContexts.forClient();
            trusted.ifPresent(file -> builder.trustManager(file.toFile()));
            return builder.build();
        } catch (IllegalArgumentException | SSLException e) {
            throw new IllegalArgumentException(
                    "trusted: no certificates (expected: a PEM file): "
                            + trusted.map(Path::toString).orElse("the JDK's"),
                    e);
        }
    }
}
