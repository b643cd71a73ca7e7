package io.tideline.scheduler;

import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Finds the rule of a timeline; what it is, is looked up only where policies ask for it. */
final class TimelineRules {
    private final RecordStore records;
    private final TierPolicies policies;

    TimelineRules(RecordStore records, TierPolicies policies) {
        this.records = records;
        this.policies = policies;
    }

    /** A personal timeline has the rule of its conversation. */
    CompletableFuture<TierRule> of(TimelineId timeline, Deadline deadline) {
        if (!policies.tellsKindsApart(timeline.app())) {
            return CompletableFuture.completedFuture(policies.rule(timeline.app(), TimelineKind.PLAIN));
        }
        RecordKey key = RecordKey.of(TierHolds.conversation(timeline), RecordKind.CONVERSATION);
        return records.get(List.of(key), deadline).thenApply(found -> {
            Optional<TimelineRecord> record = Optional.ofNullable(found.get(key));
            TimelineKind kind = record.map(ConversationCodec::decodeConversation)
                    .map(conversation -> TimelineKind.of(conversation.kind()))
                    .orElse(TimelineKind.PLAIN);
            return policies.rule(timeline.app(), kind);
        });
    }
}
