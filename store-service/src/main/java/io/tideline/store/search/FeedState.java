package io.tideline.store.search;

import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
 * <p>A timeline that cannot be read is put aside for a time that grows with each attempt: nobody waits for it.
 *
 * <p>One lock; nothing is called under it.
 */
final class FeedState {
    /** Nanoseconds: long enough for an operator to see to it, short enough to be forgotten soon after. */
    private static final long FIRST_ASIDE = Duration.ofSeconds(10).toNanos();

    private static final long MOST_ASIDE = Duration.ofMinutes(10).toNanos();
    private static final int MAX_DOUBLINGS = 10;

    private final int maxPending;
    private final Object lock = new Object();
    private final Map<TimelineId, Pending> pending = new LinkedHashMap<>();
    private final Map<TimelineId, Aside> aside = new HashMap<>();
    private @Nullable TimelineId walked;
    private boolean walking = true;
    private boolean missed;
    private int walk;

    /**
     * A timeline to look at.
     *
     * @param last it has come at least as far
     * @param toldAt when that was first told, by the ticker of the feeder; 0 when the walk has found it
     * @param latestAt when it was last told
     * @param failures how often it could not be read, one time after the other
     */
    record Pending(long last, long toldAt, long latestAt, int failures) {
        static Pending told(long last, long toldAt, long latestAt) {
            return new Pending(last, toldAt, latestAt, 0);
        }

        Pending and(Pending other) {
            boolean oneWalked = toldAt == 0 || other.toldAt == 0;
            return new Pending(
                    Math.max(last, other.last),
                    oneWalked ? Math.max(toldAt, other.toldAt) : Math.min(toldAt, other.toldAt),
                    Math.max(latestAt, other.latestAt),
                    Math.max(failures, other.failures));
        }
    }

    /** Not to be looked at before a time, by the ticker of the feeder. */
    private record Aside(Pending pending, long until) {}

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
            if (!add(timeline, Pending.told(last, toldAt, toldAt))) {
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
        @Nullable Aside put = aside.get(timeline);
        if (put != null) {
            aside.put(timeline, new Aside(put.pending().and(one), put.until()));
            return true;
        }
        if (pending.size() + aside.size() >= maxPending && !pending.containsKey(timeline)) {
            return false;
        }
        pending.merge(timeline, one, Pending::and);
        return true;
    }

    /** The next part of the walk; empty when it is over, or enough is pending. */
    Optional<Walk> walk(int enough) {
        synchronized (lock) {
            return walking && pending.size() < enough && pending.size() + aside.size() < maxPending
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
                if (one.getValue() > 0 && !add(one.getKey(), Pending.told(one.getValue(), 0, 0))) {
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

    /**
     * The index has these up to there; what came after stays pending, behind the others.
     *
     * @param picked as {@link #pick} had them
     */
    void settle(Map<TimelineId, Long> through, Map<TimelineId, Pending> picked) {
        synchronized (lock) {
            through.forEach((timeline, seq) -> {
                @Nullable Pending now = pending.remove(timeline);
                @Nullable Pending then = picked.get(timeline);
                if (now != null && now.last() > seq) {
                    boolean onlyNewer = then != null && then.last() <= seq;
                    pending.put(timeline, onlyNewer ? Pending.told(now.last(), now.latestAt(), now.latestAt()) : now);
                }
            });
        }
    }

    /** This one cannot be read; the others go on. */
    void putAside(TimelineId timeline, long now) {
        synchronized (lock) {
            @Nullable Pending one = pending.remove(timeline);
            if (one != null) {
                int failures = one.failures() + 1;
                long pause = Math.min(MOST_ASIDE, FIRST_ASIDE << Math.min(MAX_DOUBLINGS, failures - 1));
                aside.put(
                        timeline,
                        new Aside(new Pending(one.last(), one.toldAt(), one.latestAt(), failures), now + pause));
            }
        }
    }

    /** Those that were put aside for long enough are tried again, behind the others. */
    void retry(long now) {
        synchronized (lock) {
            Iterator<Map.Entry<TimelineId, Aside>> all = aside.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<TimelineId, Aside> one = all.next();
                if (one.getValue().until() <= now) {
                    all.remove();
                    pending.put(one.getKey(), one.getValue().pending());
                }
            }
        }
    }

    /** How many were put aside. */
    int unreadable() {
        synchronized (lock) {
            return aside.size();
        }
    }

    /** Whether the index has all that was told up to a time, or was there before, but for what cannot be read. */
    boolean isSettled(long toldBy) {
        synchronized (lock) {
            return !walking && pending.values().stream().noneMatch(one -> one.toldAt() <= toldBy);
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
