package io.tideline.sync.unread;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.UserId;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.ReadMark;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadMarkStore.MarkPage;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.internal.Flow;
import io.tideline.sync.unread.ReceiptsOutcome.Receipts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Finds who has read a message, from the marks of the members, a page at a time. */
final class ReceiptReader {
    private static final int MARKS_PER_PAGE = 5000;

    private final SyncPorts ports;

    ReceiptReader(SyncPorts ports) {
        this.ports = ports;
    }

    CompletableFuture<ReceiptsOutcome> read(
            AppId app, UserId asking, ConversationId id, SequenceId seq, Deadline deadline) {
        TimelineId timeline = id.timeline(app);
        RecordKey conversationKey = RecordKey.of(timeline, RecordKind.CONVERSATION);
        RecordKey askingKey = memberKey(timeline, asking.value());
        CompletableFuture<TimelinePage> message =
                ports.store().read(ReadQuery.forward(timeline, seq.value(), 1), deadline);
        return Flow.combine(
                ports.records().get(List.of(conversationKey, askingKey), deadline), message, (found, page) -> {
                    @Nullable TimelineRecord conversation = found.get(conversationKey);
                    @Nullable TimelineRecord member = found.get(askingKey);
                    boolean visible = conversation != null
                            && member != null
                            && ConversationCodec.decodeMember(member).sees(seq);
                    if (!visible || conversation == null) {
                        return CompletableFuture.<ReceiptsOutcome>completedFuture(new ReceiptsOutcome.NotVisible());
                    }
                    boolean gone = page.gaps().stream().anyMatch(gap -> covers(gap, seq));
                    if (gone) {
                        return CompletableFuture.<ReceiptsOutcome>completedFuture(new ReceiptsOutcome.NotVisible());
                    }
                    if (page.entries().isEmpty() || !page.entries().get(0).seq().equals(seq)) {
                        return CompletableFuture.<ReceiptsOutcome>completedFuture(
                                new ReceiptsOutcome.BeyondHead(page.last()));
                    }
                    UserId sender = new UserId(page.entries().get(0).sender().value());
                    return receipts(
                            ConversationCodec.decodeConversation(conversation), timeline, seq, sender, deadline);
                });
    }

    private static boolean covers(Gap gap, SequenceId seq) {
        return !gap.from().isAfter(seq) && !seq.isAfter(gap.to());
    }

    private static RecordKey memberKey(TimelineId timeline, String user) {
        return RecordKey.of(timeline, RecordKind.MEMBER, KeyPart.of(user));
    }

    private CompletableFuture<ReceiptsOutcome> receipts(
            Conversation conversation, TimelineId timeline, SequenceId seq, UserId sender, Deadline deadline) {
        boolean named = conversation.memberCount() <= Receipts.MAX_NAMED;
        AtomicReference<Optional<String>> after = new AtomicReference<>(Optional.empty());
        List<UserId> names = new ArrayList<>();
        int[] count = {0};
        return Flow.repeat(() -> ports.marks()
                        .marks(timeline, after.get(), MARKS_PER_PAGE, deadline)
                        .thenCompose(page -> readers(page, timeline, seq, sender, deadline)
                                .thenApply(readers -> {
                                    count[0] += readers.size();
                                    if (named) {
                                        names.addAll(readers);
                                    }
                                    List<ReadMark> marks = page.marks();
                                    if (!marks.isEmpty()) {
                                        after.set(Optional.of(
                                                marks.get(marks.size() - 1).reader()));
                                    }
                                    return !page.complete() && !marks.isEmpty();
                                })))
                .thenCompose(done -> isMember(timeline, sender, deadline))
                .thenApply(senderStays -> {
                    names.sort(Comparator.comparing(UserId::value));
                    int others = conversation.memberCount() - (senderStays ? 1 : 0);
                    return new Receipts(count[0], others, named ? Optional.of(names) : Optional.empty());
                });
    }

    /** Those of a page of marks who are members, other than the sender, and have read the message. */
    private CompletableFuture<List<UserId>> readers(
            MarkPage page, TimelineId timeline, SequenceId seq, UserId sender, Deadline deadline) {
        List<RecordKey> keys = page.marks().stream()
                .filter(mark -> !seq.isAfter(mark.through()))
                .filter(mark -> !mark.reader().equals(sender.value()))
                .map(mark -> memberKey(timeline, mark.reader()))
                .toList();
        return ports.records().get(keys, deadline).thenApply(found -> found.values().stream()
                .map(ConversationCodec::decodeMember)
                .filter(member -> member.isActive() && member.sees(seq))
                .map(Membership::user)
                .toList());
    }

    private CompletableFuture<Boolean> isMember(TimelineId timeline, UserId user, Deadline deadline) {
        RecordKey key = memberKey(timeline, user.value());
        return ports.records()
                .get(List.of(key), deadline)
                .thenApply((Map<RecordKey, TimelineRecord> found) -> found.containsKey(key)
                        && ConversationCodec.decodeMember(found.get(key)).isActive());
    }
}
