package io.tideline.scheduler;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.tier.ActivityIndex;
import io.tideline.core.tier.TableTier;
import io.tideline.core.tier.WarmTier;
import io.tideline.core.tier.WatermarkStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The ports of a scheduler that dies: after so many calls nothing it asks for is answered or done any more, the call at
 * which it dies being done or not, as told. What happens right before a call can be watched.
 */
final class FailingPorts {
    private final int diesAt;
    private final boolean lastIsDone;
    private Runnable beforeEach = () -> {};
    private int calls;

    /** @param diesAt the call at which it dies, from 1; 0 for never */
    FailingPorts(int diesAt, boolean lastIsDone) {
        this.diesAt = diesAt;
        this.lastIsDone = lastIsDone;
    }

    int calls() {
        return calls;
    }

    void beforeEach(Runnable action) {
        beforeEach = action;
    }

    SchedulerPorts over(InMemoryTimelineStore memory) {
        return new SchedulerPorts(
                wrap(TimelineStore.class, memory),
                wrap(RecordStore.class, memory),
                wrap(TableTier.class, memory.hot()),
                wrap(WarmTier.class, memory.warm()),
                wrap(WatermarkStore.class, memory),
                wrap(ActivityIndex.class, memory));
    }

    private <T> T wrap(Class<T> port, T target) {
        return port.cast(
                Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    beforeEach.run();
                    calls++;
                    boolean dead = diesAt > 0 && calls >= diesAt;
                    if (dead && !(calls == diesAt && lastIsDone)) {
                        return gone();
                    }
                    try {
                        Object answer = method.invoke(target, arguments);
                        return dead ? gone() : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private static CompletableFuture<Object> gone() {
        return CompletableFuture.failedFuture(new StorageUnavailableException("dead", Map.of(), null));
    }
}
