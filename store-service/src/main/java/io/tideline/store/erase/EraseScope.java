package io.tideline.store.erase;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.UserId;
import io.tideline.core.erase.ErasureTarget;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.store.ListQuery;
import io.tideline.core.store.TimelineDescription;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.internal.ConversationRecords;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Which conversations, members and timelines an erasure has to go through, a page at a time and in a stable order. */
final class EraseScope {
    /** Members, or timelines, of one step. */
    static final int PAGE = 50;

    private final EraseWork work;

    EraseScope(EraseWork work) {
        this.work = work;
    }

    /** The conversation after this one; empty when it was the last. */
    CompletableFuture<Optional<String>> nextConversation(ErasureTarget target, String after) {
        if (target instanceof ErasureTarget.OneMessage message) {
            return only(message.conversation().value(), after);
        }
        if (target instanceof ErasureTarget.OneConversation conversation) {
            return only(conversation.conversation().value(), after);
        }
        if (target instanceof ErasureTarget.OneUser user) {
            TimelineId inbox = user.user().inbox(user.app());
            RecordScan all = RecordScan.all(inbox, 1, RecordKind.USER_CONVERSATION);
            RecordScan scan = after.isEmpty()
                    ? all
                    : all.withAfter(RecordKey.of(inbox, RecordKind.USER_CONVERSATION, KeyPart.of(after)));
            return work.records().scan(scan, work.deadline()).thenApply(page -> page.records().stream()
                    .findFirst()
                    .map(record -> record.key().text(0)));
        }
        return timelines(target.app(), TimelineFamily.CONVERSATION, after, 1)
                .thenApply(found -> found.stream().findFirst().map(TimelineId::name));
    }

    private static CompletableFuture<Optional<String>> only(String name, String after) {
        return CompletableFuture.completedFuture(after.isEmpty() ? Optional.of(name) : Optional.empty());
    }

    /** The next timelines of a family. */
    CompletableFuture<List<TimelineId>> timelines(AppId app, TimelineFamily family, String after, int max) {
        TimelineId last = after.isEmpty() ? null : new TimelineId(app, family, after);
        return work.ports()
                .directory()
                .list(new ListQuery(app, family, last, max), work.deadline())
                .thenApply(listing -> listing.timelines().stream()
                        .map(TimelineDescription::timeline)
                        .toList());
    }

    /** The next members, present and former. */
    CompletableFuture<List<UserId>> members(TimelineId conversation, String after) {
        RecordScan all = RecordScan.all(conversation, PAGE, RecordKind.MEMBER);
        RecordScan scan =
                after.isEmpty() ? all : all.withAfter(ConversationRecords.memberKey(conversation, new UserId(after)));
        return work.records().scan(scan, work.deadline()).thenApply(page -> page.records().stream()
                .map(record -> new UserId(record.key().text(0)))
                .toList());
    }

    /** Whether the message may stand in inboxes: not if all members looked at the conversation itself when it was sent. */
    CompletableFuture<Boolean> wasAnnounced(ErasureTarget target, TimelineId conversation) {
        if (!(target instanceof ErasureTarget.OneMessage message)) {
            return CompletableFuture.completedFuture(true);
        }
        return new ConversationRecords(work.records())
                .conversation(conversation, work.deadline())
                .thenApply(found ->
                        found.map(known -> wasAnnounced(known, message)).orElse(true));
    }

    private static boolean wasAnnounced(Conversation conversation, ErasureTarget.OneMessage message) {
        return conversation.diffusion() == Diffusion.WRITE
                || conversation.diffusionSince().isAfter(message.seq());
    }
}
