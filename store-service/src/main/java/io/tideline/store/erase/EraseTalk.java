package io.tideline.store.erase;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.erase.Erasure;
import io.tideline.core.erase.ErasureTarget;
import io.tideline.core.store.AttributesChange;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.erase.ErasePosition.Phase;
import io.tideline.store.erase.ErasePosition.Stage;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** What an erasure does in one conversation, apart from its members. Each method is one step and says where the next begins. */
final class EraseTalk {
    /** Seqs of one step. */
    private static final long STEP = 5_000;

    private static final UserId ACTOR = new UserId("tideline");

    private final EraseWork work;
    private final Erasures erasures;
    private final EraseIntents intents;
    private final FanoutGate fanout;

    EraseTalk(EraseWork work, Erasures erasures, EraseIntents intents) {
        this.work = work;
        this.erasures = erasures;
        this.intents = intents;
        this.fanout = new FanoutGate(work.records());
    }

    /** Where the whole conversation goes, it ends first, and what describes it goes; but not if its files are out of reach. */
    CompletableFuture<ErasePosition> seal(
            Erasure erasure, TimelineId timeline, ErasePosition position, EraseTally tally) {
        return new TimelineSweep(work, new TargetMatch(erasure), tally)
                .requireReach(timeline)
                .thenCompose(reached -> sealReached(erasure, timeline, position, tally));
    }

    private CompletableFuture<ErasePosition> sealReached(
            Erasure erasure, TimelineId timeline, ErasePosition position, EraseTally tally) {
        boolean whole = erasure.target() instanceof ErasureTarget.OneConversation
                || erasure.target() instanceof ErasureTarget.OneApp;
        if (!whole) {
            return CompletableFuture.completedFuture(position.in(Phase.ENTRIES));
        }
        Optional<ConversationId> conversation = EraseIntents.conversation(timeline.name());
        CompletableFuture<?> sealed = conversation.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : work.conversations().seal(timeline.app(), conversation.get(), ACTOR, work.deadline());
        return sealed.thenCompose(done -> clearAttributes(timeline, tally))
                .thenCompose(done -> new TimelineSweep(work, new TargetMatch(erasure), tally).head(timeline))
                .thenCompose(head -> placed(erasure, head.last()).thenApply(kept -> position.in(Phase.GATE)));
    }

    /** From here on it is known up to where the conversation goes. */
    private CompletableFuture<Void> placed(Erasure erasure, SequenceId last) {
        boolean known = !(erasure.target() instanceof ErasureTarget.OneConversation)
                || !erasure.through().isNone();
        return known
                ? CompletableFuture.completedFuture(null)
                : erasures.keep(erasure.withThrough(last), work.deadline());
    }

    private CompletableFuture<Void> clearAttributes(TimelineId timeline, EraseTally tally) {
        return work.ports()
                .directory()
                .describe(timeline, SequenceId.NONE, work.deadline())
                .thenCompose(found -> {
                    Set<String> names = found.map(described ->
                                    Set.copyOf(described.attributes().values().keySet()))
                            .orElse(Set.of());
                    if (names.isEmpty()) {
                        return CompletableFuture.completedFuture(null);
                    }
                    AttributesChange change = new AttributesChange(timeline, Map.of(), names, OptionalLong.empty());
                    return work.ports()
                            .directory()
                            .change(change, work.deadline())
                            .thenAccept(changed -> tally.removed("records", "attribute", names.size()));
                });
    }

    /** Waits until fan-out has brought to the inboxes what stood in the conversation when this began. */
    CompletableFuture<ErasePosition> gate(TimelineId timeline, ErasePosition position) {
        Phase next = position.stage() == Stage.TALK ? Phase.ENTRIES : Phase.MEMBERS;
        if (position.seq() > 0) {
            return fanout.passed(timeline, position.seq(), work.deadline())
                    .thenApply(passed -> passed ? position.in(next) : position);
        }
        return new TimelineSweep(work, (id, entry) -> EntryMatch.STAY, new EraseTally())
                .head(timeline)
                .thenApply(head -> head.last().isNone()
                        ? position.in(next)
                        : position.withSeq(head.last().value()));
    }

    CompletableFuture<ErasePosition> entries(
            Erasure erasure, TimelineId timeline, ErasePosition position, EraseTally tally) {
        TimelineSweep sweep = new TimelineSweep(work, new TargetMatch(erasure), tally);
        return end(erasure, timeline, sweep).thenCompose(end -> {
            if (position.seq() == 0) {
                tally.began();
            }
            CompletableFuture<SequenceId> begin = position.seq() > 0
                    ? CompletableFuture.completedFuture(SequenceId.of(position.seq()))
                    : begin(erasure, timeline, sweep);
            return begin.thenCompose(first -> {
                if (first.isAfter(end)) {
                    return CompletableFuture.completedFuture(position.in(Phase.RECORDS));
                }
                long last = Math.min(end.value(), first.value() + STEP - 1);
                return sweep.range(timeline, first, SequenceId.of(last))
                        .thenApply(
                                done -> last == end.value() ? position.in(Phase.RECORDS) : position.withSeq(last + 1));
            });
        });
    }

    private static CompletableFuture<SequenceId> begin(Erasure erasure, TimelineId timeline, TimelineSweep sweep) {
        return erasure.target() instanceof ErasureTarget.OneMessage message
                ? CompletableFuture.completedFuture(message.seq())
                : sweep.firstKept(timeline, SequenceId.FIRST);
    }

    /** An edit that was under way when its message went has a later seq than the intent knows. */
    private CompletableFuture<SequenceId> end(Erasure erasure, TimelineId timeline, TimelineSweep sweep) {
        if (erasure.target() instanceof ErasureTarget.OneMessage message) {
            return intents.lastEdit(timeline, message.seq())
                    .thenApply(last -> message.seq().max(erasure.through()).max(last));
        }
        return sweep.head(timeline).thenApply(head -> head.last());
    }

    CompletableFuture<ErasePosition> records(
            Erasure erasure, TimelineId timeline, ErasePosition position, EraseTally tally) {
        return new RecordSweep(work, erasure, tally).all(timeline).thenApply(done -> {
            boolean membersFollow = erasure.target() instanceof ErasureTarget.OneUser
                    || erasure.target() instanceof ErasureTarget.OneConversation;
            return position.in(membersFollow ? Phase.MEMBERS : Phase.NEXT);
        });
    }
}
