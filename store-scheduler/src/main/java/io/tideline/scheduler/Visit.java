package io.tideline.scheduler;

import io.tideline.core.tier.ActivityIndex.Activity;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;

/** A timeline in a pass, and what is left to be moved of it. Not thread safe. */
final class Visit {
    /** A state that changes under every try is changed by somebody who works on it. */
    private static final int MAX_LOST_UNITS = 5;

    private final Activity activity;
    private SequenceId through = SequenceId.NONE;
    private long left;
    private int lost;

    /** Of a timeline that has been active since a day, of which nothing is due yet. */
    Visit(Activity activity) {
        this.activity = activity;
    }

    TimelineId timeline() {
        return activity.timeline();
    }

    Activity activity() {
        return activity;
    }

    /** Up to where it is to be moved. */
    SequenceId through() {
        return through;
    }

    /** How many entries that is still. */
    long left() {
        return left;
    }

    void due(MovePlan plan) {
        through = plan.through();
        left = plan.entries();
    }

    /**
     * A unit has been moved, or tried in vain.
     *
     * @return whether it has got where it was to go
     * @throws IllegalStateException when it has been in vain too often
     */
    boolean moved(TimelineMover.Moved outcome) {
        left = Math.max(0, through.value() - outcome.through().value());
        lost = outcome.entries() == 0 ? lost + 1 : 0;
        if (left > 0 && lost == MAX_LOST_UNITS) {
            throw new IllegalStateException("the watermarks of " + timeline() + " change under every move");
        }
        return left == 0;
    }
}
