package io.tideline.store.erase;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.erase.Erasure;
import io.tideline.core.erase.ErasureTarget;
import io.tideline.core.message.MessageChange;
import io.tideline.core.operation.Operation;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.EventCodec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Makes the intent of an erasure, or finds it. */
final class EraseIntents {
    private final EraseWork work;
    private final Erasures erasures;

    EraseIntents(EraseWork work, Erasures erasures) {
        this.work = work;
        this.erasures = erasures;
    }

    /** The intent, or why there can be none. */
    record Intent(Optional<Erasure> erasure, String problem) {
        static Intent of(Erasure erasure) {
            return new Intent(Optional.of(erasure), "");
        }

        static Intent none(String problem) {
            return new Intent(Optional.empty(), problem);
        }
    }

    CompletableFuture<Intent> find(Operation operation) {
        AppId app = EraseRequests.target(operation.request()).app();
        String id = operation
                .request()
                .find(EraseRequests.INTENT)
                .orElse(operation.id().value());
        return erasures.find(app, id, work.deadline())
                .thenApply(found -> found.map(Intent::of).orElse(Intent.none("ERASURE_NOT_FOUND")));
    }

    /** Writes the intent, unless it is there. */
    CompletableFuture<Intent> begin(Operation operation) {
        return find(operation).thenCompose(found -> {
            boolean again = operation.request().find(EraseRequests.INTENT).isPresent();
            if (found.erasure().isPresent() || again) {
                return CompletableFuture.completedFuture(found);
            }
            ErasureTarget target = EraseRequests.target(operation.request());
            Erasure made = new Erasure(
                    operation.id().value(),
                    target,
                    work.clock().instant().truncatedTo(ChronoUnit.MILLIS),
                    SequenceId.NONE,
                    Instant.EPOCH,
                    false);
            return reached(made)
                    .thenCompose(intent -> intent.erasure().isEmpty()
                            ? CompletableFuture.completedFuture(intent)
                            : erasures.keep(intent.erasure().get(), work.deadline())
                                    .thenApply(kept -> intent));
        });
    }

    /** What cannot be carried out here should not stand as an intent; of users and apps that shows on the way. */
    private CompletableFuture<Intent> reached(Erasure made) {
        Optional<TimelineId> timeline = made.target() instanceof ErasureTarget.OneMessage message
                ? Optional.of(message.conversation().timeline(message.app()))
                : made.target() instanceof ErasureTarget.OneConversation conversation
                        ? Optional.of(conversation.conversation().timeline(conversation.app()))
                        : Optional.empty();
        return timeline.isEmpty()
                ? completed(made)
                : new TimelineSweep(work, (id, entry) -> EntryMatch.STAY, new EraseTally())
                        .requireReach(timeline.get())
                        .thenCompose(reached -> completed(made));
    }

    private CompletableFuture<Intent> completed(Erasure made) {
        if (made.target() instanceof ErasureTarget.OneMessage message) {
            return ofMessage(made, message);
        }
        if (made.target() instanceof ErasureTarget.OneConversation conversation) {
            TimelineId timeline = conversation.conversation().timeline(conversation.app());
            return work.timelines()
                    .heads(List.of(new HeadQuery(timeline, SequenceId.NONE)), work.deadline())
                    .thenApply(heads -> heads.isEmpty() ? Intent.none("CONVERSATION_NOT_FOUND") : Intent.of(made));
        }
        return CompletableFuture.completedFuture(Intent.of(made));
    }

    private CompletableFuture<Intent> ofMessage(Erasure made, ErasureTarget.OneMessage message) {
        TimelineId timeline = message.conversation().timeline(message.app());
        SequenceId seq = message.seq();
        return work.timelines()
                .read(ReadQuery.forward(timeline, seq.value(), 1), work.deadline())
                .thenCompose(page -> {
                    if (seq.isAfter(page.last())) {
                        return CompletableFuture.completedFuture(Intent.none("SEQUENCE_BEYOND_HEAD"));
                    }
                    Optional<Entry> entry = entry(page, seq);
                    if (entry.isPresent() && !isMessage(entry.get())) {
                        return CompletableFuture.completedFuture(Intent.none("MESSAGE_NOT_FOUND"));
                    }
                    Instant sent = entry.map(Entry::serverTime).orElse(Instant.EPOCH);
                    Erasure placed = new Erasure(made.id(), made.target(), made.before(), seq, sent, made.complete());
                    return lastEdit(timeline, seq).thenApply(last -> Intent.of(placed.withThrough(seq.max(last))));
                });
    }

    private static Optional<Entry> entry(TimelinePage page, SequenceId seq) {
        return page.entries().stream().filter(entry -> entry.seq().equals(seq)).findFirst();
    }

    private static boolean isMessage(Entry entry) {
        return EventCodec.decode(entry.kind(), entry.payload()).isEmpty();
    }

    /** The seq of the last edit of a message, as long as its content is on record. */
    CompletableFuture<SequenceId> lastEdit(TimelineId timeline, SequenceId message) {
        RecordKey key = new RecordKey(timeline, RecordKind.CHANGE, MessageChange.editKey(message));
        return work.records().get(List.of(key), work.deadline()).thenApply(found -> {
            @Nullable TimelineRecord record = found.get(key);
            return record == null ? SequenceId.NONE : SequenceId.of(record.version());
        });
    }

    /** Whether this can be the name of a conversation: plain timelines may have any. */
    static Optional<ConversationId> conversation(String name) {
        try {
            return Optional.of(new ConversationId(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
