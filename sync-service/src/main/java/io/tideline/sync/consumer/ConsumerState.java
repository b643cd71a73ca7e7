package io.tideline.sync.consumer;

import io.tideline.core.feed.Change;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one consumer of all conversations may have to do: timelines that have moved, as the change feed tells and as a walk
 * through the directory finds. The walk goes on a page at a time while there is little else to do; once it has been
 * through, only what is told counts. Too much to remember, or a feed that lost track, begin the walk anew.
 *
 * <p>One lock; nothing is called under it.
 */
final class ConsumerState implements ChangeListener {
    private final AppId app;
    private final int maxPending;
    private final Object lock = new Object();
    private final Map<TimelineId, Long> pending = new LinkedHashMap<>();
    private @Nullable TimelineId walked;
    private boolean walking = true;
    /** Counts how often the walk began, so that a page of an earlier walk is not taken for one of this. */
    private int walk;

    ConsumerState(AppId app, int maxPending) {
        this.app = app;
        this.maxPending = maxPending;
    }

    /**
     * Where the walk goes on.
     *
     * @param after empty at its beginning
     */
    record Walk(int number, Optional<TimelineId> after) {}

    /** The next part of the walk; empty when it is over, or enough is pending. */
    Optional<Walk> walk(int enough) {
        synchronized (lock) {
            return walking && pending.size() < enough
                    ? Optional.of(new Walk(walk, Optional.ofNullable(walked)))
                    : Optional.empty();
        }
    }

    boolean isWalking() {
        synchronized (lock) {
            return walking;
        }
    }

    /** A part of the walk was done and has found these. */
    void walked(Walk part, Map<TimelineId, Long> moved, Optional<TimelineId> last, boolean complete) {
        synchronized (lock) {
            if (part.number() != walk) {
                return;
            }
            moved.forEach(this::add);
            if (part.number() == walk) {
                walked = last.orElse(walked);
                walking = !complete;
            }
        }
    }

    /** What to look at, and up to which seq it is known to have come. */
    Map<TimelineId, Long> pick(int most) {
        synchronized (lock) {
            Map<TimelineId, Long> picked = new LinkedHashMap<>();
            for (Map.Entry<TimelineId, Long> entry : pending.entrySet()) {
                if (picked.size() == most) {
                    break;
                }
                picked.put(entry.getKey(), entry.getValue());
            }
            return picked;
        }
    }

    /** Whether more is pending than {@code picked}. */
    boolean holdsMoreThan(int picked) {
        synchronized (lock) {
            return pending.size() > picked;
        }
    }

    /** The consumer has these up to there; what came after stays pending. */
    void settle(Map<TimelineId, Long> through) {
        synchronized (lock) {
            through.forEach((timeline, seq) -> {
                @Nullable Long told = pending.get(timeline);
                if (told != null && told <= seq) {
                    pending.remove(timeline);
                }
            });
        }
    }

    /** Puts these behind all others, so that each gets its turn. */
    void postpone(List<TimelineId> timelines) {
        synchronized (lock) {
            for (TimelineId timeline : timelines) {
                @Nullable Long told = pending.remove(timeline);
                if (told != null) {
                    pending.put(timeline, told);
                }
            }
        }
    }

    private void add(TimelineId timeline, long last) {
        if (pending.size() >= maxPending && !pending.containsKey(timeline)) {
            // The walk will come by what is left out here.
            restart();
            return;
        }
        pending.merge(timeline, last, Math::max);
    }

    private void restart() {
        walk++;
        walked = null;
        walking = true;
    }

    @Override
    public void changed(List<Change> changes) {
        synchronized (lock) {
            for (Change change : new ArrayList<>(changes)) {
                TimelineId timeline = change.timeline();
                if (timeline.family() == TimelineFamily.CONVERSATION
                        && timeline.app().equals(app)) {
                    add(timeline, change.last().value());
                }
            }
        }
    }

    @Override
    public void lostTrack() {
        synchronized (lock) {
            restart();
        }
    }
}
