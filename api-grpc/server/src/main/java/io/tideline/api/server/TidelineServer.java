package io.tideline.api.server;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micronaut.context.ApplicationContext;
import io.micronaut.core.io.ResourceResolver;
import io.micronaut.grpc.server.GrpcEmbeddedServer;
import io.tideline.api.server.call.OpenStreams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running gRPC server: {@code tideline.v1}, health ({@code grpc.health.v1}) and reflection. HTTP/2, over TLS when
 * there is a certificate.
 *
 * <p>Thread safe. Storage is not its own: the caller closes what it passed in after closing the server.
 */
public final class TidelineServer implements AutoCloseable {
    /** How long {@link #close} waits for calls under way. */
    private static final long DRAIN_MILLIS = 3_000;

    /** How long {@link #start} waits for the right to give message ids. */
    private static final long LEASE_MILLIS = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(TidelineServer.class);

    private final ApplicationContext context;
    private final Server server;
    private final HealthStatusManager health;
    private final OpenStreams openStreams;
    private final AtomicBoolean closed = new AtomicBoolean();

    private TidelineServer(ApplicationContext context) {
        this.context = context;
        awaitMessageIds(context.getBean(MessageIdLease.class));
        GrpcEmbeddedServer embedded = context.getBean(GrpcEmbeddedServer.class);
        embedded.start();
        this.server = embedded.getServer();
        this.health = context.getBean(HealthStatusManager.class);
        for (ServerServiceDefinition service : server.getServices()) {
            health.setStatus(service.getServiceDescriptor().getName(), ServingStatus.SERVING);
        }
        this.openStreams = context.getBean(OpenStreams.class);
    }

    /** Ids are there after two requests to the storage. A storage that is slow need not keep the server from its work. */
    private static void awaitMessageIds(MessageIdLease lease) {
        try {
            lease.taken().get(LEASE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("no message ids yet: messages are refused until there are", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Starts serving; the port is open and health says SERVING when this returns.
     *
     * @throws UncheckedIOException when the port cannot be had
     * @throws IllegalArgumentException when files of keys and certificates do not do, or when nobody chose to be open on
     *     an address that others can reach
     */
    public static TidelineServer start(TidelineServerConfig config, ServerPorts ports) {
        config.check();
        ApplicationContext context = ApplicationContext.builder()
                .banner(false)
                .deduceEnvironment(false)
                .deduceCloudEnvironment(false)
                .environmentPropertySource(false)
                .bootstrapEnvironment(false)
                .properties(Map.of(
                        "grpc.server.port", config.port(),
                        "grpc.server.host", config.bindAddress(),
                        "grpc.server.await-termination", "1s"))
                // Micronaut's gRPC configuration asks for a ResourceResolver, which only its HTTP runtime brings along.
                .singletons(config, ports, new ResourceResolver())
                .build();
        try {
            return new TidelineServer(context.start());
        } catch (RuntimeException failure) {
            context.close();
            throw ofStart(config, failure);
        }
    }

    private static RuntimeException ofStart(TidelineServerConfig config, RuntimeException failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof IOException)) {
            cause = cause.getCause();
        }
        return cause instanceof IOException io
                ? new UncheckedIOException("cannot listen on " + config.bindAddress() + ":" + config.port(), io)
                : failure;
    }

    /** The port that is open. */
    public int port() {
        return server.getPort();
    }

    /**
     * Drains: health says NOT_SERVING, new calls are refused, streams without an end of their own end with
     * UNAVAILABLE/SERVER_STOPPING, calls under way get up to 3 seconds, the rest is cancelled. A second close does
     * nothing.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        health.enterTerminalState();
        server.shutdown();
        openStreams.stopAll();
        try {
            if (!server.awaitTermination(DRAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
                server.awaitTermination(DRAIN_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        } finally {
            context.close();
        }
    }
}
