package io.tideline.client;

import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The connections, used in turn. */
final class Channels implements AutoCloseable {
    // gRPC waits up to two minutes between attempts to connect: too long for a server that restarts in seconds.
    private static final Duration RECONNECT_EVERY = Duration.ofMillis(500);
    private static final int MAX_INBOUND_BYTES = 16 << 20;
    private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration TERMINATION = Duration.ofSeconds(5);

    private final List<ManagedChannel> channels;
    private final ClientTimer timer;
    private final AtomicInteger turn = new AtomicInteger();

    Channels(List<ManagedChannel> channels, ClientTimer timer) {
        this.channels = List.copyOf(channels);
        this.timer = timer;
        reconnectSoon();
    }

    static Channels open(TidelineClientConfig config, ClientTimer timer) {
        return new Channels(
                Stream.generate(() -> open(config)).limit(config.channels()).toList(), timer);
    }

    /**
     * Callbacks run on the transport's thread, and gRPC's own retries are off: they know codes only (no reason, no
     * unknown outcome after a deadline, which spans all their attempts) and buffer every message for it.
     */
    private static ManagedChannel open(TidelineClientConfig config) {
        NettyChannelBuilder channel = NettyChannelBuilder.forTarget(config.target());
        config.tls().ifPresentOrElse(tls -> channel.sslContext(tls.context()), channel::usePlaintext);
        return channel.directExecutor()
                .disableRetry()
                .disableServiceConfigLookUp()
                .maxInboundMessageSize(MAX_INBOUND_BYTES)
                .keepAliveTime(config.keepAlive().toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)
                .build();
    }

    Channel next() {
        return channels.size() == 1
                ? channels.get(0)
                : channels.get(Math.floorMod(turn.getAndIncrement(), channels.size()));
    }

    private void reconnectSoon() {
        timer.schedule(RECONNECT_EVERY, () -> {
            for (ManagedChannel channel : channels) {
                if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
                    channel.resetConnectBackoff();
                }
            }
            reconnectSoon();
        });
    }

    /** Breaks what is in flight and waits until the transport has let go of it. */
    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        try {
            for (ManagedChannel channel : channels) {
                channel.awaitTermination(TERMINATION.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
