package io.tideline.sync;

import io.tideline.core.error.StorageUnavailableException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Stands between a worker and a store; from one call on, the worker's process is as good as dead. */
public final class Faults {
    private int left;
    private final boolean lastIsDone;
    private int calls;

    /**
     * @param calls how many calls are carried out and answered
     * @param lastIsDone whether one more is carried out, whose answer is lost
     */
    public Faults(int calls, boolean lastIsDone) {
        this.left = calls;
        this.lastIsDone = lastIsDone;
    }

    public int calls() {
        return calls;
    }

    @SuppressWarnings("unchecked") // the proxy has exactly this interface
    public <T> T around(Class<T> port, T store) {
        return (T) Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (proxy, method, args) -> {
            boolean first = left == 0;
            calls++;
            if (left-- > 0 || (first && lastIsDone)) {
                Object answer = invoke(method, store, args);
                if (left >= 0) {
                    return answer;
                }
            }
            return CompletableFuture.failedFuture(new StorageUnavailableException("dead", Map.of(), null));
        });
    }

    private static Object invoke(java.lang.reflect.Method method, Object store, Object[] args) throws Throwable {
        try {
            return method.invoke(store, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
