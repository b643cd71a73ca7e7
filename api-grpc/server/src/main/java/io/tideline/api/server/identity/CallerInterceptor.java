package io.tideline.api.server.identity;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Statuses;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Names the caller of every call, before anything of its request is read, and ends calls that have none. Health and
 * reflection are for everybody, and have none. Never blocks: files are read on a thread of its own.
 */
public final class CallerInterceptor implements ServerInterceptor, AutoCloseable {
    private static final Set<String> FOR_EVERYBODY =
            Set.of("grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String SCHEME = "Bearer ";

    private static final String PEERS = "tideline.v1.PeerService";

    private final @Nullable TokenVerifier tokens;
    /** Of the calls of other servers; the same unless they have a secret of their own. */
    private final @Nullable TokenVerifier peerTokens;

    private final @Nullable ScheduledExecutorService reloads;

    /**
     * Reads the keys, and looks after them until {@link #close}.
     *
     * @param reloadEvery how often to look whether the file of keys has changed
     * @throws IllegalArgumentException when there are no keys to trust
     */
    public CallerInterceptor(Authentication authentication, InstantSource clock, Duration reloadEvery) {
        if (authentication instanceof Authentication.Tokens config) {
            TokenVerifier verifier = new TokenVerifier(config, clock);
            this.tokens = verifier;
            TokenVerifier peers = config.peerSecret() == null
                    ? verifier
                    : new TokenVerifier(config.ofServers().orElseThrow(), clock);
            this.peerTokens = peers;
            this.reloads = Executors.newSingleThreadScheduledExecutor(CallerInterceptor::thread);
            long period = reloadEvery.toNanos();
            Runnable reload = () -> {
                verifier.reload();
                peers.reload();
            };
            var unused = this.reloads.scheduleWithFixedDelay(reload, period, period, TimeUnit.NANOSECONDS);
        } else {
            this.tokens = null;
            this.peerTokens = null;
            this.reloads = null;
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "tideline-keys");
        thread.setDaemon(true);
        return thread;
    }

    /** Finds out whether a server could start with this. @throws IllegalArgumentException when there are no keys to trust */
    public static void check(Authentication authentication) {
        if (authentication instanceof Authentication.Tokens config) {
            var unused = new TokenVerifier(config, InstantSource.system());
            if (config.peerSecret() != null) {
                checkPeerSecret(config.peerSecret());
            }
        }
    }

    private static void checkPeerSecret(Path file) {
        try {
            var unused = HmacSecret.read(file);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()).replace("secretFile", "peerSecret"), e);
        }
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (FOR_EVERYBODY.contains(call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        boolean peer = PEERS.equals(call.getMethodDescriptor().getServiceName());
        @Nullable TokenVerifier verifier = peer ? peerTokens : tokens;
        Caller caller;
        try {
            caller = verifier == null ? Caller.ANYONE : verifier.verify(token(headers));
        } catch (CallFailure refusal) {
            StatusRuntimeException status = StatusProto.toStatusRuntimeException(refusal.status());
            @Nullable Metadata trailers = status.getTrailers();
            call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
            return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(Context.current().withValue(Caller.KEY, caller), call, headers, next);
    }

    private static String token(Metadata headers) {
        @Nullable Iterable<String> all = headers.getAll(AUTHORIZATION);
        if (all == null) {
            throw new CallFailure(Statuses.unauthenticated());
        }
        Iterator<String> values = all.iterator();
        String value = values.next();
        // Of two, some proxy may have looked at the other one.
        if (values.hasNext() || !value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new CallFailure(Statuses.unauthenticated());
        }
        return value.substring(SCHEME.length()).trim();
    }

    @Override
    public void close() {
        if (reloads != null) {
            reloads.shutdownNow();
        }
    }
}
