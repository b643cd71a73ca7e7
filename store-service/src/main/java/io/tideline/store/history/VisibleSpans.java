package io.tideline.store.history;

import io.tideline.core.conversation.Membership;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import io.tideline.store.StorePorts;
import io.tideline.store.internal.ConversationRecords;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Finds out what somebody may see of a conversation. */
final class VisibleSpans {
    private final StorePorts ports;
    private final ConversationRecords conversations;

    VisibleSpans(StorePorts ports) {
        this.ports = ports;
        this.conversations = new ConversationRecords(ports.records());
    }

    CompletableFuture<Outcome<VisibleSpan>> find(HistoryScope scope, Deadline deadline) {
        TimelineId timeline = scope.timeline();
        if (scope.viewer().isEmpty()) {
            // Also of a timeline that no conversation service has made.
            return head(timeline, deadline)
                    .thenApply(head -> head.last().isNone()
                            ? Outcome.refused(Refusal.CONVERSATION_NOT_FOUND)
                            : Outcome.done(new VisibleSpan(SequenceId.FIRST, head.last(), head.counted())));
        }
        return conversations.standing(timeline, scope.viewer().get(), deadline).thenCompose(standing -> {
            if (standing.conversation().isEmpty()) {
                return refused(Refusal.CONVERSATION_NOT_FOUND);
            }
            return standing.membership().isEmpty()
                    ? refused(Refusal.NOT_MEMBER)
                    : head(timeline, deadline)
                            .thenApply(head ->
                                    Outcome.done(span(standing.membership().get(), head)));
        });
    }

    private static CompletableFuture<Outcome<VisibleSpan>> refused(Refusal reason) {
        return CompletableFuture.completedFuture(Outcome.refused(reason));
    }

    private static VisibleSpan span(Membership membership, Head head) {
        return membership.isActive()
                ? new VisibleSpan(membership.visibleFrom(), head.last(), head.counted())
                : new VisibleSpan(membership.visibleFrom(), membership.left(), -1);
    }

    private CompletableFuture<Head> head(TimelineId timeline, Deadline deadline) {
        return ports.timelines()
                .heads(List.of(new HeadQuery(timeline, SequenceId.NONE)), deadline)
                .thenApply(heads -> heads.getOrDefault(timeline, Head.EMPTY));
    }
}
