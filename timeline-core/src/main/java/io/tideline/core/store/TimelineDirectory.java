package io.tideline.core.store;

import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The port to what is known about timelines besides their entries: that they exist, and their free attributes.
 * Futures fail (deferred) with {@code StorageUnavailableException} when the storage does not answer in time, and
 * complete on a thread of the implementation.
 */
public interface TimelineDirectory {
    /**
     * Creates a timeline with attributes before anybody appends to it. The version of {@code attributes} is ignored:
     * it becomes 1.
     */
    CompletableFuture<CreateOutcome> create(TimelineId timeline, Attributes attributes, Deadline deadline);

    /** Head and attributes; empty when nobody ever created the timeline or appended to it. */
    CompletableFuture<Optional<TimelineDescription>> describe(TimelineId timeline, SequenceId floor, Deadline deadline);

    /** Changes attributes in one step. */
    CompletableFuture<ChangeOutcome> change(AttributesChange change, Deadline deadline);

    /** One page of the timelines of an app. Reads heads only, never entries. */
    CompletableFuture<TimelineListing> list(ListQuery query, Deadline deadline);
}
