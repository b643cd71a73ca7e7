package io.tideline.store.message;

import static io.tideline.store.Messaging.APP;
import static io.tideline.store.Messaging.await;
import static io.tideline.store.Messaging.done;
import static io.tideline.store.Messaging.group;
import static io.tideline.store.Messaging.query;
import static io.tideline.store.Messaging.refusal;
import static io.tideline.store.Messaging.settings;
import static io.tideline.store.Messaging.soon;
import static io.tideline.store.Messaging.text;
import static io.tideline.store.Messaging.user;
import static io.tideline.store.Messaging.users;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserId;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.message.ConversationPage;
import io.tideline.core.message.MessageView;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.Messaging;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PersonalAndHistoryTest {
    private Messaging messaging = new Messaging();

    private CompletableFuture<Outcome<PersonalSent>> sending(
            ConversationId id, String from, List<UserId> to, long follows, OutgoingMessage message) {
        return messaging.messages.sendPersonal(
                new NewPersonalMessage(APP, id, user(from), false, to, message, SequenceId.of(follows)), soon());
    }

    private static List<String> texts(ConversationPage page) {
        return page.messages().stream()
                .filter(view -> view.event().isEmpty())
                .map(view -> view.entry().payload().toUtf8())
                .toList();
    }

    private static List<Long> seqs(ConversationPage page) {
        return page.messages().stream()
                .filter(view -> view.follows().isEmpty())
                .map(view -> view.entry().seq().value())
                .toList();
    }

    private ConversationPage read(ConversationId id, String user, long from, long to, Direction way, int limit) {
        return done(messaging.history.read(query(id, user, from, to, way, limit), soon()));
    }

    @Test
    void sendPersonal_toSome_onlyTheySeeItInItsPlace() {
        ConversationId id = messaging.groupOf("ann", "bob", "cy");
        messaging.send(id, "ann", "m1");
        PersonalSent sent = done(sending(id, "ann", users("bob"), 0, text("p1", "for bob")));
        messaging.send(id, "ann", "m2");
        done(sending(id, "ann", users("bob", "bob"), 4, text("p2", "late for bob")));

        assertThat(sent.follows().value()).isEqualTo(4);
        assertThat(texts(messaging.read(id, "bob"))).containsExactly("text m1", "for bob", "late for bob", "text m2");
        assertThat(texts(messaging.read(id, "cy"))).containsExactly("text m1", "text m2");
        assertThat(texts(read(id, "bob", 0, 0, Direction.BACKWARD, 2)))
                .containsExactly("text m2", "late for bob", "for bob", "text m1");
        assertThat(texts(read(id, "bob", 5, 0, Direction.FORWARD, 10))).containsExactly("text m2");
        assertThat(messaging.entries(user("bob").inbox(APP))).hasSize(2);
        assertThat(messaging.records(user("bob").inbox(APP), RecordKind.USER_PERSONAL))
                .isEqualTo(1);
        TimelineId personal = id.personalTimeline(APP, user("bob"));
        assertThat(await(messaging.store.heads(List.of(HeadQuery.of(personal)), soon()))
                        .get(personal)
                        .counted())
                .isEqualTo(2);
    }

    private List<MessageView> allPages(ConversationId id, Direction way, int limit, int maxBytes, int mostPersonal) {
        List<MessageView> all = new ArrayList<>();
        HistoryQuery query =
                new HistoryQuery(APP, id, user("bob"), none(), none(), way, limit, maxBytes, none(), Optional.empty());
        for (int pages = 0; pages < 3_000; pages++) {
            ConversationPage page = done(messaging.history.read(query, soon()));
            all.addAll(page.messages());
            assertThat(page.messages().stream()
                            .mapToInt(view -> view.entry().payload().size())
                            .sum())
                    .isLessThanOrEqualTo(maxBytes);
            assertThat(page.messages().stream()
                            .filter(view -> view.follows().isPresent())
                            .count())
                    .isLessThanOrEqualTo(mostPersonal);
            if (page.stop() != StopReason.PAGE_FULL) {
                return all;
            }
            query = new HistoryQuery(
                    APP, id, user("bob"), page.next(), none(), way, limit, maxBytes, page.last(), page.nextPersonal());
        }
        throw new AssertionError("the pages have no end");
    }

    private static SequenceId none() {
        return SequenceId.NONE;
    }

    @ParameterizedTest
    @CsvSource({"FORWARD, 1, 260", "BACKWARD, 1, 260", "FORWARD, 3, 700", "BACKWARD, 3, 700", "BACKWARD, 100, 100000"})
    void read_muchFollowsOneEntry_comesInPagesEachOnce(Direction way, int limit, int maxBytes) {
        ConversationId id = messaging.groupOf("ann", "bob");
        List<String> said = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Sent sent = messaging.send(id, "ann", "m" + i);
            said.add("text m" + i);
            for (int j = 0; j < 7 * i; j++) {
                String word = "p" + i + "." + j;
                long follows = sent.seq().value();
                done(sending(id, "ann", users("bob"), follows, text(word, word + "x".repeat(100))));
                said.add(word + "x".repeat(100));
            }
        }
        if (way == Direction.BACKWARD) {
            Collections.reverse(said);
        }

        List<MessageView> all = allPages(id, way, limit, maxBytes, 1_000);

        assertThat(all.stream()
                        .filter(view -> view.event().isEmpty())
                        .map(view -> view.entry().payload().toUtf8()))
                .isEqualTo(said);
        assertThat(all).doesNotHaveDuplicates();
    }

    @Test
    void read_moreFollowsTheHeadThanAPageHolds_comesInSeveral() {
        ConversationId id = messaging.groupOf("ann", "bob");
        for (int i = 0; i < 1_100; i++) {
            done(sending(id, "ann", users("bob"), 0, text("p" + i, "p" + i)));
        }

        for (Direction way : Direction.values()) {
            assertThat(allPages(id, way, 1, 1 << 20, 1_000).stream()
                            .filter(view -> view.follows().isPresent())
                            .map(view -> view.entry().seq()))
                    .hasSize(1_100)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void sendPersonal_again_doublesNothingThoughTheHeadMoved() {
        ConversationId id = messaging.groupOf("ann", "bob", "cy");
        PersonalSent first = done(sending(id, "ann", users("bob", "cy"), 0, text("p1", "hello")));
        messaging.send(id, "ann", "m1");

        PersonalSent again = done(sending(id, "ann", users("bob", "cy"), 0, text("p1", "hello")));

        assertThat(again).isEqualTo(new PersonalSent(first.messageId(), first.follows(), true));
        assertThat(messaging.entries(id.personalTimeline(APP, user("cy")))).hasSize(1);
        assertThat(messaging.entries(user("cy").inbox(APP))).hasSize(1);
        assertThat(refusal(sending(id, "ann", users("bob"), 0, text("p1", "other"))))
                .isEqualTo(Refusal.CLIENT_MESSAGE_CONFLICT);
    }

    @Test
    void sendPersonal_brokenOffAndRepeated_reachesAllOnceUnderOneId() {
        AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        messaging = new Messaging(store -> new LimitedPersonalAppends(store, left));
        ConversationId id =
                messaging.create(group("ann", users(30))).conversation().id();
        left.set(11);
        assertThat(sending(id, "ann", users(30), 0, text("p1", "hello"))).isCompletedExceptionally();
        messaging.send(id, "ann", "m1");
        left.set(Integer.MAX_VALUE);

        PersonalSent sent = done(sending(id, "ann", users(30), 0, text("p1", "hello")));

        assertThat(sent.repeated()).isFalse();
        for (UserId user : users(30)) {
            assertThat(messaging.entries(id.personalTimeline(APP, user)))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.messageId()).isIn(sent.messageId()));
            assertThat(messaging.entries(user.inbox(APP))).hasSize(1);
        }
    }

    @Test
    void sendPersonal_repeatedAfterSomeHaveLeft_reachesTheRest() {
        AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        messaging = new Messaging(store -> new LimitedPersonalAppends(store, left));
        ConversationId id =
                messaging.create(group("ann", users(30))).conversation().id();
        left.set(11);
        assertThat(sending(id, "ann", users(30), 0, text("p1", "hello"))).isCompletedExceptionally();
        left.set(Integer.MAX_VALUE);
        messaging.send(id, "ann", "m1");
        done(messaging.conversations.removeMembers(APP, id, user("ann"), users("u0", "u29"), soon()));

        PersonalSent sent = done(sending(id, "ann", users(30), 0, text("p1", "hello")));
        PersonalSent again = done(sending(id, "ann", users(30), 0, text("p1", "hello")));

        assertThat(again).isEqualTo(new PersonalSent(sent.messageId(), sent.follows(), true));
        assertThat(messaging.entries(id.personalTimeline(APP, user("u29")))).isEmpty();
        for (UserId user : users(29)) {
            assertThat(messaging.entries(id.personalTimeline(APP, user)))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.messageId()).isEqualTo(sent.messageId()));
        }
        assertThat(refusal(sending(id, "ann", users(30), 0, text("p2", "new"))))
                .isEqualTo(Refusal.RECIPIENT_NOT_MEMBER);
        assertThat(refusal(sending(id, "ann", users(30), 0, text("p1", "other"))))
                .isEqualTo(Refusal.RECIPIENT_NOT_MEMBER);
    }

    @Test
    void sendPersonal_repeatedAfterTheSenderLeft_writesNothingMore() {
        AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        messaging = new Messaging(store -> new LimitedPersonalAppends(store, left));
        ConversationId id =
                messaging.create(group("ann", users(30))).conversation().id();
        PersonalSent whole = done(sending(id, "ann", users(30), 0, text("p1", "hello")));
        left.set(11);
        assertThat(sending(id, "ann", users(30), 0, text("p2", "hello"))).isCompletedExceptionally();
        left.set(Integer.MAX_VALUE);
        done(messaging.conversations.changeRole(APP, id, user("ann"), user("u1"), Role.OWNER, soon()));
        done(messaging.conversations.removeMembers(APP, id, user("ann"), users("ann"), soon()));

        assertThat(done(sending(id, "ann", users(30), 0, text("p1", "hello"))))
                .isEqualTo(new PersonalSent(whole.messageId(), whole.follows(), true));
        assertThat(refusal(sending(id, "ann", users(30), 0, text("p2", "hello"))))
                .isEqualTo(Refusal.NOT_MEMBER);
        assertThat(users(30).stream()
                        .filter(user -> messaging
                                        .entries(id.personalTimeline(APP, user))
                                        .size()
                                == 2))
                .hasSize(11);
    }

    @Test
    void sendPersonal_recipientIsRemovedBetweenTheParts_getsNothing() {
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
        messaging = new Messaging(store -> new Interrupted(store, meanwhile));
        ConversationId id =
                messaging.create(group("ann", users(1_200))).conversation().id();
        meanwhile.set(() -> done(messaging.conversations.removeMembers(APP, id, user("ann"), users("u1100"), soon())));

        done(sending(id, "ann", users(1_200), 0, text("p1", "hello")));

        assertThat(messaging.entries(id.personalTimeline(APP, user("u1100")))).isEmpty();
        assertThat(messaging.entries(id.personalTimeline(APP, user("u1199")))).hasSize(1);
    }

    @Test
    void sendPersonal_senderIsRemovedBetweenTheParts_writesNothingMore() {
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
        messaging = new Messaging(store -> new Interrupted(store, meanwhile));
        ConversationId id =
                messaging.create(group("ann", users(1_200))).conversation().id();
        done(messaging.conversations.changeRole(APP, id, user("ann"), user("u1"), Role.MODERATOR, soon()));
        meanwhile.set(() -> done(messaging.conversations.removeMembers(APP, id, user("ann"), users("u1"), soon())));

        assertThat(refusal(sending(id, "u1", users(1_200), 0, text("p1", "hello"))))
                .isEqualTo(Refusal.NOT_MEMBER);

        assertThat(messaging.entries(id.personalTimeline(APP, user("u2")))).hasSize(1);
        assertThat(messaging.entries(id.personalTimeline(APP, user("u1199")))).isEmpty();
    }

    /** Something happens once, at the second append to a personal timeline. */
    private record Interrupted(TimelineStore store, AtomicInteger personal, AtomicReference<Runnable> meanwhile)
            implements TimelineStore {
        Interrupted(TimelineStore store, AtomicReference<Runnable> meanwhile) {
            this(store, new AtomicInteger(), meanwhile);
        }

        @Override
        public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
            if (append.timeline().family() == TimelineFamily.PERSONAL && personal.incrementAndGet() == 2) {
                meanwhile.get().run();
            }
            return store.append(append, deadline);
        }

        @Override
        public CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline) {
            return store.read(query, deadline);
        }

        @Override
        public CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline) {
            return store.heads(queries, deadline);
        }
    }

    private record LimitedPersonalAppends(TimelineStore store, AtomicInteger left) implements TimelineStore {
        @Override
        public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
            boolean counts = append.timeline().family() == TimelineFamily.PERSONAL;
            return counts && left.getAndDecrement() <= 0
                    ? CompletableFuture.failedFuture(new StorageUnavailableException("down", Map.of(), null))
                    : store.append(append, deadline);
        }

        @Override
        public CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline) {
            return store.read(query, deadline);
        }

        @Override
        public CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline) {
            return store.heads(queries, deadline);
        }
    }

    @Test
    void sendPersonal_whoMayNotOrToWhom_isRefused() {
        ConversationId id = messaging.groupOf("ann", "bob");
        OutgoingMessage hello = text("p1", "hello");

        assertThat(refusal(sending(id, "ann", List.of(), 0, hello))).isEqualTo(Refusal.NO_RECIPIENTS);
        assertThat(refusal(sending(id, "ann", users(100_001), 0, hello))).isEqualTo(Refusal.TOO_MANY_RECIPIENTS);
        assertThat(refusal(sending(id, "ann", users("bob", "eve"), 0, hello))).isEqualTo(Refusal.RECIPIENT_NOT_MEMBER);
        assertThat(refusal(sending(id, "bob", users("ann"), 0, hello))).isEqualTo(Refusal.ROLE_TOO_LOW);
        assertThat(refusal(sending(id, "eve", users("ann"), 0, hello))).isEqualTo(Refusal.NOT_MEMBER);
        assertThat(refusal(sending(id, "ann", users("bob"), 9, hello))).isEqualTo(Refusal.SEQUENCE_BEYOND_HEAD);
        assertThat(messaging.entries(id.personalTimeline(APP, user("bob")))).isEmpty();
        PersonalSent byService = done(messaging.messages.sendPersonal(
                new NewPersonalMessage(APP, id, user("bot"), true, users("bob"), hello, SequenceId.NONE), soon()));
        assertThat(byService.repeated()).isFalse();
        done(messaging.conversations.dissolve(APP, id, user("ann"), soon()));
        assertThat(refusal(sending(id, "ann", users("bob"), 0, hello))).isEqualTo(Refusal.DISSOLVED);
    }

    @Test
    void sendPersonal_toThousands_reachesEach() {
        ConversationId id =
                messaging.create(group("ann", users(2000))).conversation().id();

        done(sending(id, "ann", users(2000), 0, text("p1", "hello")));

        assertThat(texts(messaging.read(id, "u1999"))).containsExactly("hello");
        assertThat(texts(messaging.read(id, "u0"))).containsExactly("hello");
    }

    @Test
    void read_pages_coverEverySeqOnceInBothDirections() {
        ConversationId id = messaging.groupOf("ann", "bob");
        for (int i = 0; i < 20; i++) {
            messaging.send(id, "ann", "m" + i);
        }

        ConversationPage first = read(id, "bob", 0, 0, Direction.FORWARD, 10);
        ConversationPage second = read(id, "bob", first.next().value(), 0, Direction.FORWARD, 100);
        ConversationPage back = read(id, "bob", 0, 20, Direction.BACKWARD, 100);

        assertThat(seqs(first)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(first.stop()).isEqualTo(StopReason.PAGE_FULL);
        assertThat(seqs(second)).hasSize(13).startsWith(11L).endsWith(23L);
        assertThat(second.stop()).isEqualTo(StopReason.HEAD);
        assertThat(seqs(back)).containsExactly(23L, 22L, 21L, 20L);
        assertThat(back.stop()).isEqualTo(StopReason.RANGE_END);
        assertThat(read(id, "bob", 99, 0, Direction.FORWARD, 10).stop()).isEqualTo(StopReason.BEYOND_HEAD);
    }

    @Test
    void read_ofLateMember_isCutWithGap() {
        ConversationId id = messaging
                .create(group("ann", users("bob"), settings(DiffusionPolicy.AUTO, false)))
                .conversation()
                .id();
        messaging.send(id, "ann", "before");
        done(messaging.conversations.addMembers(APP, id, user("ann"), users("late"), Optional.empty(), soon()));
        messaging.send(id, "ann", "after");
        Gap early = new Gap(SequenceId.of(1), SequenceId.of(4), Gap.Type.NOT_VISIBLE);

        assertThat(seqs(messaging.read(id, "late"))).containsExactly(5L, 6L);
        ConversationPage forward = read(id, "late", 1, 0, Direction.FORWARD, 10);
        assertThat(forward.gaps()).containsExactly(early);
        assertThat(seqs(forward)).containsExactly(5L, 6L);
        ConversationPage backward = read(id, "late", 0, 0, Direction.BACKWARD, 10);
        assertThat(seqs(backward)).containsExactly(6L, 5L);
        assertThat(backward.gaps()).containsExactly(early);
        assertThat(backward.stop()).isEqualTo(StopReason.START);
        assertThat(backward.next()).isEqualTo(SequenceId.NONE);
        ConversationPage allBefore = read(id, "late", 2, 3, Direction.FORWARD, 10);
        assertThat(allBefore.gaps()).containsExactly(new Gap(SequenceId.of(2), SequenceId.of(3), Gap.Type.NOT_VISIBLE));
        assertThat(allBefore.stop()).isEqualTo(StopReason.RANGE_END);
        assertThat(allBefore.next().value()).isEqualTo(4);
        ConversationPage backBefore = read(id, "late", 3, 2, Direction.BACKWARD, 10);
        assertThat(backBefore.gaps()).isEqualTo(allBefore.gaps());
        assertThat(backBefore.next().value()).isEqualTo(1);
    }

    @Test
    void read_afterLeaving_endsThere() {
        ConversationId id = messaging.groupOf("ann", "bob");
        MessageAt seen = messaging.sendAt(id, "ann", "m1");
        done(messaging.conversations.removeMembers(APP, id, user("bob"), users("bob"), soon()));
        messaging.send(id, "ann", "m2");
        done(messaging.messages.edit(seen, user("ann"), text("e1", "edited"), soon()));

        ConversationPage page = messaging.read(id, "bob");

        assertThat(seqs(page)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(page.stop()).isEqualTo(StopReason.HEAD);
        assertThat(page.last().value()).isEqualTo(5);
        assertThat(texts(page)).containsExactly("text m1");
        assertThat(seqs(read(id, "bob", 0, 0, Direction.BACKWARD, 2))).containsExactly(5L, 4L);
        assertThat(read(id, "bob", 6, 0, Direction.FORWARD, 10).stop()).isEqualTo(StopReason.HEAD);
        assertThat(read(id, "bob", 7, 0, Direction.FORWARD, 10).stop()).isEqualTo(StopReason.BEYOND_HEAD);
        done(messaging.messages.deleteForAll(seen, user("ann"), soon()));
        MessageView gone = messaging.view(seen, "bob");
        assertThat(gone.entry().payload()).isEqualTo(Payload.EMPTY);
    }

    @Test
    void read_editOfInvisibleMessage_showsNoContent() {
        ConversationId id = messaging
                .create(group("ann", users("bob"), settings(DiffusionPolicy.AUTO, false)))
                .conversation()
                .id();
        MessageAt early = messaging.sendAt(id, "ann", "m1");
        done(messaging.conversations.addMembers(APP, id, user("ann"), users("late"), Optional.empty(), soon()));
        done(messaging.messages.edit(early, user("ann"), text("e1", "secret"), soon()));

        ConversationPage page = messaging.read(id, "late");

        assertThat(page.messages()).hasSize(2);
        assertThat(page.messages().get(1).entry().payload()).isEqualTo(Payload.EMPTY);
        assertThat(messaging.read(id, "bob").messages().get(3).entry().payload())
                .isNotEqualTo(Payload.EMPTY);
    }

    @Test
    void read_strangerOrNowhere_isRefused() {
        ConversationId id = messaging.groupOf("ann", "bob");
        HistoryQuery stranger = query(id, "eve", 0, 0, Direction.FORWARD, 10);
        HistoryQuery nowhere = query(new ConversationId("none"), "ann", 0, 0, Direction.FORWARD, 10);

        assertThat(refusal(messaging.history.read(stranger, soon()))).isEqualTo(Refusal.NOT_MEMBER);
        assertThat(refusal(messaging.history.read(nowhere, soon()))).isEqualTo(Refusal.CONVERSATION_NOT_FOUND);
    }
}
