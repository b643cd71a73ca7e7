package io.tideline.store.search;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.UserId;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.MessageChange;
import io.tideline.core.message.MessageDecoder;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.store.internal.ConversationRecords;
import io.tideline.store.internal.Repetition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads what has come in a timeline and makes of it what is searched. Messages are taken from their entries; what events
 * have changed is looked up as it stands now, so that reading again what was read before comes to the same.
 */
final class EntryDigest {
    private static final int KEYS_AT_ONCE = 10_000;
    private static final MessageCodec CODEC = new MessageCodec();

    private final TimelineStore timelines;
    private final RecordStore records;
    private final TextKinds kinds;

    EntryDigest(TimelineStore timelines, RecordStore records, TextKinds kinds) {
        this.timelines = timelines;
        this.records = records;
        this.kinds = kinds;
    }

    /**
     * What a piece of a timeline comes to.
     *
     * @param through the last seq of the piece
     * @param newest server time of the last entry, {@link Instant#EPOCH} when there was none
     */
    record Piece(
            TimelineId timeline,
            List<IndexedMessage> messages,
            List<IndexBatch.Place> removed,
            Optional<Conversation> conversation,
            List<IndexedMember> members,
            long through,
            Instant newest) {}

    /**
     * Reads on.
     *
     * @param from the first seq wanted
     * @param floor a seq known to be committed
     */
    CompletableFuture<Piece> read(TimelineId timeline, long from, long floor, int maxBytes, Deadline deadline) {
        ReadQuery query = new ReadQuery(
                timeline,
                SequenceId.of(from),
                SequenceId.NONE,
                Direction.FORWARD,
                ReadQuery.MAX_ENTRIES,
                maxBytes,
                SequenceId.of(floor));
        return timelines.read(query, deadline).thenCompose(page -> {
            Work work = new Work(timeline, page.next().value() - 1, deadline);
            page.entries().forEach(work::take);
            return work.lookUp().thenApply(done -> work.piece());
        });
    }

    /** Steps follow each other, so the fields need no lock. */
    private final class Work {
        private final TimelineId timeline;
        private final long through;
        private final Deadline deadline;
        private final Map<Long, IndexedMessage> messages = new LinkedHashMap<>();
        private final Set<Long> removed = new LinkedHashSet<>();
        private final Set<SequenceId> edited = new LinkedHashSet<>();
        private final Set<UserId> users = new LinkedHashSet<>();
        private boolean changed;
        private Optional<Conversation> conversation = Optional.empty();
        private final List<IndexedMember> members = new ArrayList<>();
        private Instant newest = Instant.EPOCH;

        Work(TimelineId timeline, long through, Deadline deadline) {
            this.timeline = timeline;
            this.through = through;
            this.deadline = deadline;
        }

        void take(Entry entry) {
            newest = entry.serverTime();
            @Nullable ConversationEvent event = event(entry);
            if (event == null) {
                messages.put(entry.seq().value(), message(entry, entry.seq(), entry.kind(), entry.payload()));
            } else if (event instanceof ConversationEvent.Recalled recalled) {
                gone(recalled.target());
            } else if (event instanceof ConversationEvent.Deleted deleted) {
                gone(deleted.target());
            } else if (event instanceof ConversationEvent.Edited edit) {
                edited.add(edit.target());
            } else if (!(event instanceof ConversationEvent.Reacted) && !(event instanceof ConversationEvent.Hidden)) {
                changed = true;
                if (event instanceof ConversationEvent.Joined joined) {
                    users.addAll(joined.users());
                } else if (event instanceof ConversationEvent.Left left) {
                    users.add(left.user());
                } else if (event instanceof ConversationEvent.RoleChanged role) {
                    users.add(role.user());
                } else if (event instanceof ConversationEvent.Created) {
                    users.add(new UserId(entry.sender().value()));
                }
            }
        }

