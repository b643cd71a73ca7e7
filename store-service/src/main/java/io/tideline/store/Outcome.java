package io.tideline.store;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What became of a request: done as asked, or refused for a reason that the caller must tell apart. */
public sealed interface Outcome<T> {
    /** As asked. */
    record Done<T>(T value) implements Outcome<T> {
        public Done {
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * Nothing was changed.
     *
     * @param context keys and values that tell more, no user content
     */
    record Refused<T>(Refusal reason, Map<String, String> context) implements Outcome<T> {
        public Refused {
            Objects.requireNonNull(reason, "reason");
            context = Map.copyOf(context);
        }
    }

    /** The same outcome with another value. */
    default <U> Outcome<U> map(Function<? super T, ? extends U> mapper) {
        if (this instanceof Done<T> done) {
            return new Done<>(mapper.apply(done.value()));
        }
        Refused<T> refused = (Refused<T>) this;
        return new Refused<>(refused.reason(), refused.context());
    }

    /** Goes on with the value, if there is one. */
    default <U> CompletableFuture<Outcome<U>> then(Function<? super T, CompletableFuture<Outcome<U>>> next) {
        if (this instanceof Done<T> done) {
            return next.apply(done.value());
        }
        Refused<T> refused = (Refused<T>) this;
        return CompletableFuture.completedFuture(new Refused<>(refused.reason(), refused.context()));
    }

    static <T> Outcome<T> done(T value) {
        return new Done<>(value);
    }

    static <T> Outcome<T> refused(Refusal reason) {
        return new Refused<>(reason, Map.of());
    }

    static <T> Outcome<T> refused(Refusal reason, String key, Object value) {
        return new Refused<>(reason, Map.of(key, value.toString()));
    }
}
