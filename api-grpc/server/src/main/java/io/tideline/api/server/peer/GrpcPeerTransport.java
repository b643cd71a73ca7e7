package io.tideline.api.server.peer;

import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import io.tideline.api.v1.PeerServiceGrpc;
import io.tideline.sync.peer.Peer;
import io.tideline.sync.peer.PeerLink;
import io.tideline.sync.peer.PeerTransport;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One connection and one Hints stream to each other server. Thread safe. */
public final class GrpcPeerTransport implements PeerTransport {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final ScheduledExecutorService executor;
    private final Supplier<Optional<String>> bearerToken;
    private final @Nullable SslContext tls;

    /** A transport over plaintext, see the other constructor. */
    public GrpcPeerTransport(ScheduledExecutorService executor, Supplier<Optional<String>> bearerToken) {
        this(executor, bearerToken, null);
    }

    /**
     * @param executor runs the tries to reach peers that are away; stays the caller's
     * @param bearerToken asked for each stream; what it gives is sent as {@code authorization: Bearer}. Empty in the open
     *     mode. Must not block
     * @param trusted PEM, certificates that those of the others are checked with; null: plaintext
     * @throws IllegalArgumentException when it cannot be read
     */
    public GrpcPeerTransport(
            ScheduledExecutorService executor, Supplier<Optional<String>> bearerToken, @Nullable Path trusted) {
        this.tls = trusted == null ? null : trusting(trusted);
        this.executor = executor;
        this.bearerToken = bearerToken;
    }

    private static SslContext trusting(Path certificates) {
        try {
            return GrpcSslContexts.forClient()
                    .trustManager(certificates.toFile())
                    .build();
        } catch (IllegalArgumentException | SSLException e) {
            throw new IllegalArgumentException("ca: no certificates (expected: a PEM file): " + certificates, e);
        }
    }

    private NettyChannelBuilder channel(Peer peer) {
        NettyChannelBuilder channel = NettyChannelBuilder.forAddress(peer.host(), peer.port());
        return tls == null ? channel.usePlaintext() : channel.sslContext(tls);
    }

    @Override
    public PeerLink open(Peer peer, Runnable onReady) {
        ManagedChannel channel = channel(peer)
                // Callbacks do not block.
                .directExecutor()
                // Finds out in time that a peer's machine is gone; the server permits it from 30 s on.
                .keepAliveTime(40, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .build();
        GrpcPeerLink link = new GrpcPeerLink(
                peer,
                channel,
                PeerServiceGrpc.newStub(channel).withCallCredentials(new BearerToken(bearerToken)),
                executor,
                onReady);
        link.connect();
        return link;
    }

    @Override
    public void close() {
        // Links share nothing but gRPC's own threads.
    }

    /** Puts the token of the moment into the headers. */
    private static final class BearerToken extends CallCredentials {
        private final Supplier<Optional<String>> token;

        BearerToken(Supplier<Optional<String>> token) {
            this.token = token;
        }

        @Override
        public void applyRequestMetadata(RequestInfo info, Executor background, MetadataApplier applier) {
            Metadata headers = new Metadata();
            token.get().ifPresent(value -> headers.put(AUTHORIZATION, "Bearer " + value));
            applier.apply(headers);
        }
    }
}
