package io.tideline.store.conversation;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserId;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Looks up conversations and members. */
final class ConversationDirectory {
    private final RecordStore records;
    private static final int OWNER_PAGE = 1_000;

    private final ConversationRecords conversations;

    ConversationDirectory(RecordStore records) {
        this.records = records;
        this.conversations = new ConversationRecords(records);
    }

    ConversationRecords conversations() {
        return conversations;
    }

    CompletableFuture<Outcome<Conversation>> describe(
            AppId app, ConversationId conversation, Optional<UserId> viewer, Deadline deadline) {
        TimelineId timeline = conversation.timeline(app);
        if (viewer.isEmpty()) {
            return conversations.conversation(timeline, deadline).thenApply(found -> found.map(Outcome::done)
                    .orElseGet(() -> Outcome.refused(Refusal.CONVERSATION_NOT_FOUND)));
        }
        return conversations.standing(timeline, viewer.get(), deadline).thenApply(standing -> {
            if (standing.conversation().isEmpty()) {
                return Outcome.refused(Refusal.CONVERSATION_NOT_FOUND);
            }
            boolean active = standing.membership().map(Membership::isActive).orElse(false);
            return active ? Outcome.done(standing.conversation().get()) : Outcome.refused(Refusal.NOT_MEMBER);
        });
    }

    CompletableFuture<Optional<Membership>> membership(TimelineId conversation, UserId user, Deadline deadline) {
        return conversations
                .members(conversation, List.of(user), deadline)
                .thenApply(found -> Optional.ofNullable(found.get(user)));
    }

    CompletableFuture<Outcome<MemberPage>> members(MemberQuery query, Deadline deadline) {
        return describe(query.app(), query.conversation(), query.viewer(), deadline)
                .thenCompose(described ->
                        described.then(found -> page(query, deadline).thenApply(Outcome::done)));
    }

    private CompletableFuture<MemberPage> page(MemberQuery query, Deadline deadline) {
        TimelineId timeline = query.conversation().timeline(query.app());
        RecordScan scan = RecordScan.all(timeline, query.limit(), RecordKind.MEMBER);
        Optional<RecordKey> after = query.after().map(user -> ConversationRecords.memberKey(timeline, user));
        return fill(after.map(scan::withAfter).orElse(scan), query, new ArrayList<>(), deadline);
    }

    /** Former members take up rows and are left out, so one scan may not be enough. */
    private CompletableFuture<MemberPage> fill(
            RecordScan scan, MemberQuery query, List<Membership> members, Deadline deadline) {
        return records.scan(scan, deadline).thenCompose(page -> {
            for (int i = 0; i < page.records().size(); i++) {
                Membership member =
                        ConversationCodec.decodeMember(page.records().get(i));
                if (query.includeFormer() || member.isActive()) {
                    members.add(member);
                }
                if (members.size() == query.limit()) {
                    boolean last = page.complete() && i == page.records().size() - 1;
                    return CompletableFuture.completedFuture(new MemberPage(members, last));
                }
            }
            return page.complete()
                    ? CompletableFuture.completedFuture(new MemberPage(members, true))
                    : fill(scan.withAfter(lastKey(page)), query, members, deadline);
        });
    }

    /** Whether somebody else is an owner; looks at members until it finds one. */
    CompletableFuture<Boolean> hasOtherOwner(TimelineId timeline, UserId user, Deadline deadline) {
        return hasOtherOwner(RecordScan.all(timeline, OWNER_PAGE, RecordKind.MEMBER), user, deadline);
    }

    private CompletableFuture<Boolean> hasOtherOwner(RecordScan scan, UserId user, Deadline deadline) {
        return records.scan(scan, deadline).thenCompose(page -> {
            boolean found = page.records().stream()
                    .map(ConversationCodec::decodeMember)
                    .anyMatch(member -> member.isActive()
                            && member.role() == Role.OWNER
                            && !member.user().equals(user));
            return found || page.complete()
                    ? CompletableFuture.completedFuture(found)
                    : hasOtherOwner(scan.withAfter(lastKey(page)), user, deadline);
        });
    }

    private static RecordKey lastKey(RecordPage page) {
        List<TimelineRecord> found = page.records();
        return found.get(found.size() - 1).key();
    }

    CompletableFuture<UserConversationPage> conversationsOf(
            AppId app, UserId user, Optional<ConversationId> after, int limit, Deadline deadline) {
        RecordScan all = RecordScan.all(user.inbox(app), limit, RecordKind.USER_CONVERSATION);
        Function<ConversationId, RecordKey> key =
                id -> RecordKey.of(user.inbox(app), RecordKind.USER_CONVERSATION, KeyPart.of(id.value()));
        RecordScan scan = after.map(key).map(all::withAfter).orElse(all);
        return records.scan(scan, deadline)
                .thenApply(page -> new UserConversationPage(
                        page.records().stream()
                                .map(ConversationCodec::decodeUserConversation)
                                .toList(),
                        page.complete()));
    }
}
