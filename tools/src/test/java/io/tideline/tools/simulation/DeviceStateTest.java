package io.tideline.tools.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.ConversationEvent;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageState;
import io.tideline.api.v1.SyncRange;
import io.tideline.api.v1.SyncResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whether the checks of the simulation would see what they are for. */
final class DeviceStateTest {
    private final PlannedGroup group = new PlannedGroup("#c");
    private final Findings findings = new Findings();
    private final DeviceState device = new DeviceState("bob/phone", Map.of("c", group), findings);

    /** Seqs 3 to 7: bob joins, ann says two things, the first is edited, bob gets a notice after the second. */
    @BeforeEach
    void plan() {
        group.created("c", 2);
        group.add(new PlannedStep.Join(List.of("bob")));
        group.add(new PlannedStep.Say("ann", "line:1", "one", ""));
        group.add(new PlannedStep.Say("ann", "line:2", "two", "bob"));
        group.add(new PlannedStep.Edit("ann", 1, "uno"));
    }

    private static Message event(long seq, ConversationEvent.Builder event) {
        return Message.newBuilder()
                .setConversationId("c")
                .setSeq(seq)
                .setEvent(event)
                .build();
    }

    private static Message joined() {
        return event(
                3,
                ConversationEvent.newBuilder()
                        .setJoined(ConversationEvent.Joined.newBuilder().addUsers("bob")));
    }

    private static Message said(long seq, String text, MessageState state) {
        return Message.newBuilder()
                .setConversationId("c")
                .setSeq(seq)
                .setSender("ann")
                .setState(state)
                .setPayload(ByteString.copyFromUtf8(text))
                .build();
    }

    private static Message edited() {
        ConversationEvent.MessageChanged.Builder change =
                ConversationEvent.MessageChanged.newBuilder().setSeq(4).setState(MessageState.EDITED);
        return event(6, ConversationEvent.newBuilder().setMessageChanged(change));
    }

    private static Message notice() {
        return said(5, "To you: two", MessageState.SENT).toBuilder()
                .setPersonalSeq(1)
                .build();
    }

    private void page(long from, long to, long personalTo, Message... messages) {
        device.store(
                SyncResponse.newBuilder()
                        .addAllMessages(List.of(messages))
                        .addRanges(SyncRange.newBuilder()
                                .setConversationId("c")
                                .setFromSeq(from)
                                .setToSeq(to)
                                .setPersonalToSeq(personalTo))
                        .setNext("t")
                        .build(),
                "bob");
    }

    private List<String> found() {
        device.verify(group, "bob", false);
        return findings.violations();
    }

    @Test
    void everythingInTwoPages_isFine() {
        page(3, 4, 0, joined(), said(4, "one", MessageState.SENT));
        page(5, 6, 1, said(5, "two", MessageState.SENT), notice(), edited());

        assertThat(found()).isEmpty();
    }

    @Test
    void missingMessage_isSeen() {
        page(3, 6, 1, joined(), said(5, "two", MessageState.SENT), notice(), edited());

        assertThat(found()).contains("bob/phone: behind 3 comes: 5", "bob/phone: missing: 4");
    }

    @Test
    void doubledMessage_isSeen() {
        page(3, 4, 0, joined(), said(4, "one", MessageState.SENT));
        page(4, 6, 1, said(4, "uno", MessageState.EDITED), said(5, "two", MessageState.SENT), notice(), edited());

        assertThat(found())
                .contains("bob/phone: a range begins at 4, not behind the last stored: 4", "bob/phone: twice: 4");
    }

    @Test
    void swappedMessages_areSeen() {
        page(
                3,
                6,
                1,
                joined(),
                said(5, "two", MessageState.SENT),
                said(4, "one", MessageState.SENT),
                notice(),
                edited());

        assertThat(found()).isNotEmpty();
    }

    @Test
    void otherText_isSeen() {
        page(3, 4, 0, joined(), said(4, "uno", MessageState.SENT));

        assertThat(findings.violations()).containsExactly("bob/phone: another content in state SENT: 4");
    }

    @Test
    void changeThatNeverCame_isSeen() {
        page(3, 5, 1, joined(), said(4, "one", MessageState.SENT), said(5, "two", MessageState.SENT), notice());

        assertThat(found())
                .containsExactlyInAnyOrder("bob/phone: missing: 6", "bob/phone: not as it is now (EDITED): 4");
    }

    @Test
    void missingNotice_isSeen() {
        page(3, 6, 0, joined(), said(4, "uno", MessageState.EDITED), said(5, "two", MessageState.SENT), edited());

        assertThat(found()).containsExactly("bob/phone: personal messages of 1: 0");
    }

    @Test
    void messageAfterLeaving_isSeen() {
        group.add(new PlannedStep.Leave("bob"));
        group.add(new PlannedStep.Say("ann", "line:9", "secret", ""));
        page(
                3,
                8,
                1,
                joined(),
                said(4, "uno", MessageState.EDITED),
                said(5, "two", MessageState.SENT),
                notice(),
                edited(),
                event(
                        7,
                        ConversationEvent.newBuilder()
                                .setLeft(ConversationEvent.Left.newBuilder().setUser("bob"))),
                said(8, "secret", MessageState.SENT));

        assertThat(found()).containsExactly("bob/phone: not for this user: 8");
    }

    @Test
    void unread_isCountedFromThePlan() {
        assertThat(group.unread("bob", -1, 0)).isEqualTo(3);
        assertThat(group.unread("bob", 1, 0)).isEqualTo(2);
        assertThat(group.unread("bob", 2, 1)).isZero();
        group.add(new PlannedStep.Recall(PlannedGroup.OWNER, 2));
        assertThat(group.unread("bob", 1, 1)).isZero();
        group.add(new PlannedStep.Say("ann", "line:3", "three", ""));
        group.add(new PlannedStep.Say("bob", "line:4", "four", ""));
        assertThat(group.unread("bob", -1, 1)).isZero();
        group.add(new PlannedStep.Leave("bob"));
        assertThat(group.unread("bob", -1, 0)).isZero();
    }
}
