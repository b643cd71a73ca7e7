package io.tideline.store.erase;

import io.tideline.core.error.StorageUnavailableException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Lets the process die at one call of the storage: before it is carried out, or after, with the answer lost. */
final class Faults {
    private final int dieAt;
    private final boolean after;
    private int calls;

    Faults(int dieAt, boolean after) {
        this.dieAt = dieAt;
        this.after = after;
    }

    static Faults none() {
        return new Faults(0, false);
    }

    boolean hasStruck() {
        return dieAt > 0 && calls >= dieAt;
    }

    <T> T wrap(Class<T> port, T real) {
        return port.cast(
                Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (self, method, arguments) -> {
                    boolean strikes = method.getReturnType() == CompletableFuture.class && ++calls == dieAt;
                    try {
                        Object result = strikes && !after ? null : method.invoke(real, arguments);
                        return strikes
                                ? CompletableFuture.failedFuture(
                                        new StorageUnavailableException("the process has died", Map.of(), null))
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
