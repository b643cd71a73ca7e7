package io.tideline.store.message;

import static io.tideline.store.Messaging.APP;
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
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.Messaging;
import io.tideline.store.Refusal;
import io.tideline.store.conversation.SettingsChange;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SendTest {
    private final Messaging messaging = new Messaging();

    private ConversationId withPolicy(DiffusionPolicy policy) {
        return messaging
                .create(group("ann", users("bob"), settings(policy, true)))
                .conversation()
                .id();
    }

    /** What a fan-out worker does with a task. */
    private void finishFanout(TimelineId timeline) {
        messaging
                .store
                .remove(
                        List.of(RecordKey.of(timeline, RecordKind.FANOUT_TASK)),
                        messaging.entries(timeline).size(),
                        soon())
                .join();
        messaging.due.clear();
    }

    private int tasks(TimelineId timeline) {
        return messaging.records(timeline, RecordKind.FANOUT_TASK);
    }

    @Test
    void send_byMember_isOrderedAndCounted() {
        ConversationId id = messaging.groupOf("ann", "bob");

        Sent first = messaging.send(id, "bob", "m1");
        Sent second = messaging.send(id, "ann", "m2");

        assertThat(first.seq().value()).isEqualTo(4);
        assertThat(first.repeated()).isFalse();
        assertThat(first.serverTime()).isEqualTo(messaging.clock.instant());
        assertThat(second.seq().value()).isEqualTo(5);
        assertThat(second.counted()).isEqualTo(2);
        assertThat(second.messageId().value()).isGreaterThan(first.messageId().value());
    }

    @Test
    void send_again_isAnsweredAsTheFirstTime() {
        ConversationId id = messaging.groupOf("ann", "bob");
        Sent first = messaging.send(id, "bob", "m1");

        Sent again = messaging.send(id, "bob", "m1");

        assertThat(again.repeated()).isTrue();
        assertThat(again.messageId()).isEqualTo(first.messageId());
        assertThat(again.seq()).isEqualTo(first.seq());
        assertThat(refusal(messaging.messages.send(APP, id, user("bob"), text("m1", "other"), soon())))
                .isEqualTo(Refusal.CLIENT_MESSAGE_CONFLICT);
    }

    @Test
    void send_againAfterRemoval_isStillTheFirstAnswer() {
        ConversationId id = messaging.groupOf("ann", "bob");
        Sent first = messaging.send(id, "bob", "m1");
        done(messaging.conversations.removeMembers(APP, id, user("ann"), users("bob"), soon()));

        assertThat(messaging.send(id, "bob", "m1").seq()).isEqualTo(first.seq());
        assertThat(refusal(messaging.sending(id, "bob", "m2"))).isEqualTo(Refusal.NOT_MEMBER);
    }

    @Test
    void send_whoMayNot_isRefused() {
        ConversationId id = messaging.groupOf("ann", "bob");
        ConversationId channel = messaging
                .create(Messaging.newOf(
                        ConversationKind.CHANNEL, "ann", users("fay"), settings(DiffusionPolicy.AUTO, true)))
                .conversation()
                .id();

        assertThat(refusal(messaging.sending(id, "eve", "m1"))).isEqualTo(Refusal.NOT_MEMBER);
        assertThat(refusal(messaging.sending(channel, "fay", "m1"))).isEqualTo(Refusal.ROLE_TOO_LOW);
        assertThat(refusal(messaging.sending(new ConversationId("none"), "ann", "m1")))
                .isEqualTo(Refusal.CONVERSATION_NOT_FOUND);
    }

    @Test
    void outgoing_reservedNames_areRejected() {
        ClientMessageId id = new ClientMessageId("m1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OutgoingMessage(id, new MessageKind("tideline.left"), Payload.EMPTY));
        assertThatIllegalArgumentException().isThrownBy(() -> text("tideline.recall.4", "x"));
    }

    @Test
    void send_notice_countsForNobody() {
        ConversationId id = messaging.groupOf("ann", "bob");
        OutgoingMessage notice =
                new OutgoingMessage(new ClientMessageId("n"), new MessageKind("notice"), Payload.EMPTY, true);

        assertThat(done(messaging.messages.send(APP, id, user("ann"), notice, soon()))
                        .counted())
                .isZero();
    }

    @Test
    void sendBatch_isTogetherAndInOrder() {
        ConversationId id = messaging.groupOf("ann", "bob");
        List<OutgoingMessage> three = List.of(text("b1", "1"), text("b2", "2"), text("b3", "3"));

        List<Sent> sent = done(messaging.messages.sendBatch(APP, id, user("bob"), three, soon()));
        List<Sent> again = done(messaging.messages.sendBatch(APP, id, user("bob"), three, soon()));

        assertThat(sent).extracting(receipt -> receipt.seq().value()).containsExactly(4L, 5L, 6L);
        assertThat(again).allMatch(Sent::repeated);
        List<OutgoingMessage> mixed = List.of(text("b4", "4"), text("b1", "other"));
        assertThat(refusal(messaging.messages.sendBatch(APP, id, user("bob"), mixed, soon())))
                .isEqualTo(Refusal.CLIENT_MESSAGE_CONFLICT);
        assertThat(messaging.entries(id.timeline(APP))).hasSize(6);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> messaging.messages.sendBatch(APP, id, user("bob"), List.of(), soon()));
    }

    @Test
    void send_writeDiffused_leavesTaskAndTells() {
        ConversationId id = withPolicy(DiffusionPolicy.WRITE);
        TimelineId timeline = id.timeline(APP);
        messaging.send(id, "ann", "m1");
        finishFanout(timeline);

        messaging.send(id, "ann", "m2");

        assertThat(tasks(timeline)).isEqualTo(1);
        assertThat(messaging.due).containsExactly(timeline);
    }

    @Test
    void send_readDiffused_leavesNoTaskOnceThatIsKnown() {
        ConversationId id = withPolicy(DiffusionPolicy.READ);
        TimelineId timeline = id.timeline(APP);
        messaging.send(id, "ann", "m1");
        finishFanout(timeline);

        messaging.send(id, "ann", "m2");

        assertThat(tasks(timeline)).isZero();
        assertThat(messaging.due).isEmpty();
    }

    @Test
    void send_switchedToWriteMeanwhile_neverForgetsTheTask() {
        ConversationId id = withPolicy(DiffusionPolicy.READ);
        TimelineId timeline = id.timeline(APP);
        messaging.send(id, "ann", "m1");
        SettingsChange write =
                new SettingsChange(Optional.of(DiffusionPolicy.WRITE), Optional.empty(), Map.of(), Set.of());
        done(messaging.anotherInstance().changeSettings(APP, id, user("ann"), write, soon()));
        finishFanout(timeline);

        Sent sent = messaging.send(id, "ann", "m2");

        assertThat(sent.seq().value()).isEqualTo(messaging.entries(timeline).size());
        assertThat(tasks(timeline)).isEqualTo(1);
        assertThat(messaging.due).containsExactly(timeline);
    }
}
