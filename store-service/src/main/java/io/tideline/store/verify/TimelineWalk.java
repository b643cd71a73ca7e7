package io.tideline.store.verify;

import io.tideline.core.check.ContiguityCheck;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineDescription;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.SequenceId;
import io.tideline.store.internal.Repetition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One walk through one timeline, forward from seq 1 to the head. Each read carries the last seq known so far as its
 * floor, so that a stale region server cannot make a timeline look short. One step runs at a time.
 */
final class TimelineWalk {
    private static final int REMEMBERED_IDS = 65_536;

    private final TimelineStore store;
    private final TimelineDescription described;
    private final Supplier<Deadline> deadlines;
    private final ContiguityCheck check = new ContiguityCheck(REMEMBERED_IDS);
    private final List<String> ownFindings = new ArrayList<>();
    private SequenceId next = SequenceId.FIRST;
    private SequenceId known;

    TimelineWalk(TimelineStore store, TimelineDescription described, Supplier<Deadline> deadlines) {
        this.store = store;
        this.described = described;
        this.deadlines = deadlines;
        this.known = described.head().last();
    }

    CompletableFuture<VerifiedTimeline> walk() {
        return Repetition.whileMore(this::step).handle((nothing, failure) -> {
            if (failure != null) {
                noteCorruption(failure);
            }
            return report();
        });
    }

    private CompletableFuture<Boolean> step() {
        ReadQuery query = new ReadQuery(
                described.timeline(),
                next,
                SequenceId.NONE,
                Direction.FORWARD,
                ReadQuery.MAX_ENTRIES,
                ReadQuery.DEFAULT_MAX_BYTES,
                known);
        return store.read(query, deadlines.get()).thenApply(this::take);
    }

    /** Answers whether there is more to read. */
    private boolean take(TimelinePage page) {
        check.add(page);
        known = known.max(page.last());
        if (page.stop() != StopReason.PAGE_FULL) {
            return false;
        }
        if (!page.next().isAfter(next)) {
            ownFindings.add(
                    "a full page from seq " + next + " goes on at seq " + page.next() + " (expected: after it)");
            return false;
        }
        next = page.next();
        return true;
    }

    /** Data that contradicts itself is what we are looking for; anything else ends the run. */
    private void noteCorruption(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (!(cause instanceof CorruptDataException)) {
            throw new CompletionException(cause);
        }
        ownFindings.add("reading from seq " + next + " failed: " + messageOf(cause));
    }

    private static String messageOf(Throwable cause) {
        @Nullable String message = cause.getMessage();
        return message == null ? "corrupt data" : message;
    }

    private VerifiedTimeline report() {
        ContiguityCheck.Report found = check.finish(known);
        // Only when nothing else explains the missing end.
        if (ownFindings.isEmpty() && known.isAfter(found.last())) {
            ownFindings.add("head says " + known + ", rows go to " + found.last());
        }
        List<String> findings = new ArrayList<>(found.findings());
        findings.addAll(ownFindings);
        return new VerifiedTimeline(
                described.timeline(),
                found.entries(),
                found.expired(),
                found.last(),
                found.findingCount() + ownFindings.size(),
                findings);
    }
}
