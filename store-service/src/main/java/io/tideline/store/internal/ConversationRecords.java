package io.tideline.store.internal;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.UserId;
import io.tideline.core.record.KeyPart;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Conversations and memberships as they stand in the records. */
public final class ConversationRecords {
    private final RecordStore records;

    public ConversationRecords(RecordStore records) {
        this.records = records;
    }

    /** A conversation and one user's place in it, each empty when there never was one. Not of one moment. */
    public record Standing(Optional<Conversation> conversation, Optional<Membership> membership) {}

    public static RecordKey conversationKey(TimelineId conversation) {
        return RecordKey.of(conversation, RecordKind.CONVERSATION);
    }

    public static RecordKey memberKey(TimelineId conversation, UserId user) {
        return RecordKey.of(conversation, RecordKind.MEMBER, KeyPart.of(user.value()));
    }

    public CompletableFuture<Optional<Conversation>> conversation(TimelineId conversation, Deadline deadline) {
        return records.get(List.of(conversationKey(conversation)), deadline)
                .thenApply(found -> conversation(found, conversation));
    }

    public CompletableFuture<Standing> standing(TimelineId conversation, UserId user, Deadline deadline) {
        return records.get(List.of(conversationKey(conversation), memberKey(conversation, user)), deadline)
                .thenApply(found -> standing(found, conversation, user));
    }

    /** Takes both out of what a get has found. */
    public static Standing standing(Map<RecordKey, TimelineRecord> found, TimelineId conversation, UserId user) {
        return new Standing(
                conversation(found, conversation),
                Optional.ofNullable(found.get(memberKey(conversation, user))).map(ConversationCodec::decodeMember));
    }

    private static Optional<Conversation> conversation(Map<RecordKey, TimelineRecord> found, TimelineId conversation) {
        return Optional.ofNullable(found.get(conversationKey(conversation))).map(ConversationCodec::decodeConversation);
    }

    /** The memberships, present or former, of those users who have or had one. */
    public CompletableFuture<Map<UserId, Membership>> members(
            TimelineId conversation, Collection<UserId> users, Deadline deadline) {
        List<RecordKey> keys = users.stream()
                .map(user -> memberKey(conversation, user))
                .distinct()
                .toList();
        return records.get(keys, deadline).thenApply(found -> {
            Map<UserId, Membership> members = new HashMap<>();
            for (TimelineRecord record : found.values()) {
                Membership membership = ConversationCodec.decodeMember(record);
                members.put(membership.user(), membership);
            }
            return members;
        });
    }
}
