package io.tideline.core.store;

import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The port to the timelines themselves.
 *
 * <p>Promises of every implementation, checked by one contract suite:
 *
 * <ul>
 *   <li>seqs of a timeline start at 1 and have no hole; who sees n sees every smaller one;
 *   <li>an append that was acknowledged is in every later read, and a second append began after the first one's
 *       acknowledgement has the greater seqs; appends handed over one after the other by one thread keep their order,
 *       and where their deadlines are of one {@link Deadline.Order}, that is broken off before one of them fails for now and
 *       the next is committed (for other failures than passed deadlines by whoever waits for that one's future);
 *   <li>an entry with the sender and client message id of an earlier one within the deduplication window is answered
 *       with the earlier one's seq, or with a conflict when its content differs;
 *   <li>every method throws only for bad arguments; all else arrives in the future as a
 *       {@link io.tideline.core.error.TidelineException}.
 * </ul>
 *
 * <p>Futures complete on a thread of the implementation: dependants must not block.
 */
public interface TimelineStore {
    /**
     * Appends to one timeline, which comes into being with its first append.
     *
     * <p>Fails (deferred) with {@code OverloadedException}, {@code StorageUnavailableException},
     * {@code DeadlinePassedException}, {@code SchemaMismatchException} when nothing was written, and with
     * {@code OutcomeUnknownException} when that is not known.
     */
    CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline);

    /**
     * Reads one page. A timeline that nobody ever appended to reads as empty.
     *
     * <p>Fails (deferred) with {@code StorageUnavailableException}, {@code CorruptDataException}.
     */
    CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline);

    /**
     * The heads of many timelines by one look. Timelines that nobody ever appended to are absent from the answer.
     *
     * @param queries 0 to {@value #MAX_HEADS}
     */
    CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline);

    /** The most heads that one call may ask for. */
    int MAX_HEADS = 10_000;
}
