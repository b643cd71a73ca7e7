package io.tideline.store.erase;

import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.Optional;

/** Says which entries of a timeline go. */
interface EntryMatch {
    /** What to do about one entry. */
    sealed interface Verdict {
        /** It stays. */
        record Stay() implements Verdict {}

        /**
         * It goes.
         *
         * @param what it is, for the report
         */
        record Go(String what) implements Verdict {}

        /** It goes if the message it refers to is gone. */
        record GoWith(String what, TimelineId timeline, SequenceId seq) implements Verdict {}
    }

    Verdict STAY = new Verdict.Stay();

    Verdict of(TimelineId timeline, Entry entry);

    static Verdict goes(String what) {
        return new Verdict.Go(what);
    }

    static Verdict goesIf(boolean goes, Optional<String> what) {
        return goes && what.isPresent() ? new Verdict.Go(what.get()) : STAY;
    }
}
