package io.tideline.sync.unread;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.UserId;
import io.tideline.core.record.MarkedHead;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.sync.Conversations;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.fanout.FanoutConfig;
import io.tideline.sync.fanout.FanoutWorker;
import io.tideline.sync.unread.ConversationsPage.Listed;
import io.tideline.sync.watch.ManualScheduler;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnreadServiceTest {
    private static final AppId APP = Conversations.APP;

    private final Conversations world = new Conversations();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final FanoutWorker worker = new FanoutWorker(
            world.store, world.store, FanoutConfig.named("w"), world::now, scheduler, new MetricRegistry());
    private final UnreadService unread =
            new UnreadService(new SyncPorts(world.store, world.store, world.store, world.store, world.store));

    private void fanOut(ConversationId... rooms) {
        for (ConversationId room : rooms) {
            worker.due(room.timeline(APP));
        }
        scheduler.runDue();
    }

    private UnreadSnapshot all(String user) {
        return unread.unread(APP, Conversations.user(user), Conversations.deadline())
                .join();
    }

    private long one(String user, ConversationId room) {
        return unread.unread(APP, Conversations.user(user), room, Conversations.deadline())
                .join()
                .orElseThrow()
                .unread();
    }

    private MarkOutcome markRead(String user, ConversationId room, long through) {
        return unread.markRead(
                        APP,
                        Conversations.user(user),
                        room,
                        SequenceId.of(through),
                        SequenceId.NONE,
                        Conversations.deadline())
                .join();
    }

    @Test
    void unread_countsMessagesOfOthersOnly() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        world.send(room, "ann", "one");
        world.send(room, "ann", "notice", Counting.SILENT);
        world.send(room, "bob", "own");
        world.send(room, "ann", "two");
        SequenceId recalled = world.send(room, "ann", "oops");
        world.recall(room, "ann", recalled, true);
        SequenceId hidden = world.send(room, "ann", "hidden");
        world.hide(room, "bob", hidden);
        world.sendPersonal(room, "ann", "bob", hidden, "for bob");

        // What came before his own message he has read by sending it.
        assertThat(one("bob", room)).isEqualTo(2);
        assertThat(one("ann", room)).isEqualTo(0);
        assertThat(all("bob").total()).isEqualTo(2);
    }

    @Test
    void markRead_isMonotoneAndBounded() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        world.send(room, "ann", "one");
        world.send(room, "ann", "two");

        assertThat(markRead("bob", room, 3)).isInstanceOf(MarkOutcome.Marked.class);
        assertThat(one("bob", room)).isEqualTo(1);
        assertThat(markRead("bob", room, 2)).isInstanceOf(MarkOutcome.Marked.class);
        assertThat(one("bob", room)).isEqualTo(1);
        assertThat(markRead("bob", room, 5)).isEqualTo(new MarkOutcome.BeyondHead(false, SequenceId.of(4)));
        assertThat(markRead("cid", room, 1)).isEqualTo(new MarkOutcome.NotInConversation());
    }

    @Test
    void mute_movesTheCountToTheMutedTotal() {
        ConversationId loud = world.create("loud", Diffusion.READ, false, "ann", "bob");
        ConversationId quiet = world.create("quiet", Diffusion.WRITE, false, "ann", "bob");
        fanOut(loud, quiet);
        world.send(loud, "ann", "one");
        world.send(quiet, "ann", "one");
        world.send(quiet, "ann", "two");

        MarkOutcome muted = unread.mute(APP, Conversations.user("bob"), quiet, true, Conversations.deadline())
                .join();

        assertThat(((MarkOutcome.Marked) muted).after().muted()).isTrue();
        assertThat(all("bob").total()).isEqualTo(1);
        assertThat(all("bob").mutedTotal()).isEqualTo(2);
    }

    @Test
    void markUnread_isClearedByReading() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        world.send(room, "ann", "one");
        markRead("bob", room, 3);

        MarkOutcome flagged = unread.markUnread(APP, Conversations.user("bob"), room, true, Conversations.deadline())
                .join();
        assertThat(((MarkOutcome.Marked) flagged).after().markedUnread()).isTrue();
        assertThat(((MarkOutcome.Marked) flagged).after().unread()).isZero();

        markRead("bob", room, 3);
        assertThat(all("bob").conversations().get(0).markedUnread()).isFalse();
    }

    @Test
    void markUnread_isNotClearedByAMarkThatComesLate() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        world.send(room, "ann", "one");
        world.send(room, "ann", "two");
        markRead("bob", room, 4);
        unread.markUnread(APP, Conversations.user("bob"), room, true, Conversations.deadline())
                .join();

        MarkOutcome late = markRead("bob", room, 3);

        assertThat(((MarkOutcome.Marked) late).after().markedUnread()).isTrue();
        assertThat(all("bob").conversations().get(0).markedUnread()).isTrue();
    }

    @Test
    void unread_afterLeaving_isNothing() {
        ConversationId room = world.create("room", Diffusion.WRITE, false, "ann", "bob");
        world.send(room, "ann", "one");
        world.leave(room, "bob");
        fanOut(room);

        assertThat(all("bob").total()).isZero();
        assertThat(all("bob").conversations().get(0).active()).isFalse();
    }

    @Test
    void receipts_smallGroup_namesReaders() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob", "cid", "dan");
        fanOut(room);
        SequenceId message = world.send(room, "ann", "one");
        markRead("cid", room, message.value());
        markRead("dan", room, message.value() - 1);
        world.send(room, "bob", "own sends count as read");

        assertThat(unread.receipts(APP, Conversations.user("ann"), room, message, Conversations.deadline())
                        .join())
                .isEqualTo(new ReceiptsOutcome.Receipts(
                        2, 3, Optional.of(java.util.List.of(Conversations.user("bob"), Conversations.user("cid")))));
        assertThat(unread.receipts(APP, Conversations.user("eve"), room, message, Conversations.deadline())
                        .join())
                .isEqualTo(new ReceiptsOutcome.NotVisible());
        assertThat(unread.receipts(APP, Conversations.user("ann"), room, SequenceId.of(99), Conversations.deadline())
                        .join())
                .isEqualTo(new ReceiptsOutcome.BeyondHead(SequenceId.of(4)));
    }

    private void erase(ConversationId room, SequenceId... seqs) {
        world.store
                .hot()
                .erase(room.timeline(APP), List.of(seqs), Conversations.deadline())
                .join();
    }

    private void assertRecountAgrees(String user) {
        assertThat(unread.recount(APP, Conversations.user(user), Conversations.deadline())
                        .join())
                .isNotEmpty()
                .allSatisfy(recount -> assertThat(recount.recounted()).isEqualTo(recount.computed()));
    }

    @Test
    void markRead_atAnErasedMessage_leavesWhatComesAfterIt() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        world.send(room, "ann", "one");
        SequenceId erased = world.send(room, "ann", "two");
        SequenceId alsoErased = world.send(room, "ann", "three");
        world.send(room, "ann", "notice", Counting.SILENT);
        world.send(room, "ann", "four");
        erase(room, erased, alsoErased);

        markRead("bob", room, erased.value());

        assertThat(one("bob", room)).isEqualTo(2);
        assertRecountAgrees("bob");
        markRead("bob", room, alsoErased.value());
        assertThat(one("bob", room)).isEqualTo(1);
        assertRecountAgrees("bob");
    }

    @Test
    void hide_ofANoticeBehindAnErasedMessage_takesNothingAway() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        SequenceId erased = world.send(room, "ann", "one");
        SequenceId notice = world.send(room, "ann", "notice", Counting.SILENT);
        world.send(room, "ann", "two");
        erase(room, erased);

        world.hide(room, "bob", notice);
        assertThat(one("bob", room)).isEqualTo(2);
        assertRecountAgrees("bob");
        world.hide(room, "bob", erased);
        assertThat(one("bob", room)).isEqualTo(1);
        assertRecountAgrees("bob");
    }

    @Test
    void markRead_atAnExpiredMessage_firstLeftANotice_leavesWhatComesAfterIt() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        SequenceId first = world.send(room, "ann", "one");
        SequenceId last = first;
        for (int i = 2; i <= 6; i++) {
            last = world.send(room, "ann", "more");
        }
        world.send(room, "ann", "notice", Counting.SILENT);
        world.send(room, "ann", "left");
        world.expire(room.timeline(APP), last);

        for (SequenceId mark : List.of(first, last)) {
            markRead("bob", room, mark.value());

            assertThat(one("bob", room)).as("read through " + mark).isEqualTo(1);
            assertRecountAgrees("bob");
        }
        assertThat(mark("bob", room).readThrough()).isEqualTo(last);
        assertThat(mark("bob", room).readCounted()).isEqualTo(6);
    }

    @Test
    void markRead_amongExpiredMessages_firstLeftErased_leavesWhatComesAfterIt() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        SequenceId read = world.send(room, "ann", "one");
        SequenceId last = world.send(room, "ann", "two");
        SequenceId erased = world.send(room, "ann", "three");
        world.send(room, "ann", "four");
        erase(room, erased);
        world.expire(room.timeline(APP), last);

        markRead("bob", room, read.value());

        assertThat(one("bob", room)).isEqualTo(2);
        assertRecountAgrees("bob");
    }

    private MarkedHead mark(String user, ConversationId room) {
        return world.store
                .markedHeads(user, List.of(HeadQuery.of(room.timeline(APP))), Conversations.deadline())
                .join()
                .getOrDefault(room.timeline(APP), MarkedHead.EMPTY);
    }

    @Test
    void markRead_atWhatExpiredUncounted_guessesByTheFirstLeft() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        SequenceId expired = world.send(room, "ann", "one");
        world.send(room, "ann", "two");
        world.send(room, "ann", "three");
        world.expire(room.timeline(APP), expired, Gap.UNKNOWN);
        assertThat(one("bob", room)).as("nobody knows better").isEqualTo(3);

        markRead("bob", room, expired.value());

        assertThat(one("bob", room)).isEqualTo(2);
        assertRecountAgrees("bob");
    }

    @Test
    void unread_expiredBehindTheMark_isWhatIsLeft() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob", "cy");
        ConversationId quiet = world.create("quiet", Diffusion.READ, false, "ann", "bob");
        fanOut(room, quiet);
        SequenceId read = world.send(room, "ann", "one");
        world.send(room, "ann", "two");
        SequenceId last = world.send(room, "ann", "three");
        SequenceId left = world.send(room, "ann", "four");
        world.send(room, "ann", "notice", Counting.SILENT);
        world.send(room, "ann", "five");
        SequenceId muted = world.send(quiet, "ann", "one");
        world.send(quiet, "ann", "two");
        markRead("bob", room, read.value());
        unread.mute(APP, Conversations.user("bob"), quiet, true, Conversations.deadline())
                .join();

        world.expire(room.timeline(APP), last);
        world.expire(quiet.timeline(APP), muted);

        // Bob has read before, Cy has only joined before.
        for (String user : List.of("bob", "cy")) {
            assertThat(one(user, room)).isEqualTo(2);
            assertThat(all(user).total()).isEqualTo(2);
            assertRecountAgrees(user);
        }
        assertThat(all("bob").mutedTotal()).isEqualTo(1);
        markRead("bob", room, left.value());
        assertThat(one("bob", room)).as("read behind it").isEqualTo(1);
        world.expire(room.timeline(APP), last.plus(3));
        assertThat(one("bob", room)).as("all has expired").isZero();
        assertRecountAgrees("bob");
    }

    @Test
    void unread_takenBackOrHiddenBehindWhatExpired_doesNotCount() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob", "cy");
        fanOut(room);
        SequenceId gone = world.send(room, "ann", "recalled and expired");
        SequenceId expired = world.send(room, "ann", "hidden and expired");
        SequenceId oops = world.send(room, "ann", "oops");
        world.send(room, "ann", "stays");
        world.recall(room, "ann", gone, true);
        world.hide(room, "cy", expired);
        world.expire(room.timeline(APP), expired);
        assertThat(one("bob", room)).isEqualTo(2);
        assertThat(one("cy", room)).isEqualTo(2);

        world.hide(room, "cy", oops);
        assertThat(one("cy", room)).isEqualTo(1);
        assertRecountAgrees("cy");
        world.recall(room, "ann", oops, true);

        assertThat(one("bob", room)).isEqualTo(1);
        assertThat(one("cy", room)).isEqualTo(1);
        assertRecountAgrees("bob");
        assertRecountAgrees("cy");
    }

    @Test
    void hide_ofANoticeBehindWhatExpired_takesNothingAway() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        SequenceId expired = world.send(room, "ann", "one");
        SequenceId notice = world.send(room, "ann", "notice", Counting.SILENT);
        world.send(room, "ann", "two");
        world.expire(room.timeline(APP), expired);

        world.hide(room, "bob", notice);

        assertThat(one("bob", room)).isEqualTo(1);
        assertRecountAgrees("bob");
    }

    @Test
    void unread_expiredInThePersonalTimeline_isWhatIsLeft() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        SequenceId follows = world.send(room, "ann", "one");
        world.sendPersonal(room, "ann", "bob", follows, "for bob");
        SequenceId expired = world.sendPersonal(room, "ann", "bob", follows, "again");
        world.sendPersonal(room, "ann", "bob", follows, "and again");

        world.expire(room.personalTimeline(APP, Conversations.user("bob")), expired);

        ConversationUnread found = unread.unread(APP, Conversations.user("bob"), room, Conversations.deadline())
                .join()
                .orElseThrow();
        assertThat(found.unread()).isEqualTo(2);
        assertThat(found.personal().unread()).isEqualTo(1);
        assertRecountAgrees("bob");
    }

    @Test
    void receipts_ofAnErasedMessage_areOfNothingThatCanBeSeen() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        SequenceId erased = world.send(room, "ann", "one");
        world.send(room, "ann", "two");
        erase(room, erased);

        assertThat(unread.receipts(APP, Conversations.user("ann"), room, erased, Conversations.deadline())
                        .join())
                .isEqualTo(new ReceiptsOutcome.NotVisible());
    }

    /** 500 members are named, 501 are counted. */
    @ParameterizedTest
    @ValueSource(ints = {500, 501})
    void receipts_largeGroup_areNamedUpToTheBorder(int size) {
        String[] members = IntStream.range(0, size).mapToObj(i -> "u" + i).toArray(String[]::new);
        ConversationId room = world.create("room", Diffusion.READ, false, members);
        SequenceId message = world.send(room, "u0", "one");
        markRead("u7", room, message.value());

        Optional<List<UserId>> names = size == 500 ? Optional.of(List.of(Conversations.user("u7"))) : Optional.empty();
        assertThat(unread.receipts(APP, Conversations.user("u0"), room, message, Conversations.deadline())
                        .join())
                .isEqualTo(new ReceiptsOutcome.Receipts(1, size - 1, names));
    }

    @Test
    void conversations_areListedMostRecentFirst() {
        ConversationId first = world.create("first", Diffusion.READ, false, "ann", "bob");
        ConversationId second = world.create("second", Diffusion.READ, false, "ann", "bob");
        ConversationId third = world.create("third", Diffusion.READ, false, "ann", "bob");
        fanOut(first, second, third);
        world.send(second, "ann", "hello");
        world.send(first, "ann", "newest");
        ConversationsQuery query =
                new ConversationsQuery(APP, Conversations.user("bob"), Optional.empty(), 2, true, true);

        ConversationsPage page =
                unread.conversations(query, Conversations.deadline()).join();
        ConversationsPage rest = unread.conversations(
                        new ConversationsQuery(APP, Conversations.user("bob"), page.next(), 2, true, true),
                        Conversations.deadline())
                .join();

        assertThat(page.conversations())
                .extracting(listed -> listed.conversation().conversation())
                .containsExactly(first, second);
        Listed newest = page.conversations().get(0);
        assertThat(newest.preview().orElseThrow().entry().payload().toUtf8()).isEqualTo("newest");
        assertThat(newest.unread().unread()).isEqualTo(1);
        assertThat(rest.conversations())
                .extracting(listed -> listed.conversation().conversation())
                .containsExactly(third);
        assertThat(rest.next()).isEmpty();
    }
}
