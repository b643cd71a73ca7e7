package io.tideline.store.search;

import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one app's index may be lacking: timelines that have moved, as the change feed tells, and a walk through all of them
 * that comes first, and again after too much to remember or when the feed lost track. Bounded; an idle app costs nothing.
 *
 * <p>One lock; nothing is called under it.
 */
final class FeedState {
    private final int maxPending;
    private final Object lock = new Object();
    private final Map<TimelineId, Pending> pending = new LinkedHashMap<>();
    private @Nullable TimelineId walked;
    private boolean walking = true;
    private boolean missed;
    private int walk;

    /**
     * A timeline to look at.
     *
     * @param last it has come at least as far
     * @param toldAt by the ticker of the feeder, 0 when the walk has found it
     */
    record Pending(long last, long toldAt) {
        Pending and(Pending other) {
            long told =
                    toldAt == 0 || other.toldAt == 0 ? Math.max(toldAt, other.toldAt) : Math.min(toldAt, other.toldAt);
            return new Pending(Math.max(last, other.last), told);
        }
    }

    /**
     * A part of the walk.
     *
     * @param after where it begins; empty at the first
     */
    record Walk(int number, Optional<TimelineId> after) {}

    FeedState(int maxPending) {
        this.maxPending = maxPending;
    }

    void changed(TimelineId timeline, long last, long toldAt) {
        synchronized (lock) {
            if (!add(timeline, new Pending(last, toldAt))) {
                // The walk may have been there already; another one will find it.
                missed |= walking;
                walking = true;
            }
        }
    }

    void lostTrack() {
        synchronized (lock) {
            walk++;
            walked = null;
            walking = true;
            missed = false;
        }
    }

    private boolean add(TimelineId timeline, Pending one) {
        if (pending.size() >= maxPending && !pending.containsKey(timeline)) {
            return false;
        }
        pending.merge(timeline, one, Pending::and);
        return true;
    }

    /** The next part of the walk; empty when it is over, or enough is pending. */
    Optional<Walk> walk(int enough) {
        synchronized (lock) {
            return walking && pending.size() < Math.min(enough, maxPending)
                    ? Optional.of(new Walk(walk, Optional.ofNullable(walked)))
                    : Optional.empty();
        }
    }

    /**
     * A part of the walk was done.
     *
     * @param seen in the directory's order, each with how far it has come, or 0 when the index has it
     */
    void walked(Walk part, Map<TimelineId, Long> seen, boolean complete) {
        synchronized (lock) {
            if (part.number() != walk) {
                return;
            }
            for (Map.Entry<TimelineId, Long> one : seen.entrySet()) {
                if (one.getValue() > 0 && !add(one.getKey(), new Pending(one.getValue(), 0))) {
                    return;
                }
                walked = one.getKey();
            }
            if (complete) {
                walked = null;
                walking = missed;
                missed = false;
                walk++;
            }
        }
    }

    /** What to look at next; each gets its turn. */
    Map<TimelineId, Pending> pick(int most) {
        synchronized (lock) {
            Map<TimelineId, Pending> picked = new LinkedHashMap<>();
            Iterator<Map.Entry<TimelineId, Pending>> all = pending.entrySet().iterator();
            while (all.hasNext() && picked.size() < most) {
                Map.Entry<TimelineId, Pending> one = all.next();
                picked.put(one.getKey(), one.getValue());
            }
            return picked;
        }
    }

    /** The index has these up to there; what came after stays pending, behind the others. */
    void settle(Map<TimelineId, Long> through) {
        synchronized (lock) {
            through.forEach((timeline, seq) -> {
                @Nullable Pending told = pending.remove(timeline);
                if (told != null && told.last() > seq) {
                    pending.put(timeline, told);
                }
            });
        }
    }

    /** Puts these behind all others. */
    void postpone(Collection<TimelineId> timelines) {
        synchronized (lock) {
            for (TimelineId timeline : timelines) {
                @Nullable Pending told = pending.remove(timeline);
                if (told != null) {
                    pending.put(timeline, told);
                }
            }
        }
    }

    boolean hasWork() {
        synchronized (lock) {
            return walking || !pending.isEmpty();
        }
    }

    /** Whether a walk is under way: the index may lack anything. */
    boolean isWalking() {
        synchronized (lock) {
            return walking;
        }
    }

    int size() {
        synchronized (lock) {
            return pending.size();
        }
    }

    /** When the first of those pending was told; empty when none was. */
    Optional<Long> oldest() {
        List<Long> told = new ArrayList<>();
        synchronized (lock) {
            // The order is that of telling but for those postponed, which are few.
            for (Pending one : pending.values()) {
                if (one.toldAt() != 0) {
                    told.add(one.toldAt());
                }
                if (told.size() == 100) {
                    break;
                }
            }
        }
        return told.stream().min(Long::compare);
    }
}
