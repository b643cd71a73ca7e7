package io.tideline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.api.v1.ConversationEvent;
import io.tideline.api.v1.ConversationEvent.MessageChanged;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageState;
import io.tideline.api.v1.ReactionCount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MessageChangesTest {
    private static final Message SENT = Message.newBuilder()
            .setConversationId("room")
            .setSeq(5)
            .setSender("bob")
            .setKind("text")
            .setPayload(DeviceFixture.bytes("hello"))
            .setState(MessageState.SENT)
            .build();

    private static Message event(long seq, MessageChanged.Builder change) {
        return Message.newBuilder()
                .setConversationId("room")
                .setSeq(seq)
                .setSender("carol")
                .setEvent(ConversationEvent.newBuilder().setMessageChanged(change.setSeq(5)))
                .build();
    }

    private static MessageChanged.Builder state(MessageState state) {
        return MessageChanged.newBuilder().setState(state);
    }

    private static MessageChanged.Builder reaction(boolean added) {
        return MessageChanged.newBuilder().setReaction("+1").setReactionAdded(added);
    }

    @Test
    void applied_recall_takesThePayload() {
        Message recalled = MessageChanges.applied(SENT, event(9, state(MessageState.RECALLED)));

        assertThat(recalled.getPayload().isEmpty()).isTrue();
        assertThat(recalled.getState()).isEqualTo(MessageState.RECALLED);
        assertThat(recalled.getChangedSeq()).isEqualTo(9);
        assertThat(MessageChanges.isShown(recalled)).isFalse();
    }

    @Test
    void applied_olderThanWhatIsKnown_changesNothing() {
        Message recalled = MessageChanges.applied(SENT, event(9, state(MessageState.RECALLED)));

        Message after = MessageChanges.applied(
                recalled, event(7, state(MessageState.EDITED).setKind("text").setPayload(DeviceFixture.bytes("late"))));

        assertThat(after).isEqualTo(recalled);
    }

    @Test
    void applied_hiddenForMe_takesThePayloadAndKeepsTheSharedChange() {
        Message hiding = event(5, state(MessageState.HIDDEN)).toBuilder()
                .setPersonalSeq(3)
                .build();

        Message hidden = MessageChanges.applied(SENT, hiding);

        assertThat(hidden.getState()).isEqualTo(MessageState.HIDDEN);
        assertThat(hidden.getChangedSeq()).isZero();
    }

    private static MessageChanged.Builder edit() {
        return state(MessageState.EDITED).setKind("text").setPayload(DeviceFixture.bytes("better"));
    }

    /** Whoever edits while somebody recalls may come second. */
    @ParameterizedTest
    @EnumSource(names = {"RECALLED", "DELETED"})
    void applied_editOfWhatIsGone_changesNothing(MessageState state) {
        Message gone = MessageChanges.applied(SENT, event(9, state(state)));

        assertThat(MessageChanges.applied(gone, event(10, edit()))).isEqualTo(gone);
        assertThat(MessageChanges.applied(gone, event(10, reaction(true)))).isEqualTo(gone);
    }

    @Test
    void applied_changesOfWhatTheUserHasHidden_leaveItHidden() {
        Message hidden = MessageChanges.applied(
                SENT,
                event(5, state(MessageState.HIDDEN)).toBuilder()
                        .setPersonalSeq(3)
                        .build());

        Message recalled = MessageChanges.applied(hidden, event(10, state(MessageState.RECALLED)));

        assertThat(MessageChanges.applied(hidden, event(9, edit()))).isEqualTo(hidden);
        assertThat(recalled.getState()).isEqualTo(MessageState.HIDDEN);
        assertThat(recalled.getChangedSeq()).isEqualTo(10);
    }

    @Test
    void applied_recall_takesTheReactions() {
        Message reacted = MessageChanges.applied(SENT, event(9, reaction(true)));

        assertThat(MessageChanges.applied(reacted, event(10, state(MessageState.RECALLED)))
                        .getReactionsList())
                .isEmpty();
    }

    @Test
    void applied_reactionTwice_countsOnce() {
        Message once = MessageChanges.applied(SENT, event(9, reaction(true)));
        Message twice = MessageChanges.applied(once, event(10, reaction(true)));

        assertThat(twice).isEqualTo(once);
        assertThat(once.getReactionsList())
                .containsExactly(ReactionCount.newBuilder()
                        .setReaction("+1")
                        .setCount(1)
                        .addUsers("carol")
                        .build());
    }

    @Test
    void applied_reactionTakenAway_isGone() {
        Message once = MessageChanges.applied(SENT, event(9, reaction(true)));

        assertThat(MessageChanges.applied(once, event(10, reaction(false)))).isEqualTo(SENT);
        assertThat(MessageChanges.applied(SENT, event(10, reaction(false)))).isEqualTo(SENT);
    }

    @Test
    void alone_ofAMessageThatIsNotKept_saysWhatTheEventSays() {
        Message alone = MessageChanges.alone(event(9, state(MessageState.DELETED)));

        assertThat(alone.getSeq()).isEqualTo(5);
        assertThat(alone.getState()).isEqualTo(MessageState.DELETED);
    }
}
