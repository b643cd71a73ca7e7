package io.tideline.api.server.timelines;

import io.tideline.api.server.call.UnaryCalls.Handler;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.TimelineName;
import java.util.List;
import java.util.function.Function;

/** Lets requests through whose caller may use every timeline that they name; one name too many refuses the whole call. */
final class Access {
    private Access() {}

    /**
     * Entries may bring an original time along if their caller is an operator.
     *
     * @throws io.tideline.api.server.status.CallFailure PERMISSION_DENIED/SCOPE_TOO_LOW
     */
    static void requireMayImport(Caller caller, List<NewEntry> entries) {
        for (NewEntry entry : entries) {
            if (entry.hasOriginalTime()) {
                caller.requireOperator();
                return;
            }
        }
    }

    /** For requests that name one timeline. */
    static <Q, R> Handler<Q, R> checked(Function<Q, TimelineName> name, Handler<Q, R> handler) {
        return (request, deadline) -> {
            Caller.current().requireApp(name.apply(request).getApp());
            return handler.handle(request, deadline);
        };
    }

    /** For requests that name one timeline in each of their parts. */
    static <Q, P, R> Handler<Q, R> checkedAll(
            Function<Q, List<P>> parts, Function<P, TimelineName> name, Handler<Q, R> handler) {
        return (request, deadline) -> {
            Caller caller = Caller.current();
            caller.requireService();
            for (P part : parts.apply(request)) {
                caller.requireApp(name.apply(part).getApp());
            }
            return handler.handle(request, deadline);
        };
    }
}
