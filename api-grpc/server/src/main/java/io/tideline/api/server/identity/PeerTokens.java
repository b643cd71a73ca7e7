package io.tideline.api.server.identity;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens that a server shows to the others of its installation: of the scope {@code server}, good for a minute, made for
 * each stream. Nothing where all may call, and where there is no secret to sign with. The file is read on a thread of its
 * own, so {@link #get} never blocks.
 */
public final class PeerTokens implements Supplier<Optional<String>>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerTokens.class);
    private static final Duration VALID_FOR = Duration.ofMinutes(1);

    private final Authentication.@Nullable Tokens servers;
    private final InstantSource clock;
    private final @Nullable ScheduledExecutorService reloads;
    private volatile @Nullable TokenIssuer issuer;

    /**
     * Reads the secret, and looks after it until {@link #close}.
     *
     * @param reloadEvery how often to read the file again
     * @throws IllegalArgumentException when there should be a secret and is none
     */
    public PeerTokens(Authentication authentication, InstantSource clock, Duration reloadEvery) {
        this.clock = clock;
        this.servers = authentication instanceof Authentication.Tokens tokens
                ? tokens.ofServers().orElse(null)
                : null;
        if (servers == null) {
            this.reloads = null;
            return;
        }
        this.issuer = read(servers);
        this.reloads = Executors.newSingleThreadScheduledExecutor(PeerTokens::thread);
        long period = reloadEvery.toNanos();
        var unused = this.reloads.scheduleWithFixedDelay(this::reload, period, period, TimeUnit.NANOSECONDS);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "tideline-peer-secret");
        thread.setDaemon(true);
        return thread;
    }

    private TokenIssuer read(Authentication.Tokens from) {
        HmacSecret secret = HmacSecret.read(from.keys().file());
        return new TokenIssuer(secret, clock, from.issuer(), from.audience());
    }

    private void reload() {
        try {
            if (servers != null) {
                issuer = read(servers);
            }
        } catch (RuntimeException e) {
            // The outermost frame: an exception would end the looking. The last good secret goes on.
            LOG.debug("the servers' secret was not read again", e);
        }
    }

    /** Whether servers can know each other; if not, and they ask for tokens, hints are refused. */
    public boolean isAvailable() {
        return issuer != null;
    }

    @Override
    public Optional<String> get() {
        @Nullable TokenIssuer now = issuer;
        return now == null ? Optional.empty() : Optional.of(now.issue(Caller.SERVER, VALID_FOR));
    }

    @Override
    public void close() {
        if (reloads != null) {
            reloads.shutdownNow();
        }
    }
}
