package io.tideline.scheduler;

import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Which timelines have entries outside the hot tier, by a day that none of those entries lies before: retention finds by
 * it what the activity index has forgotten. One row or a few of each timeline.
 */
final class KeptIndex {
    private static final TimelineId REGISTRY =
            new TimelineId(new AppId("tideline"), TimelineFamily.REGISTRY, "store-scheduler");

    /** One row. */
    record Kept(TimelineId timeline, LocalDate day) {
        private RecordKey key() {
            return RecordKey.of(
                    REGISTRY,
                    RecordKind.KEPT_SINCE,
                    KeyPart.of(Math.max(0, day.toEpochDay())),
                    KeyPart.of(timeline.family().code()),
                    KeyPart.of(timeline.app().value()),
                    KeyPart.of(timeline.name()));
        }

        private static Kept of(RecordKey key) {
            TimelineFamily family = TimelineFamily.ofCode((int) key.number(1));
            return new Kept(
                    new TimelineId(new AppId(key.text(2)), family, key.text(3)), LocalDate.ofEpochDay(key.number(0)));
        }
    }

    private final RecordStore records;

    KeptIndex(RecordStore records) {
        this.records = records;
    }

    /** To be called before anything of a timeline leaves the hot tier for the first time. */
    CompletableFuture<Void> note(Kept kept, Deadline deadline) {
        return records.raise(List.of(new TimelineRecord(kept.key(), 1, Payload.EMPTY)), deadline);
    }

    /** One page of rows up to and including {@code day}, the earliest first. */
    CompletableFuture<List<Kept>> through(LocalDate day, Optional<Kept> after, int max, Deadline deadline) {
        RecordScan scan =
                RecordScan.all(REGISTRY, max, RecordKind.KEPT_SINCE).withNumbers(0, Math.max(0, day.toEpochDay()));
        return records.scan(after.map(last -> scan.withAfter(last.key())).orElse(scan), deadline)
                .thenApply(page -> page.records().stream()
                        .map(record -> Kept.of(record.key()))
                        .toList());
    }

    /** The timeline has nothing left from before {@code next}. */
    CompletableFuture<Void> advance(Kept kept, LocalDate next, Deadline deadline) {
        if (!next.isAfter(kept.day())) {
            return CompletableFuture.completedFuture(null);
        }
        // First the new row: a timeline without any would never expire.
        return note(new Kept(kept.timeline(), next), deadline)
                .thenCompose(done -> records.remove(List.of(kept.key()), 1, deadline));
    }
}
