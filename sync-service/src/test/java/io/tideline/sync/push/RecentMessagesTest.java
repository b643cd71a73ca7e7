package io.tideline.sync.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.message.MessageView;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.sync.Conversations;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RecentMessagesTest {
    private final Conversations world = new Conversations();
    private long nanos;
    private final RecentMessages recent =
            new RecentMessages(world.store, new MessageCodec(), Duration.ofSeconds(5), 1 << 22, () -> nanos);
    private final ConversationId room = world.create("room", Diffusion.READ, true, "ann", "bob");
    private final TimelineId timeline = room.timeline(Conversations.APP);

    private Optional<List<Long>> after(SequenceId after, SequenceId through) {
        return recent.after(timeline, after, through).map(messages -> messages.stream()
                .map((MessageView message) -> message.entry().seq().value())
                .toList());
    }

    @Test
    void after_whatWasRead_isThereWithoutAnotherRead() {
        SequenceId first = world.send(room, "ann", "one");
        SequenceId last = world.send(room, "ann", "two");
        recent.extend(timeline, last).join();

        assertThat(after(first, last)).contains(List.of(4L));
        assertThat(after(SequenceId.NONE, last)).contains(List.of(1L, 2L, 3L, 4L));
        assertThat(after(last, last.next())).isEmpty();
    }

    private List<Boolean> notices(SequenceId after, SequenceId through) {
        return recent.after(timeline, after, through).orElseThrow().stream()
                .map(MessageView::notice)
                .toList();
    }

    @Test
    void after_anErasedMessage_aNoticeIsOne() {
        SequenceId erased = world.send(room, "ann", "one");
        world.send(room, "ann", "notice", Counting.SILENT);
        SequenceId last = world.send(room, "ann", "two");
        world.store
                .hot()
                .erase(timeline, List.of(erased), Conversations.deadline())
                .join();
        recent.extend(timeline, last).join();

        assertThat(notices(erased, last)).containsExactly(true, false);
    }

    @Test
    void after_anExpiredMessage_aNoticeIsOne() {
        SequenceId expired = world.send(room, "ann", "one");
        world.send(room, "ann", "notice", Counting.SILENT);
        SequenceId last = world.send(room, "ann", "two");
        world.expire(timeline, expired);
        recent.extend(timeline, last).join();

        assertThat(notices(expired, last)).containsExactly(true, false);
    }

    @Test
    void after_aWindowThatBeginsWithANotice_itIsOne() {
        SequenceId first = world.send(room, "ann", "one");
        world.send(room, "ann", "notice", Counting.SILENT);
        SequenceId last = first;
        for (int i = 0; i < RecentMessages.MAX_MESSAGES - 1; i++) {
            last = world.send(room, "ann", "more");
        }
        recent.extend(timeline, last).join();

        assertThat(notices(first, last)).hasSize(RecentMessages.MAX_MESSAGES).startsWith(true, false);
    }

    /** Whoever is behind the message is left to the sync, which shows nothing of it; whoever has it learns of the recall. */
    @Test
    void after_aMessageThatWasTakenBack_isNotThereForThoseBehindIt() {
        SequenceId before = world.send(room, "ann", "one");
        SequenceId oops = world.send(room, "ann", "oops");
        recent.extend(timeline, oops).join();
        SequenceId next = world.send(room, "ann", "two");
        SequenceId recall = world.recall(room, "ann", oops, true);
        recent.extend(timeline, recall).join();

        assertThat(after(before, recall)).isEmpty();
        assertThat(after(oops, recall)).contains(List.of(next.value(), recall.value()));
    }

    @Test
    void extend_whileAnotherReadIsUnderWay_waitsUntilItsOwnIsThereToo() {
        SequenceId first = world.send(room, "ann", "one");
        CompletableFuture<Void> answering = new CompletableFuture<>();
        AtomicInteger reads = new AtomicInteger();
        TimelineStore slow = (TimelineStore) Proxy.newProxyInstance(
                TimelineStore.class.getClassLoader(), new Class<?>[] {TimelineStore.class}, (proxy, method, args) -> {
                    CompletableFuture<?> answer = (CompletableFuture<?>) method.invoke(world.store, args);
                    return reads.getAndIncrement() == 0 ? answering.thenCompose(now -> answer) : answer;
                });
        RecentMessages beside =
                new RecentMessages(slow, new MessageCodec(), Duration.ofSeconds(5), 1 << 22, () -> nanos);

        CompletableFuture<Void> one = beside.extend(timeline, first);
        SequenceId second = world.send(room, "ann", "two");
        CompletableFuture<Void> two = beside.extend(timeline, second);
        assertThat(beside.isComing(timeline, second)).isTrue();
        answering.complete(null);

        assertThat(one).isCompleted();
        assertThat(two).isCompleted();
        assertThat(beside.after(timeline, first, second).orElseThrow()).hasSize(1);
    }

    @Test
    void after_aMinute_nothingIsKept_andTheNextIsReadAlone() {
        SequenceId first = world.send(room, "ann", "one");
        recent.extend(timeline, first).join();
        nanos += Duration.ofSeconds(61).toNanos();
        assertThat(after(SequenceId.NONE, first)).isEmpty();
        recent.dropOld();

        SequenceId second = world.send(room, "ann", "two");
        recent.extend(timeline, second).join();

        assertThat(after(first, second)).contains(List.of(second.value()));
        assertThat(after(SequenceId.NONE, second)).isEmpty();
    }
}
