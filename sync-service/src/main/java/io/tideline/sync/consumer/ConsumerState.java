package io.tideline.sync.consumer;

import io.tideline.core.feed.Change;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one consumer of all conversations may have to do: timelines that have moved, as the change feed tells and as a walk
 * through the directory finds. The walk goes on a page at a time while there is little else to do; once it has been
 * through, only what is told counts. After too much to remember another walk follows; a feed that lost track begins it anew.
 *
 * <p>One lock; nothing is called under it.
 */
final class ConsumerState implements ChangeListener {
    /** Said of a timeline that ends where its checkpoint stands. */
    static final long NOTHING_NEW = -1;

    private final AppId app;
    private final int maxPending;
    private final Object lock = new Object();
    private final Map<TimelineId, Long> pending = new LinkedHashMap<>();
    /** What ends before its checkpoint; told with every page, until it has grown beyond that. */
    private final Map<TimelineId, ConsumerBeyondHead> beyondHead = new LinkedHashMap<>();

    private @Nullable TimelineId walked;
    private boolean walking = true;
    /** Whether something that moved during this walk could not be remembered, so that another has to follow. */
    private boolean missed;
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
            return walking && pending.size() < Math.min(enough, maxPending)
                    ? Optional.of(new Walk(walk, Optional.ofNullable(walked)))
                    : Optional.empty();
        }
    }

    boolean isWalking() {
        synchronized (lock) {
            return walking;
        }
    }

    /**
     * A part of the walk was done. When too much is pending, the rest of it is left for the next time.
     *
     * @param seen in the directory's order, each with how far it has come, or {@link #NOTHING_NEW}
     */
    void walked(Walk part, Map<TimelineId, Long> seen, boolean complete) {
        synchronized (lock) {
            if (part.number() != walk) {
                return;
            }
            for (Map.Entry<TimelineId, Long> one : seen.entrySet()) {
                if (one.getValue() == NOTHING_NEW) {
                    beyondHead.remove(one.getKey());
                } else if (!add(one.getKey(), one.getValue())) {
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
            through.forEach(this::settle);
        }
    }

    private void settle(TimelineId timeline, Long through) {
        @Nullable Long told = pending.get(timeline);
        if (told != null && told <= through) {
            pending.remove(timeline);
        }
    }

    /**
     * Some end before their checkpoints: there is nothing to look at until they move.
     *
     * @param looked timelines that were looked at
     * @param found which of them do
     */
    void settleBeyondHead(Collection<TimelineId> looked, List<ConsumerBeyondHead> found) {
        synchronized (lock) {
            beyondHead.keySet().removeAll(looked);
            for (ConsumerBeyondHead one : found) {
                settle(one.timeline(), one.head().value());
                if (beyondHead.size() < ConsumerPage.MAX_BEYOND_HEAD) {
                    beyondHead.put(one.timeline(), one);
                }
            }
        }
    }

    List<ConsumerBeyondHead> beyondHead() {
        synchronized (lock) {
            return List.copyOf(beyondHead.values());
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

    /** False when there are too many already. */
    private boolean add(TimelineId timeline, long last) {
        if (pending.size() >= maxPending && !pending.containsKey(timeline)) {
            return false;
        }
        pending.merge(timeline, last, Math::max);
        return true;
    }

    @Override
    public void changed(List<Change> changes) {
        synchronized (lock) {
            for (Change change : new ArrayList<>(changes)) {
                TimelineId timeline = change.timeline();
                if (timeline.family() == TimelineFamily.CONVERSATION
                        && timeline.app().equals(app)
                        && !add(timeline, change.last().value())) {
                    // This walk may have been there already; the next one finds it.
                    missed |= walking;
                    walking = true;
                }
            }
        }
    }

    @Override
    public void lostTrack() {
        synchronized (lock) {
            walk++;
            walked = null;
            walking = true;
            missed = false;
        }
    }
}
