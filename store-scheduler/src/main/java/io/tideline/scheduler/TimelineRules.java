package io.tideline.scheduler;

import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Finds the rule of a timeline; what it is, is looked up only where policies ask for it. */
final class TimelineRules {
    private final RecordStore records;
    private final TierPolicies policies;
    private final RetentionRegister retentions;

    TimelineRules(RecordStore records, TierPolicies policies) {
        this.records = records;
        this.policies = policies;
        this.retentions = new RetentionRegister(records);
    }

    /** A personal timeline has the rule of its conversation, which may have a retention of its own. */
    CompletableFuture<TierRule> of(TimelineId timeline, Deadline deadline) {
        return ofAll(List.of(timeline), deadline).thenApply(rules -> Objects.requireNonNull(rules.get(timeline)));
    }

    /** The rule of each of up to {@value RecordStore#MAX_RECORDS} timelines. */
    CompletableFuture<Map<TimelineId, TierRule>> ofAll(Collection<TimelineId> timelines, Deadline deadline) {
        return byPolicies(timelines, deadline).thenCombine(retentions.of(timelines, deadline), (rules, own) -> {
            own.forEach((timeline, retention) ->
                    rules.computeIfPresent(timeline, (same, rule) -> rule.withRetention(retention.keep())));
            return rules;
        });
    }

    /** The same without the retentions that conversations have of their own, for those who have nothing to do with these. */
    CompletableFuture<Map<TimelineId, TierRule>> byPolicies(Collection<TimelineId> timelines, Deadline deadline) {
        List<RecordKey> keys = timelines.stream()
                .filter(timeline -> policies.tellsKindsApart(timeline.app()))
                .map(TimelineRules::key)
                .distinct()
                .toList();
        CompletableFuture<Map<RecordKey, TimelineRecord>> found =
                keys.isEmpty() ? CompletableFuture.completedFuture(Map.of()) : records.get(keys, deadline);
        return found.thenApply(conversations -> {
            Map<TimelineId, TierRule> rules = new HashMap<>();
            for (TimelineId timeline : timelines) {
                rules.put(timeline, policies.rule(timeline.app(), kind(timeline, conversations)));
            }
            return rules;
        });
    }

    private static RecordKey key(TimelineId timeline) {
        return RecordKey.of(TierHolds.conversation(timeline), RecordKind.CONVERSATION);
    }

    private static TimelineKind kind(TimelineId timeline, Map<RecordKey, TimelineRecord> conversations) {
        return Optional.ofNullable(conversations.get(key(timeline)))
                .map(ConversationCodec::decodeConversation)
                .map(conversation -> TimelineKind.of(conversation.kind()))
                .orElse(TimelineKind.PLAIN);
    }
}
