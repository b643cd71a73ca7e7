package io.tideline.scheduler;

import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.tier.OwnRetention;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.RegistryCodec;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Retentions of single conversations, and a list of who was ever given one, so that nobody has to look for them. */
final class RetentionRegister {
    private static final TimelineId REGISTRY =
            new TimelineId(new AppId("tideline"), TimelineFamily.REGISTRY, "store-scheduler");

    private final RecordStore records;

    RetentionRegister(RecordStore records) {
        this.records = records;
    }

    /** Writes what a conversation is given; empty takes it away. */
    CompletableFuture<Void> write(TimelineId conversation, Optional<OwnRetention> retention, Deadline deadline) {
        // First the list: one that is not listed would be heeded only where the policy lets something expire.
        TimelineRecord listed = new TimelineRecord(listKey(conversation), 1, Payload.EMPTY);
        return records.raise(List.of(listed), deadline)
                .thenCompose(done -> replace(key(conversation), retention, deadline));
    }

    private CompletableFuture<Void> replace(RecordKey key, Optional<OwnRetention> retention, Deadline deadline) {
        return records.get(List.of(key), deadline).thenCompose(found -> {
            @Nullable TimelineRecord before = found.get(key);
            if (decode(before).equals(retention)) {
                return CompletableFuture.completedFuture(null);
            }
            long version = before == null ? 0 : before.version();
            TimelineRecord next = new TimelineRecord(key, version + 1, RegistryCodec.encode(retention));
            return records.replace(next, version, deadline)
                    .thenCompose(
                            won -> won ? CompletableFuture.completedFuture(null) : replace(key, retention, deadline));
        });
    }

    /** What the conversation of each of up to 20,000 timelines was given; those without are not in the answer. */
    CompletableFuture<Map<TimelineId, OwnRetention>> of(Collection<TimelineId> timelines, Deadline deadline) {
        List<RecordKey> keys = timelines.stream()
                .map(timeline -> key(TierHolds.conversation(timeline)))
                .distinct()
                .toList();
        CompletableFuture<Map<RecordKey, TimelineRecord>> read =
                keys.isEmpty() ? CompletableFuture.completedFuture(Map.of()) : records.get(keys, deadline);
        return read.thenApply(found -> {
            Map<TimelineId, OwnRetention> own = new HashMap<>();
            timelines.forEach(timeline -> decode(found.get(key(TierHolds.conversation(timeline))))
                    .ifPresent(retention -> own.put(timeline, retention)));
            return own;
        });
    }

    private static Optional<OwnRetention> decode(@Nullable TimelineRecord record) {
        return record == null ? Optional.empty() : RegistryCodec.decodeRetention(record);
    }

    /** One page of the conversations that were ever given a retention, in a stable order. */
    CompletableFuture<List<TimelineId>> given(Optional<TimelineId> after, int max, Deadline deadline) {
        RecordScan scan = RecordScan.all(REGISTRY, max, RecordKind.RETENTION_GIVEN);
        return records.scan(after.map(last -> scan.withAfter(listKey(last))).orElse(scan), deadline)
                .thenApply(page -> page.records().stream()
                        .map(record -> conversation(record.key()))
                        .toList());
    }

    private static RecordKey key(TimelineId conversation) {
        return RecordKey.of(conversation, RecordKind.RETENTION);
    }

    private static RecordKey listKey(TimelineId conversation) {
        return RecordKey.of(
                REGISTRY,
                RecordKind.RETENTION_GIVEN,
                KeyPart.of(conversation.family().code()),
                KeyPart.of(conversation.app().value()),
                KeyPart.of(conversation.name()));
    }

    private static TimelineId conversation(RecordKey key) {
        TimelineFamily family = TimelineFamily.ofCode((int) key.number(0));
        return new TimelineId(new AppId(key.text(1)), family, key.text(2));
    }
}
