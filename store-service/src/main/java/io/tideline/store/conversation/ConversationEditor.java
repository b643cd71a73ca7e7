package io.tideline.store.conversation;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.record.Attachment;
import io.tideline.core.record.Guard;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import io.tideline.store.StorePorts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Changes conversations: look, decide, append on condition that nothing has changed since the look, else again.
 *
 * <p>Every change writes the CONVERSATION record, so its version stands for all members too: members are looked up after the
 * conversation, and a member changed since then means another version. What this process wrote last is remembered and taken
 * for the look, which saves a read; only the append, never an answer, is trusted to it. Of several processes that change one
 * conversation at once, one succeeds each time, hence the bounded number of tries.
 */
final class ConversationEditor {
    static final int MAX_TRIES = 32;
    private static final int MAX_REMEMBERED = 10_000;
    private static final int MAX_WAITING = 10_000;

    private final StorePorts ports;
    private final Function<AppId, ConversationRules> rules;
    private final ConversationDirectory directory;
    private final ConversationLanes lanes = new ConversationLanes(MAX_WAITING);
    private final Cache<TimelineId, Conversation> remembered =
            CacheBuilder.newBuilder().maximumSize(MAX_REMEMBERED).build();

    ConversationEditor(StorePorts ports, Function<AppId, ConversationRules> rules, ConversationDirectory directory) {
        this.ports = ports;
        this.rules = rules;
        this.directory = directory;
    }

    ConversationDirectory directory() {
        return directory;
    }

    /** Decides on a conversation, as often as it takes. */
    interface Step<T> {
        CompletableFuture<Decision<T>> decide(Conversation conversation);
    }

    /** @param actor the sender of a switch of diffusion, should the change bring one about */
    <T> CompletableFuture<Outcome<T>> edit(TimelineId timeline, SenderId actor, Step<T> step, Deadline deadline) {
        return lanes.run(timeline, () -> new Edit<>(timeline, actor, step, deadline).begin(), deadline);
    }

    private final class Edit<T> {
        private final TimelineId timeline;
        private final SenderId actor;
        private final Step<T> step;
        private final Deadline deadline;
        private int tries;

        Edit(TimelineId timeline, SenderId actor, Step<T> step, Deadline deadline) {
            this.timeline = timeline;
            this.actor = actor;
            this.step = step;
            this.deadline = deadline;
        }

        CompletableFuture<Outcome<T>> begin() {
            @Nullable Conversation known = remembered.getIfPresent(timeline);
            if (known == null) {
                return look();
            }
            return step.decide(known)
                    .thenCompose(
                            decision -> decision instanceof Decision.Write<T> write ? write(known, write) : look());
        }

        private CompletableFuture<Outcome<T>> look() {
            return directory
                    .conversations()
                    .conversation(timeline, deadline)
                    .thenCompose(found -> found.isEmpty()
                            ? CompletableFuture.completedFuture(Outcome.refused(Refusal.CONVERSATION_NOT_FOUND))
                            : step.decide(found.get()).thenCompose(decision -> carryOut(found.get(), decision)));
        }

        private CompletableFuture<Outcome<T>> carryOut(Conversation seen, Decision<T> decision) {
            return decision instanceof Decision.Write<T> write
                    ? write(seen, write)
                    : CompletableFuture.completedFuture(((Decision.Answer<T>) decision).outcome());
        }

        private CompletableFuture<Outcome<T>> write(Conversation seen, Decision.Write<T> write) {
            tries++;
            Conversation next = diffused(write.next());
            TimelineAppend append = toAppend(seen, write, next);
            return ports.timelines().append(append, deadline).thenCompose(outcome -> {
                if (outcome instanceof AppendOutcome.Appended appended) {
                    return CompletableFuture.completedFuture(Outcome.done(committed(write, next, appended.receipts())));
                }
                remembered.invalidate(timeline);
                return tries < MAX_TRIES ? look() : CompletableFuture.failedFuture(tooManyTries());
            });
        }

        private OverloadedException tooManyTries() {
            return new OverloadedException(
                    "a conversation changes faster than it can be looked at",
                    Map.of("conversation", timeline.toString()),
                    null);
        }

        private Conversation diffused(Conversation next) {
            Diffusion picked = next.settings()
                    .policy()
                    .pick(
                            next.diffusion(),
                            next.memberCount(),
                            rules.apply(timeline.app()).autoThreshold());
            // The seq of the switch is that of the entry which the record is attached to, which NONE stands for.
            return next.dissolved() || picked == next.diffusion()
                    ? next
                    : Conversations.withDiffusion(next, picked, SequenceId.NONE);
        }

        private TimelineAppend toAppend(Conversation seen, Decision.Write<T> write, Conversation next) {
            List<NewEntry> entries = new ArrayList<>(write.entries());
            if (next.diffusion() != seen.diffusion()) {
                entries.add(Conversations.event(
                        actor, new ConversationEvent.DiffusionSwitched(next.diffusion()), ports.ids()));
            }
            List<Attachment> attachments = new ArrayList<>(write.attachments());
            int last = entries.size() - 1;
            attachments.add(Attachment.of(last, RecordKind.CONVERSATION, ConversationCodec.encode(next)));
            attachments.add(Attachment.of(last, RecordKind.FANOUT_TASK, MessageCodec.PRESENT));
            return new TimelineAppend(
                    timeline,
                    entries,
                    attachments,
                    List.of(Guard.version(seen.version(), RecordKind.CONVERSATION)),
                    SequenceId.NONE);
        }

        private T committed(Decision.Write<T> write, Conversation next, List<Receipt> receipts) {
            SequenceId version = receipts.get(receipts.size() - 1).seq();
            Conversation committed = Conversations.committed(next, version);
            remembered.put(timeline, committed);
            ports.fanout().due(timeline);
            return write.outcome().apply(committed, receipts.get(0).seq().value());
        }
    }
}