        /** What calls itself an event and is none is a message of a back end's own kind. */
        private static @Nullable ConversationEvent event(Entry entry) {
            try {
                return CODEC.event(entry).orElse(null);
            } catch (CorruptDataException | IllegalArgumentException e) {
                return null;
            }
        }

        private IndexedMessage message(Entry entry, SequenceId version, MessageKind kind, Payload payload) {
            return new IndexedMessage(
                    timeline.name(),
                    entry.seq().value(),
                    version.value(),
                    entry.sender().value(),
                    kind.value(),
                    entry.serverTime(),
                    kinds.text(kind, payload));
        }

        private void gone(SequenceId target) {
            messages.remove(target.value());
            removed.add(target.value());
        }

        CompletableFuture<Void> lookUp() {
            if (edited.isEmpty() && !changed) {
                return CompletableFuture.completedFuture(null);
            }
            List<RecordKey> keys = new ArrayList<>();
            for (SequenceId target : edited) {
                keys.add(new RecordKey(timeline, RecordKind.CHANGE, MessageChange.editKey(target)));
                keys.add(new RecordKey(timeline, RecordKind.CHANGE, MessageChange.takenBackKey(target)));
            }
            if (changed) {
                keys.add(ConversationRecords.conversationKey(timeline));
                users.forEach(user -> keys.add(ConversationRecords.memberKey(timeline, user)));
            }
            Map<RecordKey, TimelineRecord> found = new HashMap<>();
            int[] at = {0};
            return Repetition.whileMore(() -> {
                        int to = Math.min(keys.size(), at[0] + KEYS_AT_ONCE);
                        List<RecordKey> some = keys.subList(at[0], to);
                        at[0] = to;
                        return records.get(some, deadline).thenApply(looked -> {
                            found.putAll(looked);
                            return at[0] < keys.size();
                        });
                    })
                    .thenCompose(done -> take(found));
        }

        private CompletableFuture<Void> take(Map<RecordKey, TimelineRecord> found) {
            Map<SequenceId, MessageChange> changes = new HashMap<>();
            for (TimelineRecord record : found.values()) {
                switch (record.key().kind()) {
                    case CONVERSATION -> conversation = Optional.of(ConversationCodec.decodeConversation(record));
                    case MEMBER ->
                        members.add(new IndexedMember(timeline.name(), ConversationCodec.decodeMember(record)));
                    default ->
                        changes.merge(
                                MessageDecoder.target(record), CODEC.change(record), (a, b) -> a.takesBack() ? a : b);
                }
            }
            List<Map.Entry<SequenceId, MessageChange>> edits = new ArrayList<>(changes.entrySet());
            return Repetition.whileMore(() -> {
                        if (edits.isEmpty()) {
                            return CompletableFuture.completedFuture(false);
                        }
                        Map.Entry<SequenceId, MessageChange> one = edits.remove(edits.size() - 1);
                        return change(one.getKey(), one.getValue()).thenApply(done -> true);
                    })
                    .thenApply(done -> null);
        }

        /** The message as its change has left it; it may stand anywhere before. */
        private CompletableFuture<Void> change(SequenceId target, MessageChange change) {
            if (!(change instanceof MessageChange.Edited edit)) {
                gone(target);
                return CompletableFuture.completedFuture(null);
            }
            return timelines
                    .read(ReadQuery.forward(timeline, target.value(), 1), deadline)
                    .thenAccept(page -> {
                        Optional<Entry> entry = page.entries().stream()
                                .filter(one -> one.seq().equals(target))
                                .findFirst();
                        if (entry.isEmpty()) {
                            gone(target);
                        } else if (!removed.contains(target.value())) {
                            messages.put(target.value(), message(entry.get(), edit.at(), edit.kind(), edit.payload()));
                        }
                    });
        }

        Piece piece() {
            return new Piece(
                    timeline,
                    List.copyOf(messages.values()),
                    removed.stream()
                            .map(seq -> new IndexBatch.Place(timeline.name(), seq))
                            .toList(),
                    conversation,
                    members,
                    through,
                    newest);
        }
    }
}
