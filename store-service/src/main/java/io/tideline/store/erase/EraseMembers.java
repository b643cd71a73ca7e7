package io.tideline.store.erase;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.erase.Erasure;
import io.tideline.core.erase.ErasureTarget;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.erase.ErasePosition.Phase;
import io.tideline.store.erase.ErasePosition.Stage;
import io.tideline.store.history.EntrySearch;
import io.tideline.store.internal.Calls;
import io.tideline.store.internal.Repetition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What an erasure does for the members of one conversation: their personal timelines in it, or their inboxes. */
final class EraseMembers {
    private static final int LANES = 4;
    private static final int MAX_REMEMBERED = 100_000;

    /** By how much clocks of servers may differ: a reference may seem that much older than its message. */
    private static final Duration CLOCKS = Duration.ofHours(1);

    /** Of one user's erasure, an inbox is gone through once a pass, however many conversations name it. */
    private record Visit(String run, int pass, TimelineId inbox) {}

    private final EraseWork work;
    private final EraseScope scope;
    private final EntrySearch search;
    private final Cache<Visit, Boolean> visited =
            CacheBuilder.newBuilder().maximumSize(MAX_REMEMBERED).build();

    EraseMembers(EraseWork work, EraseScope scope) {
        this.work = work;
        this.scope = scope;
        this.search = new EntrySearch(work.timelines());
    }

    /**
     * The next members of the conversation.
     *
     * @param run the operation, of which an erasure may have several, one after the other
     */
    CompletableFuture<ErasePosition> page(
            String run, Erasure erasure, TimelineId conversation, ErasePosition position, EraseTally tally) {
        CompletableFuture<Boolean> wanted = position.stage() == Stage.INBOXES
                ? scope.wasAnnounced(erasure.target(), conversation)
                : CompletableFuture.completedFuture(
                        EraseIntents.conversation(conversation.name()).isPresent());
        return wanted.thenCompose(go -> go
                ? scope.members(conversation, position.after())
                        .thenCompose(found -> found.isEmpty()
                                ? CompletableFuture.completedFuture(position.in(Phase.NEXT))
                                : sweepAll(run, erasure, conversation, found, position, tally)
                                        .thenApply(done -> position.withAfter(last(found))))
                : CompletableFuture.completedFuture(position.in(Phase.NEXT)));
    }

    private static String last(List<UserId> found) {
        return found.get(found.size() - 1).value();
    }

    private CompletableFuture<Void> sweepAll(
            String run,
            Erasure erasure,
            TimelineId conversation,
            List<UserId> users,
            ErasePosition position,
            EraseTally tally) {
        List<TimelineId> timelines = new ArrayList<>();
        for (UserId user : users) {
            TimelineId timeline = position.stage() == Stage.INBOXES
                    ? user.inbox(conversation.app())
                    : new ConversationId(conversation.name()).personalTimeline(conversation.app(), user);
            Visit visit = new Visit(run, position.pass(), timeline);
            if (visited.getIfPresent(visit) == null) {
                timelines.add(timeline);
            }
        }
        return sweep(erasure, timelines, tally).thenRun(() -> remember(run, erasure, position.pass(), timelines));
    }

    private void remember(String run, Erasure erasure, int pass, List<TimelineId> timelines) {
        if (erasure.target() instanceof ErasureTarget.OneUser) {
            timelines.forEach(timeline -> visited.put(new Visit(run, pass, timeline), true));
        }
    }

    /** Goes through timelines, a few at a time. */
    CompletableFuture<Void> sweep(Erasure erasure, List<TimelineId> timelines, EraseTally tally) {
        if (timelines.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<HeadQuery> heads = timelines.stream()
                .map(timeline -> new HeadQuery(timeline, SequenceId.NONE))
                .toList();
        return work.timelines().heads(heads, work.deadline()).thenCompose(found -> {
            List<CompletableFuture<?>> lanes = new ArrayList<>();
            for (int lane = 0; lane < LANES; lane++) {
                lanes.add(lane(erasure, timelines, lane, found, tally));
            }
            return Calls.all(lanes);
        });
    }

    private CompletableFuture<?> lane(
            Erasure erasure, List<TimelineId> timelines, int lane, Map<TimelineId, Head> heads, EraseTally tally) {
        int[] at = {lane};
        return Repetition.whileMore(() -> {
            if (at[0] >= timelines.size()) {
                return CompletableFuture.completedFuture(false);
            }
            TimelineId timeline = timelines.get(at[0]);
            at[0] += LANES;
            SequenceId last = heads.getOrDefault(timeline, Head.EMPTY).last();
            return last.isNone()
                    ? CompletableFuture.completedFuture(true)
                    : sweep(erasure, timeline, last, tally).thenApply(done -> true);
        });
    }

    private CompletableFuture<Void> sweep(Erasure erasure, TimelineId timeline, SequenceId last, EraseTally tally) {
        TimelineSweep sweep = new TimelineSweep(work, new TargetMatch(erasure), tally);
        tally.began();
        Instant from = erasure.sent().minus(CLOCKS);
        boolean seeks = erasure.target() instanceof ErasureTarget.OneMessage && from.isAfter(Instant.EPOCH);
        CompletableFuture<SequenceId> first = seeks
                ? search.first(
                                timeline,
                                SequenceId.FIRST,
                                last,
                                entry -> !entry.serverTime().isBefore(from),
                                work.deadline())
                        .thenApply(found -> found.map(Entry::seq).orElse(last.next()))
                : sweep.firstKept(timeline, SequenceId.FIRST);
        return first.thenCompose(begin ->
                begin.isAfter(last) ? CompletableFuture.completedFuture(null) : sweep.range(timeline, begin, last));
    }
}
