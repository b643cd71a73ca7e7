package io.tideline.store.search;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.UserId;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import io.tideline.store.internal.ConversationRecords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Finds out where somebody may look: in the records of the conversations, which know of every removal at once. */
final class SearchScopes {
    /** A user's conversations that one search looks in. */
    static final int MAX_CONVERSATIONS = 10_000;

    private final RecordStore records;

    SearchScopes(RecordStore records) {
        this.records = records;
    }

    /**
     * Where to look.
     *
     * @param spans empty for everywhere
     * @param memberships of the viewer, by conversation; empty for somebody who sees all
     * @param partial whether he has more conversations
     */
    record Scope(Optional<List<SeqSpan>> spans, Optional<Map<String, Membership>> memberships, boolean partial) {}

    CompletableFuture<Outcome<Scope>> find(SearchRequest request, Deadline deadline) {
        if (request.viewer().isEmpty()) {
            Optional<List<SeqSpan>> spans = request.conversations().isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            request.conversations().stream().map(SeqSpan::all).toList());
            return CompletableFuture.completedFuture(Outcome.done(new Scope(spans, Optional.empty(), false)));
        }
        UserId viewer = request.viewer().get();
        return request.conversations().isEmpty() ? ofUser(request, viewer, deadline) : named(request, viewer, deadline);
    }

    private CompletableFuture<Outcome<Scope>> named(SearchRequest request, UserId viewer, Deadline deadline) {
        List<TimelineId> timelines = request.conversations().stream()
                .map(name -> new ConversationId(name).timeline(request.app()))
                .toList();
        List<RecordKey> keys = new ArrayList<>();
        for (TimelineId timeline : timelines) {
            keys.add(ConversationRecords.conversationKey(timeline));
            keys.add(ConversationRecords.memberKey(timeline, viewer));
        }
        return records.get(keys, deadline).thenApply(found -> {
            Map<String, Membership> memberships = new HashMap<>();
            for (TimelineId timeline : timelines) {
                ConversationRecords.Standing standing = ConversationRecords.standing(found, timeline, viewer);
                boolean seen = standing.membership()
                        .filter(membership -> mayLook(request, membership))
                        .isPresent();
                if (!seen) {
                    return Outcome.refused(
                            standing.conversation().isEmpty() ? Refusal.CONVERSATION_NOT_FOUND : Refusal.NOT_MEMBER,
                            "conversation_id",
                            timeline.name());
                }
                standing.membership().ifPresent(membership -> memberships.put(timeline.name(), membership));
            }
            return Outcome.done(scope(memberships, false));
        });
    }

    /** Messages are seen by former members too, up to their leaving. */
    private static boolean mayLook(SearchRequest request, Membership membership) {
        return membership.isActive() || request.subject() == SearchSubject.MESSAGES;
    }

    private CompletableFuture<Outcome<Scope>> ofUser(SearchRequest request, UserId viewer, Deadline deadline) {
        AppId app = request.app();
        RecordScan scan = RecordScan.all(viewer.inbox(app), MAX_CONVERSATIONS, RecordKind.USER_CONVERSATION);
        return records.scan(scan, deadline).thenCompose(page -> {
            List<RecordKey> keys = page.records().stream()
                    .map(record -> new ConversationId(record.key().text(0)).timeline(app))
                    .map(timeline -> ConversationRecords.memberKey(timeline, viewer))
                    .toList();
            return records.get(keys, deadline).thenApply(found -> {
                Map<String, Membership> memberships = new HashMap<>();
                for (TimelineRecord record : found.values()) {
                    Membership membership = ConversationCodec.decodeMember(record);
                    if (mayLook(request, membership)) {
                        memberships.put(record.key().owner().name(), membership);
                    }
                }
                return Outcome.done(scope(memberships, !page.complete()));
            });
        });
    }

    private static Scope scope(Map<String, Membership> memberships, boolean partial) {
        List<SeqSpan> spans = new ArrayList<>();
        memberships.forEach((conversation, membership) -> spans.add(new SeqSpan(
                conversation,
                membership.visibleFrom().value(),
                membership.isActive() ? Long.MAX_VALUE : membership.left().value())));
        return new Scope(Optional.of(spans), Optional.of(memberships), partial);
    }
}
