package io.tideline.api.server.timelines;

import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Statuses;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.TimelineId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Appends of one stream, in the order of each timeline also when the store refuses one for now: what comes behind it is
 * refused, too, until that one is there again. What the store has already taken in behind it goes the same way, by the
 * deadlines' {@linkplain Deadline.Order order}, so that appends need not wait for each other's answers.
 *
 * <p>A lane (a timeline of which something is under way) is open, or held at the first append that was refused for now. It
 * is gone when nothing of it is under way, unless it is held. Of too many held lanes the whole stream is held, for good.
 *
 * <p>Called by the one thread at a time that hands requests on; answers come on any. One lock guards the lanes; nothing is
 * called under it.
 */
final class OrderedAppends {
    /** Some 2 MiB. */
    private static final int MAX_HELD = 10_000;

    private record Name(SenderId sender, ClientMessageId id) {}

    private record Refused(Name name, long index, Deadline.Order order) {}

    private static final class Lane {
        private Deadline.Order order = new Deadline.Order();
        private int underWay;
        private @Nullable Name heldAt;
        private long heldIndex;
    }

    private final TimelineStore store;
    private final Object lock = new Object();
    private final Map<TimelineId, Lane> lanes = new HashMap<>();
    private int held;
    private boolean allHeld;

    OrderedAppends(TimelineStore store) {
        this.store = store;
    }

    /**
     * Appends one entry behind those before it.
     *
     * @param index rises from append to append
     */
    CompletableFuture<AppendOutcome> append(long index, TimelineAppend append, Deadline deadline) {
        NewEntry entry = append.entries().get(0);
        Name name = new Name(entry.sender(), entry.clientMessageId());
        Lane lane;
        Deadline.Order order;
        synchronized (lock) {
            if (isHeld(lanes.get(append.timeline()), name)) {
                return CompletableFuture.failedFuture(new CallFailure(Statuses.orderHeld()));
            }
            lane = lanes.computeIfAbsent(append.timeline(), timeline -> new Lane());
            release(lane);
            lane.underWay++;
            order = lane.order;
        }
        CompletableFuture<AppendOutcome> outcome = begin(append, order.within(deadline));
        // Nothing has been handed over behind it yet, and what is before it need not suffer.
        boolean atOnce = outcome.isCompletedExceptionally();
        return outcome.whenComplete((done, failure) -> {
            boolean forNow = failure != null && Statuses.isForNow(failure);
            if (forNow && !atOnce) {
                order.breakOff();
            }
            settle(append.timeline(), lane, forNow ? new Refused(name, index, order) : null);
        });
    }

    private boolean isHeld(@Nullable Lane lane, Name next) {
        return allHeld || lane != null && lane.heldAt != null && !lane.heldAt.equals(next);
    }

    private CompletableFuture<AppendOutcome> begin(TimelineAppend append, Deadline deadline) {
        try {
            return store.append(append, deadline);
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private void release(Lane lane) {
        if (lane.heldAt != null) {
            lane.heldAt = null;
            held--;
        }
        if (lane.order.isBroken()) {
            lane.order = new Deadline.Order();
        }
    }

    /** @param refused null when it was answered for good */
    private void settle(TimelineId timeline, Lane lane, @Nullable Refused refused) {
        synchronized (lock) {
            lane.underWay--;
            // Of an order that was left behind nothing is new: the client has begun to repeat.
            if (refused != null && refused.order() == lane.order) {
                hold(lane, refused);
            }
            if (lane.underWay == 0 && lane.heldAt == null) {
                lanes.remove(timeline);
            }
        }
    }

    private void hold(Lane lane, Refused refused) {
        if (lane.heldAt == null) {
            held++;
            allHeld |= held > MAX_HELD;
        } else if (refused.index() > lane.heldIndex) {
            return;
        }
        lane.heldAt = refused.name();
        lane.heldIndex = refused.index();
    }
}
