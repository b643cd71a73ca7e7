package io.tideline.api.server;

import static io.tideline.api.server.Chat.APP;
import static io.tideline.api.server.Chat.history;
import static io.tideline.api.server.Chat.sending;
import static io.tideline.api.server.Chat.text;
import static io.tideline.api.server.Chat.wanted;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.v1.AddMembersRequest;
import io.tideline.api.v1.ChangeMessageResponse;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.DeleteMessageRequest;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.Direction;
import io.tideline.api.v1.EditMessageRequest;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageGap;
import io.tideline.api.v1.MessageState;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.ReactRequest;
import io.tideline.api.v1.ReactionCount;
import io.tideline.api.v1.RecallMessageRequest;
import io.tideline.api.v1.SendBatchRequest;
import io.tideline.api.v1.SendPersonalRequest;
import io.tideline.api.v1.SendPersonalResponse;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.StopReason;
import io.tideline.core.conversation.Role;
import io.tideline.core.timeline.AppId;
import io.tideline.store.conversation.ConversationRules;
import io.tideline.store.message.MessageRules;
import io.tideline.store.message.SendRates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MessageServiceTest {
    /** An app that allows no time to think again, and one reaction. */
    private static final String STRICT_APP = "strict";

    private static final String SLOW_APP = "slow";
    private static final MessageRules SLOW = new MessageRules(
            Duration.ZERO,
            Role.MODERATOR,
            Duration.ZERO,
            false,
            Role.MODERATOR,
            1,
            1,
            Role.MODERATOR,
            new SendRates(0, 1));

    private ServerFixture fixture;
    private Chat chat;
    private String group;

    @BeforeEach
    void start() {
        MessageRules strict = new MessageRules(
                Duration.ZERO, Role.MODERATOR, Duration.ZERO, false, Role.MODERATOR, 1, 1, Role.MODERATOR);
        fixture = new ServerFixture(TidelineServerConfig.onPort(0)
                .withMessaging(new MessagingConfig(
                        AppRules.DEFAULT,
                        Map.of(
                                new AppId(STRICT_APP),
                                new AppRules(ConversationRules.DEFAULT, strict),
                                new AppId(SLOW_APP),
                                new AppRules(ConversationRules.DEFAULT, SLOW)))));
        chat = new Chat(fixture.channel);
        group = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", "bob", "carl");
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private static void assertRefused(ThrowingCallable call, Code code, String reason) {
        Failure failure = failureOf(call);
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.code()).isEqualTo(code);
    }

    @Test
    void send_moreThanTheConversationMayGet_isRefusedForNow_andSaysByWhichRule() {
        String slow = chat.create(wanted(ConversationKind.GROUP, "anna", "bob").setApp(SLOW_APP));
        chat.messages.send(
                sending(slow, "bob", "m1").toBuilder().setApp(SLOW_APP).build());

        Failure failure = failureOf(() -> {
            for (int i = 2; i < 10; i++) {
                chat.messages.send(sending(slow, "anna", "m" + i).toBuilder()
                        .setApp(SLOW_APP)
                        .build());
            }
        });

        assertThat(failure.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(failure.reason()).isEqualTo("OVERLOADED");
        assertThat(failure.metadata())
                .containsEntry("rule", "conversation-sends-per-minute")
                .containsEntry("limit", "1");
    }

    @Test
    void send_twice_isOneMessageAndSaysSo() {
        SendResponse first = chat.send(group, "bob", "m1");

        SendResponse second = chat.send(group, "bob", "m1");

        assertThat(first.getRepeated()).isFalse();
        assertThat(second).isEqualTo(first.toBuilder().setRepeated(true).build());
        assertThat(first.getMessageId()).isPositive();
        assertThat(chat.read(group, "carl")).singleElement().satisfies(message -> {
            assertThat(message.getSeq()).isEqualTo(first.getSeq());
            assertThat(message.getMessageId()).isEqualTo(first.getMessageId());
            assertThat(message.getSender()).isEqualTo("bob");
            assertThat(message.getState()).isEqualTo(MessageState.SENT);
        });
    }

    @Test
    void send_sameIdWithOtherContent_isRefused() {
        chat.send(group, "bob", "m1");

        assertRefused(
                () -> chat.messages.send(sending(group, "bob", "m1").toBuilder()
                        .setMessage(text("m1").toBuilder().setPayload(ByteString.copyFromUtf8("other")))
                        .build()),
                Code.ALREADY_EXISTS,
                "CLIENT_MESSAGE_CONFLICT");
    }

    @Test
    void send_strangersFollowersAndUnknownConversations_areRefused() {
        String channel = chat.create(wanted(ConversationKind.CHANNEL, "anna", "bob"));

        assertRefused(() -> chat.send(group, "eve", "x"), Code.PERMISSION_DENIED, "NOT_MEMBER");
        assertRefused(() -> chat.send(channel, "bob", "x"), Code.PERMISSION_DENIED, "ROLE_TOO_LOW");
        assertRefused(() -> chat.send("nosuch", "bob", "x"), Code.NOT_FOUND, "CONVERSATION_NOT_FOUND");
    }

    @Test
    void send_malformed_namesEveryField() {
        Failure failure = failureOf(() -> chat.messages.send(SendRequest.newBuilder()
                .setApp(APP)
                .setConversationId("UPPER")
                .setMessage(OutgoingMessage.newBuilder()
                        .setKind("tideline.joined")
                        .setClientMessageId("x")
                        .setPayload(ByteString.copyFrom(new byte[262_145])))
                .build()));

        assertThat(failure.fields())
                .containsExactlyInAnyOrder("conversation_id", "sender", "message.kind", "message.payload");
        assertThat(failureOf(() -> chat.messages.send(SendRequest.newBuilder()
                                .setApp(APP)
                                .setConversationId(group)
                                .setSender("bob")
                                .build()))
                        .fields())
                .contains("message");
    }

    private SendBatchRequest.Builder batch(String sender, String... ids) {
        SendBatchRequest.Builder request = SendBatchRequest.newBuilder()
                .setApp(APP)
                .setConversationId(group)
                .setSender(sender);
        for (String id : ids) {
            request.addMessages(text(id));
        }
        return request;
    }

    @Test
    void sendBatch_allInOrderOrNone() {
        List<SendResponse> receipts =
                chat.messages.sendBatch(batch("bob", "a", "b", "c").build()).getReceiptsList();

        assertThat(receipts).extracting(SendResponse::getSeq).isSorted().hasSize(3);
        assertThat(receipts.get(2).getSeq() - receipts.get(0).getSeq()).isEqualTo(2);
        assertRefused(
                () -> chat.messages.sendBatch(batch("eve", "a", "b").build()), Code.PERMISSION_DENIED, "NOT_MEMBER");
        assertThat(failureOf(() ->
                                chat.messages.sendBatch(batch("bob", "d", "d").build()))
                        .fields())
                .containsExactly("messages[1].client_message_id");
        assertThat(failureOf(() -> chat.messages.sendBatch(batch("bob").build()))
                        .fields())
                .containsExactly("messages");
        assertThat(Chat.texts(chat.read(group, "carl"))).containsExactly("a", "b", "c");
    }

    private SendPersonalRequest.Builder personal(String... recipients) {
        return SendPersonalRequest.newBuilder()
                .setApp(APP)
                .setConversationId(group)
                .setSender("anna")
                .addAllRecipients(List.of(recipients))
                .setMessage(text("welcome"));
    }

    @Test
    void sendPersonal_isSeenByItsRecipientsAfterWhatItFollows() {
        long seq = chat.send(group, "bob", "m1").getSeq();
        chat.send(group, "bob", "m2");

        SendPersonalResponse sent =
                chat.messages.sendPersonal(personal("carl").setFollowsSeq(seq).build());

        assertThat(sent.getFollowsSeq()).isEqualTo(seq);
        assertThat(Chat.texts(chat.read(group, "carl"))).containsExactly("m1", "welcome", "m2");
        assertThat(chat.read(group, "carl").get(1).getPersonalSeq()).isPositive();
        assertThat(Chat.texts(chat.read(group, "bob"))).containsExactly("m1", "m2");
        assertThat(chat.messages
                        .sendPersonal(personal("carl").setFollowsSeq(seq).build())
                        .getRepeated())
                .isTrue();
    }

    @Test
    void sendPersonal_wrongRecipients_areRefused() {
        assertThat(failureOf(() -> chat.messages.sendPersonal(personal().build()))
                        .fields())
                .containsExactly("recipients");
        SendPersonalRequest.Builder tooMany = personal();
        IntStream.rangeClosed(0, 100_000).forEach(i -> tooMany.addRecipients("u" + i));
        assertThat(failureOf(() -> chat.messages.sendPersonal(tooMany.build())).fields())
                .containsExactly("recipients");
        assertRefused(
                () -> chat.messages.sendPersonal(personal("eve").build()),
                Code.FAILED_PRECONDITION,
                "RECIPIENT_NOT_MEMBER");
        assertRefused(
                () -> chat.messages.sendPersonal(
                        personal("carl").setFollowsSeq(1_000).build()),
                Code.OUT_OF_RANGE,
                "SEQUENCE_BEYOND_HEAD");
    }

    private ChangeMessageResponse recall(String app, String conversation, String user, long seq) {
        return chat.messages.recallMessage(RecallMessageRequest.newBuilder()
                .setApp(app)
                .setConversationId(conversation)
                .setUser(user)
                .setSeq(seq)
                .build());
    }

    @Test
    void recallMessage_ownMessage_isGoneForAllAndAgainChangesNothing() {
        long seq = chat.send(group, "bob", "m1").getSeq();

        ChangeMessageResponse first = recall(APP, group, "bob", seq);

        ChangeMessageResponse second = recall(APP, group, "bob", seq);
        assertThat(first.getUnchanged()).isFalse();
        assertThat(second.getUnchanged()).isTrue();
        assertThat(second.getChangeSeq()).isEqualTo(first.getChangeSeq());
        ListMessagesResponse page = chat.messages.listMessages(
                history(group, "carl").setFromSeq(seq).build());
        assertThat(page.getMessages(0).getState()).isEqualTo(MessageState.RECALLED);
        assertThat(page.getMessages(0).getPayload().isEmpty()).isTrue();
        assertThat(page.getMessages(0).getChangedSeq()).isEqualTo(first.getChangeSeq());
        assertThat(page.getMessages(1).getEvent().getMessageChanged().getSeq()).isEqualTo(seq);
        assertThat(page.getMessages(1).getEvent().getMessageChanged().getState())
                .isEqualTo(MessageState.RECALLED);
    }

    @Test
    void recallMessage_othersMissingAndTooLate_areRefused() {
        long seq = chat.send(group, "bob", "m1").getSeq();
        String strict =
                chat.create(wanted(ConversationKind.GROUP, "anna", "bob").setApp(STRICT_APP));
        long late = chat.messages
                .send(sending(strict, "bob", "m").toBuilder().setApp(STRICT_APP).build())
                .getSeq();

        assertRefused(() -> recall(APP, group, "carl", seq), Code.PERMISSION_DENIED, "NOT_OWN_MESSAGE");
        assertRefused(() -> recall(APP, group, "bob", 999), Code.NOT_FOUND, "MESSAGE_NOT_FOUND");
        assertRefused(() -> recall(STRICT_APP, strict, "bob", late), Code.FAILED_PRECONDITION, "WINDOW_PASSED");
        assertThat(recall(APP, group, "anna", seq).getUnchanged()).isFalse();
        assertThat(failureOf(() -> recall(APP, group, "bob", 0)).fields()).containsExactly("seq");
    }

    private EditMessageRequest edit(String user, long seq, String content) {
        return EditMessageRequest.newBuilder()
                .setApp(APP)
                .setConversationId(group)
                .setUser(user)
                .setSeq(seq)
                .setKind("text")
                .setPayload(ByteString.copyFromUtf8(content))
                .setClientMessageId("edit " + content)
                .build();
    }

    @Test
    void editMessage_showsTheNewContentUntilItIsRecalled() {
        long seq = chat.send(group, "bob", "m1").getSeq();

        chat.messages.editMessage(edit("bob", seq, "better"));

        assertThat(Chat.texts(chat.read(group, "carl"))).containsExactly("better");
        assertThat(chat.read(group, "carl").get(0).getState()).isEqualTo(MessageState.EDITED);
        assertRefused(
                () -> chat.messages.editMessage(edit("carl", seq, "mine")), Code.PERMISSION_DENIED, "NOT_OWN_MESSAGE");
        recall(APP, group, "bob", seq);
        assertRefused(
                () -> chat.messages.editMessage(edit("bob", seq, "again")), Code.FAILED_PRECONDITION, "MESSAGE_GONE");
    }

    private DeleteMessageRequest delete(String user, long seq, boolean onlyForMe) {
        return DeleteMessageRequest.newBuilder()
                .setApp(APP)
                .setConversationId(group)
                .setUser(user)
                .setSeq(seq)
                .setOnlyForMe(onlyForMe)
                .build();
    }

    @Test
    void deleteMessage_forMeHidesItForMeAlone_forAllFromAll() {
        long seq = chat.send(group, "bob", "m1").getSeq();

        chat.messages.deleteMessage(delete("carl", seq, true));

        assertThat(chat.read(group, "carl").get(0).getState()).isEqualTo(MessageState.HIDDEN);
        assertThat(chat.read(group, "anna").get(0).getState()).isEqualTo(MessageState.SENT);
        assertRefused(
                () -> chat.messages.deleteMessage(delete("carl", seq, false)),
                Code.PERMISSION_DENIED,
                "NOT_OWN_MESSAGE");
        chat.messages.deleteMessage(delete("anna", seq, false));
        assertThat(chat.read(group, "bob").get(0).getState()).isEqualTo(MessageState.DELETED);
    }

    private ReactRequest.Builder react(String user, long seq, String reaction) {
        return ReactRequest.newBuilder()
                .setApp(APP)
                .setConversationId(group)
                .setUser(user)
                .setSeq(seq)
                .setReaction(reaction);
    }

    @Test
    void react_countsUsersAndLetsThemChangeTheirMind() {
        long seq = chat.send(group, "bob", "m1").getSeq();
        chat.messages.react(react("anna", seq, "👍").build());
        chat.messages.react(react("carl", seq, "👍").build());

        ChangeMessageResponse again =
                chat.messages.react(react("carl", seq, "👍").build());
        chat.messages.react(react("anna", seq, "👍").setRemove(true).build());

        assertThat(again.getUnchanged()).isTrue();
        assertThat(chat.read(group, "bob").get(0).getReactionsList())
                .containsExactly(ReactionCount.newBuilder()
                        .setReaction("👍")
                        .setCount(1)
                        .addUsers("carl")
                        .build());
        assertThat(failureOf(() -> chat.messages.react(react("carl", seq, "").build()))
                        .fields())
                .containsExactly("reaction");
    }

    @Test
    void react_tooManyAndGone_areRefused() {
        String strict =
                chat.create(wanted(ConversationKind.GROUP, "anna", "bob").setApp(STRICT_APP));
        long seq = chat.messages
                .send(sending(strict, "bob", "m").toBuilder().setApp(STRICT_APP).build())
                .getSeq();
        ReactRequest.Builder request =
                react("anna", seq, "a").setApp(STRICT_APP).setConversationId(strict);
        chat.messages.react(request.build());

        assertRefused(
                () -> chat.messages.react(request.setReaction("b").build()),
                Code.FAILED_PRECONDITION,
                "TOO_MANY_REACTIONS");
        recall(STRICT_APP, strict, "anna", seq);
        assertRefused(
                () -> chat.messages.react(request.setUser("bob").build()), Code.FAILED_PRECONDITION, "MESSAGE_GONE");
    }

    @Test
    void listMessages_pagesBothWays_holdEverythingOnce() {
        List<String> ids = IntStream.range(0, 25).mapToObj(i -> "m" + i).toList();
        ids.forEach(id -> chat.send(group, "bob", id));

        for (Direction direction : List.of(Direction.FORWARD, Direction.BACKWARD)) {
            List<Message> all = new ArrayList<>();
            String token = "";
            do {
                ListMessagesResponse page = chat.messages.listMessages(history(group, "carl")
                        .setDirection(direction)
                        .setPageSize(10)
                        .setPageToken(token)
                        .build());
                all.addAll(page.getMessagesList());
                token = page.getNextPageToken();
            } while (!token.isEmpty());

            List<String> texts = new ArrayList<>(Chat.texts(all));
            if (direction == Direction.BACKWARD) {
                java.util.Collections.reverse(texts);
            }
            assertThat(texts).isEqualTo(ids);
        }
    }

    @Test
    void listMessages_whatOneMayNotSee_isAGapOrARefusal() {
        chat.send(group, "bob", "before");
        chat.conversations.addMembers(AddMembersRequest.newBuilder()
                .setApp(APP)
                .setConversationId(group)
                .setUser("anna")
                .addMembers("dora")
                .build());
        long seq = chat.send(group, "bob", "after").getSeq();

        ListMessagesResponse page = chat.messages.listMessages(
                history(group, "dora").setFromSeq(1).setToSeq(seq).build());

        assertThat(Chat.texts(page.getMessagesList())).containsExactly("after");
        assertThat(page.getGaps(0).getType()).isEqualTo(MessageGap.Type.MESSAGE_GAP_NOT_VISIBLE);
        assertThat(page.getStopReason()).isIn(StopReason.HEAD, StopReason.RANGE_END);
        assertRefused(
                () -> chat.messages.listMessages(history(group, "eve").build()), Code.PERMISSION_DENIED, "NOT_MEMBER");
        assertRefused(
                () -> chat.messages.listMessages(
                        history(group, "bob").setFromSeq(seq + 2).build()),
                Code.OUT_OF_RANGE,
                "SEQUENCE_BEYOND_HEAD");
    }

    @Test
    void listMessages_malformed_isRefused() {
        ListMessagesRequest.Builder request =
                history(group, "bob").setPageSize(1_001).setPageToken("x");

        assertThat(failureOf(() -> chat.messages.listMessages(request.build())).fields())
                .containsExactlyInAnyOrder("page_size", "page_token");
        assertThat(failureOf(() -> chat.messages.listMessages(
                                history(group, "bob").setFromSeq(5).setToSeq(2).build()))
                        .fields())
                .containsExactly("to_seq");
    }
}
