package io.tideline.core.store;

import io.tideline.core.record.Attachment;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The port to records. Futures fail (deferred) with {@code StorageUnavailableException} or {@code
 * DeadlinePassedException}; a failed write is done in part, or not, or wholly, and may be repeated as it is. They
 * complete on a thread of the implementation: dependants must not block. Records are also written by {@link Attachment}s,
 * those of some kinds by them alone ({@link RecordKind#isAttachedOnly}): writing or removing them here is an {@code
 * IllegalArgumentException}.
 */
public interface RecordStore {
    /** The most records that one {@link #raise}, {@link #get} or {@link #remove} may have. */
    int MAX_RECORDS = 20_000;

    /**
     * Writes registers, of any owners: of each key the highest version stays, equal versions being replaced. Not atomic
     * over several; durable when the future completes.
     */
    CompletableFuture<Void> raise(List<TimelineRecord> records, Deadline deadline);

    /**
     * Writes {@code next} if the stored version is {@code expectedVersion} (0: there is none), in one step.
     *
     * @return whether it was written
     * @throws IllegalArgumentException when the version of {@code next} is not above {@code expectedVersion}
     */
    CompletableFuture<Boolean> replace(TimelineRecord next, long expectedVersion, Deadline deadline);

    /** Those of the records that exist. */
    CompletableFuture<Map<RecordKey, TimelineRecord>> get(List<RecordKey> keys, Deadline deadline);

    /** One page of the records of one owner. */
    CompletableFuture<RecordPage> scan(RecordScan scan, Deadline deadline);

    /**
     * One page of all records of a kind that {@linkplain RecordKind#liesApart lies apart}, of all owners, in a stable
     * order.
     *
     * @param after the key to go on after; empty to begin
     */
    CompletableFuture<RecordPage> scanAll(RecordKind kind, Optional<RecordKey> after, int maxRows, Deadline deadline);

    /**
     * Removes each record if its version is at most {@code throughVersion}. Later writes of such versions are without
     * effect for as long as the storage remembers the removal.
     */
    CompletableFuture<Void> remove(List<RecordKey> keys, long throughVersion, Deadline deadline);
}
