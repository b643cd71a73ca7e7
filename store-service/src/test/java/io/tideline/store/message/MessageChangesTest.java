package io.tideline.store.message;

import static io.tideline.store.Messaging.APP;
import static io.tideline.store.Messaging.await;
import static io.tideline.store.Messaging.done;
import static io.tideline.store.Messaging.group;
import static io.tideline.store.Messaging.refusal;
import static io.tideline.store.Messaging.settings;
import static io.tideline.store.Messaging.soon;
import static io.tideline.store.Messaging.text;
import static io.tideline.store.Messaging.user;
import static io.tideline.store.Messaging.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.conversation.Role;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.MessageChange;
import io.tideline.core.message.MessageView;
import io.tideline.core.message.Reaction;
import io.tideline.core.message.ReactionCount;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import io.tideline.store.Messaging;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MessageChangesTest {
    private final Messaging messaging = new Messaging();
    private final MessageService service = messaging.messages;
    private ConversationId id = new ConversationId("none");
    private MessageAt bobs = new MessageAt(APP, id, SequenceId.FIRST);

    @BeforeEach
    void send() {
        id = messaging.groupOf("ann", "bob", "cy", "mo");
        done(messaging.conversations.changeRole(APP, id, user("ann"), user("mo"), Role.MODERATOR, soon()));
        bobs = messaging.sendAt(id, "bob", "m1");
    }

    private CompletableFuture<Outcome<ChangedMessage>> recall(String by) {
        return service.recall(bobs, user(by), soon());
    }

    private CompletableFuture<Outcome<ChangedMessage>> delete(String by) {
        return service.deleteForAll(bobs, user(by), soon());
    }

    private CompletableFuture<Outcome<ChangedMessage>> edit(String by, String clientId, String text) {
        return service.edit(bobs, user(by), text(clientId, text), soon());
    }

    private CompletableFuture<Outcome<ChangedMessage>> react(String by, String reaction, boolean add) {
        return service.react(bobs, user(by), reaction, add, soon());
    }

    private Head head() {
        TimelineId timeline = id.timeline(APP);
        Head head = await(messaging.store.heads(List.of(HeadQuery.of(timeline)), soon()))
                .get(timeline);
        return head == null ? Head.EMPTY : head;
    }

    private void rules(MessageRules rules) {
        messaging.messageRules = rules;
    }

    @Test
    void recall_ownWithinWindow_showsNothingAndIsNotCounted() {
        ChangedMessage changed = done(recall("bob"));

        MessageView view = messaging.view(bobs, "cy");
        assertThat(view.entry().payload()).isEqualTo(Payload.EMPTY);
        assertThat(view.change()).containsInstanceOf(MessageChange.Recalled.class);
        assertThat(view.change().map(MessageChange::at)).contains(changed.at());
        assertThat(messaging.events(id)).endsWith(new ConversationEvent.Recalled(bobs.seq()));
        assertThat(head().lastDiscounted()).isEqualTo(bobs.seq());
        assertThat(messaging.records(id.timeline(APP), RecordKind.DISCOUNT)).isEqualTo(1);
    }

    @Test
    void recall_twice_isAnsweredAsDone() {
        ChangedMessage first = done(recall("bob"));
        messaging.clock.step(Duration.ofMinutes(10));

        ChangedMessage again = done(recall("bob"));
        ChangedMessage byModerator = done(recall("mo"));

        assertThat(first.unchanged()).isFalse();
        assertThat(again).isEqualTo(new ChangedMessage(first.at(), true));
        assertThat(byModerator).isEqualTo(again);
        assertThat(messaging.records(id.timeline(APP), RecordKind.DISCOUNT)).isEqualTo(1);
    }

    @Test
    void recall_pastWindow_onlyByModerators() {
        messaging.clock.step(Duration.ofMinutes(2).plusMillis(1));

        assertThat(refusal(recall("bob"))).isEqualTo(Refusal.WINDOW_PASSED);
        assertThat(refusal(recall("cy"))).isEqualTo(Refusal.NOT_OWN_MESSAGE);
        assertThat(refusal(recall("eve"))).isEqualTo(Refusal.NOT_MEMBER);
        assertThat(done(recall("mo")).unchanged()).isFalse();
    }

    @Test
    void recall_atTheEndOfTheWindow_isAllowed() {
        messaging.clock.step(Duration.ofMinutes(2));

        assertThat(done(recall("bob")).unchanged()).isFalse();
    }

    @Test
    void recall_afterRemoval_isRefused() {
        done(messaging.conversations.removeMembers(APP, id, user("ann"), users("bob"), soon()));

        assertThat(refusal(recall("bob"))).isEqualTo(Refusal.NOT_MEMBER);
    }

    @Test
    void recall_noMessageThere_isNotFound() {
        MessageAt event = new MessageAt(APP, id, SequenceId.FIRST);
        MessageAt beyond = new MessageAt(APP, id, SequenceId.of(99));
        MessageAt elsewhere = new MessageAt(APP, new ConversationId("none"), SequenceId.of(9));

        assertThat(refusal(service.recall(event, user("ann"), soon()))).isEqualTo(Refusal.MESSAGE_NOT_FOUND);
        assertThat(refusal(service.recall(beyond, user("ann"), soon()))).isEqualTo(Refusal.MESSAGE_NOT_FOUND);
        assertThat(refusal(service.recall(elsewhere, user("ann"), soon()))).isEqualTo(Refusal.CONVERSATION_NOT_FOUND);
    }

    @Test
    void change_ofInvisibleMessage_isNotFound() {
        ConversationId hidden = messaging
                .create(group("ann", users("bob"), settings(DiffusionPolicy.AUTO, false)))
                .conversation()
                .id();
        MessageAt early = messaging.sendAt(hidden, "ann", "m1");
        done(messaging.conversations.addMembers(
                APP, hidden, user("ann"), users("late"), Optional.of(Role.MODERATOR), soon()));

        assertThat(refusal(service.react(early, user("late"), "+1", true, soon())))
                .isEqualTo(Refusal.MESSAGE_NOT_FOUND);
        assertThat(refusal(service.recall(early, user("late"), soon()))).isEqualTo(Refusal.MESSAGE_NOT_FOUND);
    }

    @Test
    void recall_ofNotice_discountsNothing() {
        OutgoingMessage notice =
                new OutgoingMessage(new ClientMessageId("n"), new MessageKind("notice"), Payload.utf8("x"), true);
        Sent sent = done(service.send(APP, id, user("bob"), notice, soon()));

        done(service.recall(new MessageAt(APP, id, sent.seq()), user("bob"), soon()));

        assertThat(messaging.records(id.timeline(APP), RecordKind.DISCOUNT)).isZero();
        assertThat(head().lastDiscounted()).isEqualTo(SequenceId.NONE);
    }

    @Test
    void recall_ofNoticeBehindAnErasedMessage_discountsNothing() {
        OutgoingMessage notice =
                new OutgoingMessage(new ClientMessageId("n"), new MessageKind("notice"), Payload.utf8("x"), true);
        Sent sent = done(service.send(APP, id, user("bob"), notice, soon()));
        await(messaging.store.hot().erase(id.timeline(APP), List.of(bobs.seq()), soon()));
        assertThat(messaging.view(new MessageAt(APP, id, sent.seq()), "cy").notice())
                .isTrue();

        done(service.recall(new MessageAt(APP, id, sent.seq()), user("bob"), soon()));

        assertThat(messaging.records(id.timeline(APP), RecordKind.DISCOUNT)).isZero();
    }

    @Test
    void recall_ofNoticeBehindAnExpiredMessage_discountsNothing() {
        OutgoingMessage notice =
                new OutgoingMessage(new ClientMessageId("n"), new MessageKind("notice"), Payload.utf8("x"), true);
        Sent sent = done(service.send(APP, id, user("bob"), notice, soon()));
        TimelineId timeline = id.timeline(APP);
        TierState state = await(messaging.store.state(timeline, soon()));
        Watermarks expired = state.watermarks().withExpiredThrough(bobs.seq(), head().counted());
        await(messaging.store.replace(timeline, state, state.moved(expired), soon()));
        assertThat(messaging.view(new MessageAt(APP, id, sent.seq()), "cy").notice())
                .isTrue();

        done(service.recall(new MessageAt(APP, id, sent.seq()), user("bob"), soon()));

        assertThat(messaging.records(timeline, RecordKind.DISCOUNT)).isZero();
    }

    @Test
    void edit_own_showsNewContent() {
        ChangedMessage changed = done(edit("bob", "e1", "better"));

        MessageView view = messaging.view(bobs, "cy");
        assertThat(view.entry().payload()).isEqualTo(Payload.utf8("better"));
        assertThat(view.change().map(MessageChange::at)).contains(changed.at());
        assertThat(done(edit("bob", "e1", "better"))).isEqualTo(new ChangedMessage(changed.at(), true));
        assertThat(refusal(edit("bob", "e1", "other"))).isEqualTo(Refusal.CLIENT_MESSAGE_CONFLICT);
        done(edit("bob", "e2", "best"));
        assertThat(messaging.view(bobs, "cy").entry().payload()).isEqualTo(Payload.utf8("best"));
        assertThat(messaging.records(id.timeline(APP), RecordKind.DISCOUNT)).isZero();
    }

    @Test
    void edit_whoMayNot_isRefused() {
        assertThat(refusal(edit("mo", "e1", "x"))).isEqualTo(Refusal.NOT_OWN_MESSAGE);
        messaging.clock.step(Duration.ofMinutes(16));
        assertThat(refusal(edit("bob", "e1", "x"))).isEqualTo(Refusal.WINDOW_PASSED);
        done(recall("mo"));
        assertThat(refusal(edit("bob", "e1", "x"))).isEqualTo(Refusal.MESSAGE_GONE);
        String huge = "x".repeat(Payload.MAX_BYTES);
        assertThatIllegalArgumentException().isThrownBy(() -> edit("bob", "e1", huge));
    }

    @Test
    void edit_ofOneDegradedToFollower_isRefused() {
        done(messaging.conversations.changeRole(APP, id, user("ann"), user("bob"), Role.FOLLOWER, soon()));

        assertThat(refusal(edit("bob", "e1", "x"))).isEqualTo(Refusal.ROLE_TOO_LOW);
        assertThat(done(recall("bob")).unchanged()).isFalse();
    }

    @Test
    void recall_afterEdit_hidesTheEditsContentToo() {
        ChangedMessage edited = done(edit("bob", "e1", "secret"));
        done(recall("bob"));

        MessageView event = messaging.read(id, "cy").messages().stream()
                .filter(view -> view.entry().seq().equals(edited.at()))
                .findFirst()
                .orElseThrow();
        assertThat(event.entry().payload()).isEqualTo(Payload.EMPTY);
        assertThat(event.event())
                .contains(new ConversationEvent.Edited(bobs.seq(), new MessageKind("text"), Payload.EMPTY));
        assertThat(messaging.view(bobs, "cy").change()).containsInstanceOf(MessageChange.Recalled.class);
    }

    private static MessageRules windows(Duration recall, Duration edit) {
        return new MessageRules(recall, Role.MODERATOR, edit, true, Role.MODERATOR, 10, 2, Role.MODERATOR);
    }

    private static MessageRules roles(Role recallsAny, Role deletesAny, Role sendsPersonal) {
        return new MessageRules(
                Duration.ofMinutes(2), recallsAny, Duration.ofMinutes(15), true, deletesAny, 10, 2, sendsPersonal);
    }

    @Test
    void windows_areTheApps() {
        rules(windows(Duration.ofMinutes(1), Duration.ofMinutes(3)));
        messaging.clock.step(Duration.ofMinutes(1).plusMillis(1));
        assertThat(refusal(recall("bob"))).isEqualTo(Refusal.WINDOW_PASSED);
        messaging.clock.step(Duration.ofMinutes(2).minusMillis(1));
        done(edit("bob", "e1", "in time"));
        messaging.clock.step(Duration.ofMillis(1));
        assertThat(refusal(edit("bob", "e2", "late"))).isEqualTo(Refusal.WINDOW_PASSED);

        rules(windows(Duration.ofHours(2), Duration.ofHours(1)));
        messaging.clock.step(Duration.ofMinutes(57).minusMillis(1));
        done(edit("bob", "e3", "in time"));
        messaging.clock.step(Duration.ofMillis(1));
        assertThat(refusal(edit("bob", "e4", "late"))).isEqualTo(Refusal.WINDOW_PASSED);
        done(recall("bob"));
    }

    @Test
    void recallAndDelete_ofAnother_takeTheRoleThatTheAppSays() {
        rules(roles(Role.OWNER, Role.MEMBER, Role.MODERATOR));
        assertThat(refusal(recall("mo"))).isEqualTo(Refusal.NOT_OWN_MESSAGE);
        done(recall("ann"));
        done(delete("cy"));

        rules(roles(Role.MEMBER, Role.OWNER, Role.MODERATOR));
        bobs = messaging.sendAt(id, "bob", "m2");
        assertThat(refusal(delete("mo"))).isEqualTo(Refusal.NOT_OWN_MESSAGE);
        done(recall("cy"));
        done(delete("ann"));
    }

    @Test
    void sendPersonal_takesTheRoleThatTheAppSays() {
        rules(roles(Role.MODERATOR, Role.MODERATOR, Role.OWNER));
        assertThat(refusal(personal("mo", "p1"))).isEqualTo(Refusal.ROLE_TOO_LOW);
        done(personal("ann", "p2"));

        rules(roles(Role.MODERATOR, Role.MODERATOR, Role.MEMBER));
        done(personal("cy", "p3"));

        rules(MessageRules.DEFAULT);
        assertThat(refusal(personal("cy", "p4"))).isEqualTo(Refusal.ROLE_TOO_LOW);
        done(personal("mo", "p5"));
    }

    private CompletableFuture<Outcome<PersonalSent>> personal(String from, String clientId) {
        return service.sendPersonal(
                new NewPersonalMessage(
                        APP, id, user(from), false, users("bob"), text(clientId, "hello"), SequenceId.NONE),
                soon());
    }

    @Test
    void deleteForAll_byModeratorAndByOwnerOfTheMessage() {
        assertThat(refusal(delete("cy"))).isEqualTo(Refusal.NOT_OWN_MESSAGE);
        MessageRules strict =
                new MessageRules(Duration.ZERO, Role.OWNER, Duration.ZERO, false, Role.OWNER, 10, 2, Role.MODERATOR);
        rules(strict);
        assertThat(refusal(delete("bob"))).isEqualTo(Refusal.ROLE_TOO_LOW);
        assertThat(refusal(delete("mo"))).isEqualTo(Refusal.NOT_OWN_MESSAGE);
        rules(MessageRules.DEFAULT);
        messaging.clock.step(Duration.ofDays(1));

        ChangedMessage deleted = done(delete("bob"));

        assertThat(done(delete("mo"))).isEqualTo(new ChangedMessage(deleted.at(), true));
        assertThat(messaging.view(bobs, "cy").change()).containsInstanceOf(MessageChange.Deleted.class);
        assertThat(refusal(recall("mo"))).isEqualTo(Refusal.MESSAGE_GONE);
        assertThat(refusal(react("cy", "+1", true))).isEqualTo(Refusal.MESSAGE_GONE);
    }

    @Test
    void deleteForAll_ofRecalled_isDiscountedOnce() {
        done(recall("bob"));

        assertThat(done(delete("mo")).unchanged()).isFalse();

        assertThat(messaging.view(bobs, "cy").change()).containsInstanceOf(MessageChange.Deleted.class);
        assertThat(messaging.records(id.timeline(APP), RecordKind.DISCOUNT)).isEqualTo(1);
    }

    @Test
    void deleteForMe_hidesForOneUserOnly() {
        ChangedMessage first = done(service.deleteForMe(bobs, user("cy"), soon()));
        ChangedMessage again = done(service.deleteForMe(bobs, user("cy"), soon()));

        assertThat(again).isEqualTo(new ChangedMessage(first.at(), true));
        assertThat(messaging.view(bobs, "cy").hidden()).isTrue();
        assertThat(messaging.view(bobs, "cy").entry().payload()).isEqualTo(Payload.EMPTY);
        assertThat(messaging.view(bobs, "ann").hidden()).isFalse();
        assertThat(messaging.entries(id.personalTimeline(APP, user("cy")))).hasSize(1);
        assertThat(messaging.entries(user("cy").inbox(APP))).hasSize(1);
        assertThat(refusal(service.deleteForMe(bobs, user("eve"), soon()))).isEqualTo(Refusal.NOT_MEMBER);
    }

    @Test
    void deleteForMe_afterLeaving_isAllowed() {
        done(messaging.conversations.removeMembers(APP, id, user("cy"), users("cy"), soon()));

        assertThat(done(service.deleteForMe(bobs, user("cy"), soon())).unchanged())
                .isFalse();
    }

    @Test
    void react_addAndTakeAway_areCounted() {
        done(react("cy", "+1", true));
        done(react("ann", "+1", true));
        done(react("ann", "heart", true));

        assertThat(messaging.view(bobs, "mo").reactions())
                .containsExactly(
                        new ReactionCount("+1", 2, users("cy", "ann")), new ReactionCount("heart", 1, users("ann")));
        assertThat(done(react("cy", "+1", true)).unchanged()).isTrue();
        assertThat(done(react("cy", "+1", false)).unchanged()).isFalse();
        assertThat(done(react("cy", "+1", false)).unchanged()).isTrue();
        assertThat(done(react("mo", "+1", false)).unchanged()).isTrue();
        assertThat(messaging.view(bobs, "mo").reactions().get(0).count()).isEqualTo(1);
        assertThat(done(react("cy", "+1", true)).unchanged()).isFalse();
    }

    @Test
    void edit_again_isAnsweredAsTheFirstTime_whateverHasBecomeOfIt() {
        ChangedMessage first = done(edit("bob", "e1", "better"));
        messaging.clock.step(Duration.ofDays(1));
        assertThat(refusal(edit("bob", "e2", "best"))).isEqualTo(Refusal.WINDOW_PASSED);
        assertThat(done(edit("bob", "e1", "better"))).isEqualTo(new ChangedMessage(first.at(), true));
        done(recall("ann"));
        assertThat(refusal(edit("bob", "e2", "best"))).isEqualTo(Refusal.MESSAGE_GONE);
        assertThat(done(edit("bob", "e1", "better"))).isEqualTo(new ChangedMessage(first.at(), true));
        done(messaging.conversations.removeMembers(APP, id, user("ann"), users("bob"), soon()));

        assertThat(done(edit("bob", "e1", "better"))).isEqualTo(new ChangedMessage(first.at(), true));
        assertThat(refusal(edit("bob", "e1", "another"))).isEqualTo(Refusal.NOT_MEMBER);
        assertThat(messaging.events(id))
                .filteredOn(ConversationEvent.Edited.class::isInstance)
                .hasSize(1);
    }

    /** The second comes between the look and the write of the first. */
    @Test
    void react_twiceAtOnce_isOneEntry() {
        AtomicReference<Runnable> between = new AtomicReference<>(() -> {});
        Messaging racing = new Messaging(store -> new BeforeAppend(store, () -> {
            between.getAndSet(() -> {}).run();
        }));
        ConversationId group = racing.groupOf("ann", "bob");
        MessageAt message = racing.sendAt(group, "bob", "m1");
        List<ChangedMessage> second = new ArrayList<>();
        between.set(() -> second.add(done(racing.messages.react(message, user("ann"), "+1", true, soon()))));

        ChangedMessage first = done(racing.messages.react(message, user("ann"), "+1", true, soon()));

        assertThat(second).extracting(ChangedMessage::at).containsExactly(first.at());
        assertThat(first.unchanged()).isTrue();
        assertThat(racing.events(group))
                .filteredOn(ConversationEvent.Reacted.class::isInstance)
                .hasSize(1);
        assertThat(racing.view(message, "bob").reactions().get(0).count()).isEqualTo(1);
    }

    /** The recall comes between the look and the write of the edit: an edit behind it would bring the message back. */
    @Test
    void edit_whileTheMessageIsRecalled_isRefused() {
        AtomicReference<Runnable> between = new AtomicReference<>(() -> {});
        Messaging racing = new Messaging(store -> new BeforeAppend(store, () -> {
            between.getAndSet(() -> {}).run();
        }));
        ConversationId group = racing.groupOf("ann", "bob");
        MessageAt message = racing.sendAt(group, "bob", "m1");
        between.set(() -> done(racing.messages.recall(message, user("ann"), soon())));

        Refusal refusal = refusal(racing.messages.edit(message, user("bob"), text("e1", "better"), soon()));

        assertThat(refusal).isEqualTo(Refusal.MESSAGE_GONE);
        assertThat(racing.events(group)).noneMatch(ConversationEvent.Edited.class::isInstance);
        assertThat(racing.view(message, "bob").change()).containsInstanceOf(MessageChange.Recalled.class);
    }

    @Test
    void react_afterTheReactionWasErased_isThereAgain() {
        ChangedMessage first = done(react("cy", "+1", true));
        RecordKey erased =
                new RecordKey(id.timeline(APP), RecordKind.REACTION, Reaction.key(bobs.seq(), user("cy"), "+1"));
        await(messaging.store.remove(List.of(erased), first.at().value(), soon()));
        assertThat(messaging.view(bobs, "mo").reactions()).isEmpty();

        assertThat(done(react("cy", "+1", true)).unchanged()).isFalse();

        assertThat(messaging.view(bobs, "mo").reactions().get(0).count()).isEqualTo(1);
    }

    /** Does something before each append. */
    private record BeforeAppend(TimelineStore store, Runnable action) implements TimelineStore {
        @Override
        public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
            action.run();
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

    @Test
    void react_moreThanAllowed_isRefused() {
        rules(new MessageRules(
                Duration.ZERO, Role.MODERATOR, Duration.ZERO, true, Role.MODERATOR, 3, 2, Role.MODERATOR));
        done(react("cy", "a", true));
        done(react("cy", "b", true));

        assertThat(refusal(react("cy", "c", true))).isEqualTo(Refusal.TOO_MANY_REACTIONS);
        done(react("bob", "a", true));
        assertThat(refusal(react("ann", "a", true))).isEqualTo(Refusal.TOO_MANY_REACTIONS);
        done(react("cy", "a", false));
        assertThat(done(react("ann", "a", true)).unchanged()).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> react("cy", "", true));
        assertThat(refusal(react("eve", "a", true))).isEqualTo(Refusal.NOT_MEMBER);
    }

    @Test
    void change_inDissolvedConversation_isRefused() {
        done(messaging.conversations.dissolve(APP, id, user("ann"), soon()));

        assertThat(refusal(recall("bob"))).isEqualTo(Refusal.DISSOLVED);
        assertThat(refusal(edit("bob", "e", "x"))).isEqualTo(Refusal.DISSOLVED);
        assertThat(refusal(delete("bob"))).isEqualTo(Refusal.DISSOLVED);
        assertThat(refusal(react("bob", "a", true))).isEqualTo(Refusal.DISSOLVED);
        assertThat(done(service.deleteForMe(bobs, user("cy"), soon())).unchanged())
                .isFalse();
    }
}
