package io.tideline.sync.device;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserConversation;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.sync.internal.Flow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Reads which conversations a user is in, as fan-out has brought it into his list. */
final class UserList {
    private final RecordStore records;

    UserList(RecordStore records) {
        this.records = records;
    }

    /**
     * A user's list, or a part of it.
     *
     * @param personal those in which he has a personal timeline
     */
    record Part(List<UserConversation> conversations, List<ConversationId> personal) {
        static Part of(Iterable<TimelineRecord> found) {
            List<UserConversation> conversations = new ArrayList<>();
            List<ConversationId> personal = new ArrayList<>();
            for (TimelineRecord record : found) {
                if (record.key().kind() == RecordKind.USER_CONVERSATION) {
                    conversations.add(ConversationCodec.decodeUserConversation(record));
                } else if (record.key().kind() == RecordKind.USER_PERSONAL) {
                    personal.add(new ConversationId(record.key().text(0)));
                }
            }
            return new Part(conversations, personal);
        }
    }

    CompletableFuture<Part> all(TimelineId inbox, Deadline deadline) {
        RecordScan scan =
                RecordScan.all(inbox, RecordScan.MAX_ROWS, RecordKind.USER_CONVERSATION, RecordKind.USER_PERSONAL);
        return Flow.all(records, scan, deadline).thenApply(Part::of);
    }

    CompletableFuture<Part> some(TimelineId inbox, Collection<ConversationId> conversations, Deadline deadline) {
        if (conversations.isEmpty()) {
            return CompletableFuture.completedFuture(new Part(List.of(), List.of()));
        }
        List<RecordKey> keys = new ArrayList<>();
        for (ConversationId id : conversations) {
            keys.add(RecordKey.of(inbox, RecordKind.USER_CONVERSATION, KeyPart.of(id.value())));
            keys.add(RecordKey.of(inbox, RecordKind.USER_PERSONAL, KeyPart.of(id.value())));
        }
        return records.get(keys, deadline).thenApply(found -> Part.of(found.values()));
    }
}
