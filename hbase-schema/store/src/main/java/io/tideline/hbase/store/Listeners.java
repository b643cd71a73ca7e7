package io.tideline.hbase.store;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens to futures without losing what the listener itself throws. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private Listeners() {}

    /** Runs {@code listener} on the thread that completes the future; failures arrive unwrapped. */
    @SuppressWarnings("FutureReturnValueIgnored") // what the listener throws ends here, in the log
    static <T> void listen(CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> listener) {
        future.whenComplete((value, failure) -> {
            try {
                listener.accept(value, failure == null ? null : HBaseFailures.unwrap(failure));
            } catch (RuntimeException e) {
                LOG.error("a listener failed; whoever waits for it may wait until its deadline", e);
            }
        });
    }
}
