package io.tideline.sync.push;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.feed.Change;
import io.tideline.core.feed.ChangeFeed;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.store.Deadline;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Ports whose answers come when the executor gets to them. A call is carried out when it is made or when it is answered,
 * and may fail in either case.
 */
final class SlowPorts {
    private final Executor executor;
    private final RandomGenerator random;
    private double failing;

    SlowPorts(Executor executor, RandomGenerator random) {
        this.executor = executor;
        this.random = random;
    }

    /** From now on so many calls fail. */
    void fail(double share) {
        failing = share;
    }

    <T> T slow(Class<T> port, T real) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(),
                new Class<?>[] {port},
                (proxy, method, arguments) -> method.getReturnType() == CompletableFuture.class
                        ? later(real, method, arguments)
                        : method.invoke(real, arguments)));
    }

    private CompletableFuture<Object> later(Object real, Method method, Object[] arguments) {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        List<CompletableFuture<?>> carriedOut = new ArrayList<>();
        if (random.nextBoolean()) {
            carriedOut.add(call(real, method, arguments));
        }
        boolean fails = random.nextDouble() < failing;
        executor.execute(() -> {
            if (fails) {
                answer.completeExceptionally(new StorageUnavailableException("region moves", Map.of(), null));
                return;
            }
            CompletableFuture<?> outcome = carriedOut.isEmpty() ? call(real, method, arguments) : carriedOut.get(0);
            answer.complete(outcome.join());
        });
        return answer;
    }

    private static CompletableFuture<?> call(Object real, Method method, Object[] arguments) {
        try {
            return (CompletableFuture<?>) method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw new AssertionError(e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    /** A feed that tells when the executor gets to it, in order. */
    final class SlowFeed implements ChangeFeed {
        private final List<ChangeListener> listeners = new ArrayList<>();
        private final List<Change> untold = new ArrayList<>();

        SlowFeed(ChangeFeed feed) {
            Runnable unused = feed.listen(new ChangeListener() {
                @Override
                public void changed(List<Change> changes) {
                    untold.addAll(changes);
                    executor.execute(SlowFeed.this::tell);
                }

                @Override
                public void lostTrack() {
                    loseTrack();
                }
            });
        }

        private void tell() {
            List<Change> told = List.copyOf(untold);
            untold.clear();
            if (!told.isEmpty()) {
                List.copyOf(listeners).forEach(listener -> listener.changed(told));
            }
        }

        /** Forgets what was not told. */
        void loseTrack() {
            untold.clear();
            List.copyOf(listeners).forEach(ChangeListener::lostTrack);
        }

        @Override
        public Runnable listen(ChangeListener listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }

        @Override
        public CompletableFuture<Void> barrier(Deadline deadline) {
            CompletableFuture<Void> passed = new CompletableFuture<>();
            executor.execute(() -> {
                tell();
                passed.complete(null);
            });
            return passed;
        }
    }
}
