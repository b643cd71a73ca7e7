package io.tideline.store.history;

import static io.tideline.store.Messaging.APP;
import static io.tideline.store.Messaging.await;
import static io.tideline.store.Messaging.done;
import static io.tideline.store.Messaging.refusal;
import static io.tideline.store.Messaging.soon;
import static io.tideline.store.Messaging.user;
import static io.tideline.store.Messaging.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.MessageView;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import io.tideline.store.Messaging;
import io.tideline.store.Refusal;
import io.tideline.store.message.Sent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HistoryServiceTest {
    private final Messaging messaging = new Messaging();
    private final HistoryService history = new HistoryService(messaging.ports);

    /** A group with 40 messages; its first entries are events. */
    private final ConversationId room = messaging.groupOf("ann", "bob");

    private final List<Sent> sent = new ArrayList<>();

    HistoryServiceTest() {
        for (int i = 0; i < 40; i++) {
            messaging.clock.step(Duration.ofSeconds(i % 3));
            sent.add(messaging.send(room, i % 2 == 0 ? "ann" : "bob", "m" + i));
        }
    }

    private HistoryScope as(String name) {
        return new HistoryScope(APP, room, Optional.of(user(name)));
    }

    private HistoryScope everything() {
        return new HistoryScope(APP, room, Optional.empty());
    }

    private TimelineId timeline() {
        return room.timeline(APP);
    }

    private SequenceId seq(int message) {
        return sent.get(message).seq();
    }

    /** Half of it in the warm tier, a quarter in files, which are the warm tier read as such. */
    private void spreadOverTiers() {
        long last = seq(39).value();
        await(messaging.store.warm().copyFromHot(EntryRange.of(timeline(), 1, last), soon()));
        messaging.store.archive(messaging.store.warm());
        TierState state = await(messaging.store.state(timeline(), soon()));
        Watermarks marks = new Watermarks(SequenceId.NONE, SequenceId.of(last / 4), SequenceId.of(last / 2));
        assertThat(await(messaging.store.replace(timeline(), state, state.moved(marks), soon())))
                .isTrue();
        await(messaging.store.hot().release(timeline(), marks.hotReleased(), soon()));
    }

    private static List<SequenceId> seqs(List<MessageView> views) {
        return views.stream().map(view -> view.entry().seq()).toList();
    }

    @Test
    void messages_bySeqs_areReadInOrderWhateverTheyAreAskedIn() {
        spreadOverTiers();

        FoundMessages found = done(history.messages(as("bob"), List.of(seq(30), seq(1), seq(2)), soon()));

        assertThat(seqs(found.messages())).containsExactly(seq(1), seq(2), seq(30));
        assertThat(found.gaps()).isEmpty();
        assertThat(found.beyond()).isEmpty();
    }

    @Test
    void messages_beyondTheHead_areNamed() {
        FoundMessages found = done(history.messages(as("bob"), List.of(SequenceId.of(9999), seq(3)), soon()));

        assertThat(seqs(found.messages())).containsExactly(seq(3));
        assertThat(found.beyond()).containsExactly(SequenceId.of(9999));
    }

    @Test
    void messages_erased_areGaps() {
        await(messaging.store.hot().erase(timeline(), List.of(seq(5)), soon()));

        FoundMessages found = done(history.messages(everything(), List.of(seq(4), seq(5)), soon()));

        assertThat(seqs(found.messages())).containsExactly(seq(4));
        assertThat(found.gaps()).containsExactly(new Gap(seq(5), seq(5), Gap.Type.ERASED));
    }

    @Test
    void messages_tooMany_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> history.messages(as("bob"), List.of(), soon()));
    }

    @Test
    void messagesById_findsEach_andNamesTheUnknown() {
        spreadOverTiers();
        MessageId none = MessageId.of(77);

        FoundMessages found = done(history.messagesById(
                as("ann"), List.of(sent.get(33).messageId(), none, sent.get(0).messageId()), soon()));

        assertThat(seqs(found.messages())).containsExactly(seq(0), seq(33));
        assertThat(found.unknown()).containsExactly(none);
    }

    @Test
    void context_hasBothSidesAndTheMessage() {
        MessageContext context = done(history.context(as("ann"), seq(10), 3, 2, soon()));

        assertThat(seqs(context.before().messages())).containsExactly(seq(10), seq(9), seq(8), seq(7));
        assertThat(seqs(context.after().messages())).containsExactly(seq(11), seq(12));
    }

    @Test
    void context_beyondTheHead_isRefused() {
        assertThat(refusal(history.context(as("ann"), seq(39).next(), 3, 2, soon())))
                .isEqualTo(Refusal.SEQUENCE_BEYOND_HEAD);
        assertThat(refusal(history.context(everything(), SequenceId.of(9999), 3, 2, soon())))
                .isEqualTo(Refusal.SEQUENCE_BEYOND_HEAD);
    }

    @Test
    void seek_findsTheFirstAtOrAfter() {
        spreadOverTiers();

        for (int i = 0; i < 40; i++) {
            Instant time = sent.get(i).serverTime();
            Entry at = done(history.seek(as("ann"), time, soon())).orElseThrow();
            assertThat(at.serverTime()).isEqualTo(time);
            assertThat(at.seq()).isLessThanOrEqualTo(seq(i));
        }
        assertThat(done(history.seek(as("ann"), sent.get(39).serverTime().plusMillis(1), soon())))
                .isEmpty();
        assertThat(done(history.seek(everything(), Instant.EPOCH, soon()))
                        .orElseThrow()
                        .seq())
                .isEqualTo(SequenceId.FIRST);
    }

    @Test
    void seek_passesOverWhatIsErased() {
        List<SequenceId> erased = IntStream.range(5, 35).mapToObj(this::seq).toList();
        await(messaging.store.hot().erase(timeline(), erased, soon()));

        Entry at = done(history.seek(everything(), sent.get(5).serverTime(), soon()))
                .orElseThrow();

        assertThat(at.serverTime()).isAfterOrEqualTo(sent.get(5).serverTime());
        assertThat(at.seq()).isLessThanOrEqualTo(seq(35));
    }

    @Test
    void count_agreesWithReading() {
        spreadOverTiers();
        long last = seq(39).value();
        for (long from = 1; from <= last; from += 3) {
            for (long to = from; to <= last; to += 7) {
                MessageCount count = done(history.count(everything(), SequenceId.of(from), SequenceId.of(to), soon()));

                long begin = from;
                long end = to;
                long read = sent.stream()
                        .filter(one -> one.seq().value() >= begin && one.seq().value() <= end)
                        .count();
                assertThat(count.messages()).isEqualTo(read);
                assertThat(count.entries()).isEqualTo(to - from + 1);
                assertThat(count.exact()).isTrue();
            }
        }
    }

    @Test
    void count_endsAtErasedMessages_isExact() {
        List<SequenceId> erased = IntStream.range(5, 35).mapToObj(this::seq).toList();
        await(messaging.store.hot().erase(timeline(), erased, soon()));

        MessageCount count = done(history.count(everything(), seq(10), seq(19), soon()));

        assertThat(count.messages()).isEqualTo(10);
        assertThat(count.exact()).isTrue();
    }

    @Test
    void count_endsAmongExpiredMessages_isNotExact() {
        expireThrough(seq(19), 20);

        MessageCount among = done(history.count(everything(), seq(10), seq(29), soon()));
        assertThat(among.messages()).isEqualTo(30);
        assertThat(among.exact()).isFalse();
        MessageCount behind = done(history.count(everything(), seq(20), seq(29), soon()));
        assertThat(behind.messages()).isEqualTo(10);
        assertThat(behind.exact()).isTrue();
    }

    private void expireThrough(SequenceId through, long counted) {
        TierState before = await(messaging.store.state(timeline(), soon()));
        Watermarks expired = before.watermarks().withExpiredThrough(through, counted);
        assertThat(await(messaging.store.replace(timeline(), before, before.moved(expired), soon())))
                .isTrue();
        await(messaging.store.hot().release(timeline(), through, soon()));
    }

    @Test
    void count_beyondTheHead_endsAtTheHead() {
        MessageCount count = done(history.count(as("ann"), SequenceId.FIRST, SequenceId.of(9999), soon()));

        assertThat(count.last()).isEqualTo(seq(39));
        assertThat(count.messages()).isEqualTo(40);
        assertThat(done(history.count(as("ann"), SequenceId.of(9999), SequenceId.NONE, soon()))
                        .entries())
                .isZero();
    }

    @Test
    void count_reversed_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> history.count(as("ann"), SequenceId.of(5), SequenceId.of(4), soon()));
    }

    @Test
    void countBetween_takesTheFirstTimeAndNotTheLast() {
        Instant from = sent.get(10).serverTime();
        Instant before = sent.get(20).serverTime();
        long expected = sent.stream()
                .filter(one ->
                        !one.serverTime().isBefore(from) && one.serverTime().isBefore(before))
                .count();

        assertThat(done(history.countBetween(as("ann"), from, Optional.of(before), soon()))
                        .messages())
                .isEqualTo(expected);
    }

    @Test
    void formerMember_seesUpToHisLeaving() {
        done(messaging.conversations.removeMembers(APP, room, user("ann"), users("bob"), soon()));
        messaging.send(room, "ann", "after");
        long left = seq(39).value() + 1;

        assertThat(done(history.count(as("bob"), SequenceId.FIRST, SequenceId.NONE, soon()))
                        .last()
                        .value())
                .isEqualTo(left);
        assertThat(done(history.messages(as("bob"), List.of(SequenceId.of(left + 1)), soon()))
                        .beyond())
                .hasSize(1);
        assertThat(done(history.messages(everything(), List.of(SequenceId.of(left + 1)), soon()))
                        .messages())
                .hasSize(1);
    }

    @Test
    void newMember_doesNotSeeWhatWasBefore() {
        ConversationId closed = messaging
                .create(Messaging.group("ann", users("bob"), Messaging.settings(DiffusionPolicy.AUTO, false)))
                .conversation()
                .id();
        Sent before = messaging.send(closed, "ann", "secret");
        done(messaging.conversations.addMembers(APP, closed, user("ann"), users("cyd"), Optional.empty(), soon()));
        Sent after = messaging.send(closed, "ann", "public");
        HistoryScope scope = new HistoryScope(APP, closed, Optional.of(user("cyd")));

        FoundMessages found = done(history.messages(scope, List.of(before.seq(), after.seq()), soon()));

        assertThat(seqs(found.messages())).containsExactly(after.seq());
        assertThat(found.gaps().get(0).type()).isEqualTo(Gap.Type.NOT_VISIBLE);
        assertThat(done(history.messagesById(scope, List.of(before.messageId()), soon()))
                        .unknown())
                .hasSize(1);
        assertThat(done(history.seek(scope, Instant.EPOCH, soon()))
                        .orElseThrow()
                        .seq())
                .isGreaterThan(before.seq());
    }

    @Test
    void strangersAndUnknownConversations_areRefused() {
        HistoryScope nowhere = new HistoryScope(APP, new ConversationId("nowhere"), Optional.empty());
        UserId stranger = user("eve");

        assertThat(refusal(history.seek(nowhere, Instant.EPOCH, soon()))).isEqualTo(Refusal.CONVERSATION_NOT_FOUND);
        assertThat(refusal(history.count(
                        new HistoryScope(APP, room, Optional.of(stranger)), SequenceId.FIRST, SequenceId.NONE, soon())))
                .isEqualTo(Refusal.NOT_MEMBER);
    }

    @Test
    void page_withoutAViewer_isOfEverything() {
        ReadQuery query = new ReadQuery(
                timeline(), SequenceId.NONE, SequenceId.NONE, Direction.BACKWARD, 1000, 1 << 20, SequenceId.NONE);

        assertThat(done(history.page(everything(), query, soon())).messages()).hasSize((int) seq(39).value());
    }
}
