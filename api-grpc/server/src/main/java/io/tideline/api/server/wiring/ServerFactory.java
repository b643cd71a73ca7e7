package io.tideline.api.server.wiring;

import io.grpc.BindableService;
import io.grpc.ServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.ServerSecurity;
import io.tideline.api.server.TidelineServerConfig;
import io.tideline.api.server.TidelineServerConfig.Limits;
import io.tideline.api.server.call.OpenStreams;
import io.tideline.api.server.identity.Authentication;
import io.tideline.api.server.identity.CallerInterceptor;
import io.tideline.api.server.operator.OperatorGrpcService;
import io.tideline.api.server.peer.PeerGrpcService;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.timelines.TimelineGrpcService;
import io.tideline.store.StorePorts;
import io.tideline.store.message.DiffusingStore;
import io.tideline.sync.device.SyncService;
import io.tideline.sync.fanout.FanoutWorker;
import io.tideline.sync.peer.Hints;
import io.tideline.sync.push.PushHub;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Makes the beans of one server from what its caller passed in. Micronaut adds the transport and the health service,
 * and binds every {@link BindableService}.
 */
@Factory
final class ServerFactory {
    private static final Duration RELOAD_KEYS_EVERY = Duration.ofSeconds(10);

    @Singleton
    Statuses statuses() {
        return new Statuses(() -> Long.toHexString(ThreadLocalRandom.current().nextLong()));
    }

    @Singleton
    OpenStreams openStreams() {
        return new OpenStreams();
    }

    @Singleton
    @Named("timelines")
    BindableService timelines(
            ServerPorts ports,
            StorePorts store,
            TidelineServerConfig config,
            Statuses statuses,
            OpenStreams openStreams) {
        return new TimelineGrpcService(
                ports, new DiffusingStore(store), statuses, openStreams, config.limits(), InstantSource.system());
    }

    @Singleton
    @Named("operator")
    BindableService operator(ServerPorts ports, FanoutWorker fanout, Statuses statuses, OpenStreams openStreams) {
        return new OperatorGrpcService(ports, fanout, BuildVersion.read(), statuses, openStreams);
    }

    @Singleton
    @Named("peer")
    BindableService peer(
            ServerPorts ports, SyncService sync, PushHub push, Statuses statuses, OpenStreams openStreams) {
        Consumer<Hints> received = hints -> {
            ports.hints().received(hints);
            sync.hints().changed(hints.moved());
            push.openedElsewhere(hints.opened());
        };
        return new PeerGrpcService(received, statuses, openStreams);
    }

    @Singleton
    @Named("reflection")
    BindableService reflection() {
        return ProtoReflectionServiceV1.newInstance();
    }

    @Singleton
    @Bean(preDestroy = "close")
    CallerInterceptor callers(TidelineServerConfig config) {
        return new CallerInterceptor(
                config.security().authenticationOn(config.bindAddress()), InstantSource.system(), RELOAD_KEYS_EVERY);
    }

    @Singleton
    BeanCreatedEventListener<ServerBuilder<?>> transport(TidelineServerConfig config) {
        return event -> {
            NettyServerBuilder builder = (NettyServerBuilder) event.getBean();
            limit(builder, config.limits());
            secure(builder, config);
            return builder;
        };
    }

    private static void secure(NettyServerBuilder builder, TidelineServerConfig config) {
        ServerSecurity security = config.security();
        Optional.ofNullable(security.tls()).ifPresent(files -> builder.sslContext(files.context()));
        if (security.authenticationOn(config.bindAddress()) instanceof Authentication.Tokens) {
            builder.maxConnectionAge(security.maxConnectionAge().toMillis(), TimeUnit.MILLISECONDS)
                    .maxConnectionAgeGrace(security.connectionGrace().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static void limit(NettyServerBuilder builder, Limits limits) {
        // No handler blocks, so none needs a thread of its own.
        builder.directExecutor()
                .maxInboundMessageSize(limits.maxInboundMessageBytes())
                .maxInboundMetadataSize(limits.maxInboundMetadataBytes())
                .maxConcurrentCallsPerConnection(limits.maxCallsPerConnection())
                .maxRstFramesPerWindow(limits.maxResetsPer30Seconds(), 30)
                // 1 MiB on the way per connection: enough for a LAN, and a bound for what a connection can hold.
                .flowControlWindow(1 << 20)
                .handshakeTimeout(10, TimeUnit.SECONDS)
                // Finds watchers whose machine is gone.
                .keepAliveTime(60, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS)
                .permitKeepAliveTime(30, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(false)
                .maxConnectionIdle(5, TimeUnit.MINUTES);
    }
}
