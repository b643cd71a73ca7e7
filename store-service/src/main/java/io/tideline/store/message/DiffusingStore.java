package io.tideline.store.message;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.error.OutcomeUnknownException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.record.Guard;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.store.StorePorts;
import io.tideline.store.internal.ConversationRecords;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The store for those who append without knowing of conversations: into a write-diffused one a fan-out task goes with it,
 * as with a message that is sent, and is durable before the append is answered.
 *
 * <p>For maintainers: appends are handed over at once and in order, so nothing may be asked before one of them.
 *
 * <ul>
 *   <li>Of a timeline that is not known here the conversation is looked up when the append is stored. A switch that the look
 *       does not see yet comes after the entry, and whoever is a member then looks at the head.
 *   <li>What is known to be read-diffused is appended to on the condition that it still is. A refusal writes nothing, and is
 *       told as a failure for now: whoever repeats keeps his order.
 *   <li>Into what is known to be write-diffused goes a task, needless at worst.
 *   <li>What has no name that the server gives to conversations costs nothing.
 * </ul>
 */
public final class DiffusingStore implements TimelineStore {
    /** Message ids since the first hour of 2024 have so many digits at least, to the base of 36. */
    private static final int LEAST_ID_CHARS = 9;
    /** Those of the greatest number. */
    private static final int MOST_ID_CHARS = 13;

    private static final int MAX_KNOWN = 100_000;
    private static final Duration LIFE = Duration.ofMinutes(1);

    private enum Known {
        READ,
        WRITE,
        /** No conversation, or one that is dissolved and was read-diffused: nothing is brought to inboxes. */
        NEITHER
    }

    private final StorePorts ports;
    private final ConversationRecords conversations;
    private final Cache<TimelineId, Known> known = CacheBuilder.newBuilder()
            .maximumSize(MAX_KNOWN)
            .expireAfterWrite(LIFE)
            .build();

    public DiffusingStore(StorePorts ports) {
        this.ports = ports;
        this.conversations = new ConversationRecords(ports.records());
    }

    @Override
    public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
        if (!mayBeConversation(append.timeline())) {
            return ports.timelines().append(append, deadline);
        }
        @Nullable Known now = known.getIfPresent(append.timeline());
        if (now == Known.NEITHER) {
            return ports.timelines().append(append, deadline);
        }
        if (now == Known.READ) {
            return appendWhileRead(append, deadline);
        }
        return ports.timelines()
                .append(append, deadline)
                .thenCompose(outcome -> outcome instanceof AppendOutcome.Appended appended
                        ? diffused(append.timeline(), appended, now, deadline)
                        : CompletableFuture.completedFuture(outcome));
    }

    /** A plain timeline may happen to have such a name; it then costs a look a minute. */
    private static boolean mayBeConversation(TimelineId timeline) {
        String name = timeline.name();
        return timeline.family() == TimelineFamily.CONVERSATION
                && name.length() >= LEAST_ID_CHARS
                && name.length() <= MOST_ID_CHARS
                && name.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'z');
    }

    private CompletableFuture<AppendOutcome> appendWhileRead(TimelineAppend append, Deadline deadline) {
        TimelineAppend guarded = new TimelineAppend(
                append.timeline(),
                append.entries(),
                append.attachments(),
                List.of(Guard.level(ConversationCodec.READ_DIFFUSED, RecordKind.CONVERSATION)),
                append.discounted());
        return ports.timelines().append(guarded, deadline).thenApply(outcome -> {
            if (outcome instanceof AppendOutcome.Refused) {
                known.invalidate(append.timeline());
                throw new StorageUnavailableException(
                        "the conversation has just changed",
                        Map.of("timeline", append.timeline().toString()),
                        null);
            }
            return outcome;
        });
    }

    private CompletableFuture<AppendOutcome> diffused(
            TimelineId timeline, AppendOutcome.Appended appended, @Nullable Known now, Deadline deadline) {
        CompletableFuture<Known> looked =
                now == null ? look(timeline, deadline) : CompletableFuture.completedFuture(now);
        return looked.thenCompose(found -> found == Known.WRITE ? leaveTask(timeline, appended, deadline) : done())
                .<AppendOutcome>thenApply(done -> appended)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(new OutcomeUnknownException(
                        "appended, but not yet on its way to the inboxes",
                        Map.of("timeline", timeline.toString()),
                        failure)));
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Known> look(TimelineId timeline, Deadline deadline) {
        return conversations.conversation(timeline, deadline).thenApply(found -> {
            Known now = of(found);
            known.put(timeline, now);
            return now;
        });
    }

    private static Known of(Optional<Conversation> conversation) {
        if (conversation.isEmpty()) {
            return Known.NEITHER;
        }
        if (conversation.get().diffusion() == Diffusion.WRITE) {
            return Known.WRITE;
        }
        return conversation.get().dissolved() ? Known.NEITHER : Known.READ;
    }

    /** A task of an earlier entry than the fan-out has come to is without effect. */
    private CompletableFuture<Void> leaveTask(TimelineId timeline, AppendOutcome.Appended appended, Deadline deadline) {
        SequenceId last = appended.receipts().stream()
                .map(Receipt::seq)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        TimelineRecord task =
                new TimelineRecord(RecordKey.of(timeline, RecordKind.FANOUT_TASK), last.value(), MessageCodec.PRESENT);
        return ports.records().raise(List.of(task), deadline).thenAccept(raised -> ports.fanout()
                .due(timeline));
    }

    @Override
    public CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline) {
        return ports.timelines().read(query, deadline);
    }

    @Override
    public CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline) {
        return ports.timelines().heads(queries, deadline);
    }
}
