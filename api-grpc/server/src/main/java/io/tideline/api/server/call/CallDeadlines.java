package io.tideline.api.server.call;

import io.grpc.Context;
import io.tideline.core.store.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How long ports may work for a call: as long as its caller waits, within limits. */
public final class CallDeadlines {
    /** For callers that say nothing. */
    public static final Duration DEFAULT = Duration.ofSeconds(30);

    /** The most for one unary call or one step of a stream. */
    public static final Duration MAX = Duration.ofSeconds(60);

    private CallDeadlines() {}

    /** The deadline of the unary call that is being handled on this thread. */
    public static Deadline ofCurrentCall() {
        return of(Context.current().getDeadline());
    }

    /** The deadline of one step, begun now, of a call with this deadline; null when the call has none. */
    public static Deadline of(io.grpc.@Nullable Deadline call) {
        if (call == null) {
            return Deadline.after(DEFAULT);
        }
        return Deadline.after(Duration.ofNanos(Math.min(call.timeRemaining(TimeUnit.NANOSECONDS), MAX.toNanos())));
    }
}
