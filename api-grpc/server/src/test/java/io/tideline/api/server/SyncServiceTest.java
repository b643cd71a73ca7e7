package io.tideline.api.server;

import static io.tideline.api.server.Chat.APP;
import static io.tideline.api.server.Chat.syncing;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.ConversationUnread;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.ForgetDeviceRequest;
import io.tideline.api.v1.GetCheckpointsRequest;
import io.tideline.api.v1.GetReceiptsRequest;
import io.tideline.api.v1.GetReceiptsResponse;
import io.tideline.api.v1.GetUnreadRequest;
import io.tideline.api.v1.GetUnreadResponse;
import io.tideline.api.v1.HeadQuery;
import io.tideline.api.v1.HeadsRequest;
import io.tideline.api.v1.ListDevicesRequest;
import io.tideline.api.v1.MarkReadRequest;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.RecallMessageRequest;
import io.tideline.api.v1.SendPersonalRequest;
import io.tideline.api.v1.SetCheckpointsRequest;
import io.tideline.api.v1.SyncRange;
import io.tideline.api.v1.SyncResponse;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import io.tideline.api.v1.UpdateUserConversationRequest;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SyncServiceTest {
    private ServerFixture fixture;
    private Chat chat;
    private String read;
    private String write;

    @BeforeEach
    void start() {
        fixture = new ServerFixture();
        chat = new Chat(fixture.channel);
        read = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", "bob");
        write = chat.group(DiffusionPolicy.DIFFUSION_WRITE, "anna", "bob");
        chat.awaitFanout();
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

    /** Everything that a device has not got; what it acknowledges next. */
    private record Caught(List<String> texts, String ack) {}

    private Caught catchUp(String user, String device, String ack) {
        List<String> texts = new ArrayList<>();
        String token = ack;
        SyncResponse page;
        do {
            page = chat.sync.sync(
                    syncing(user, device).setAck(token).setPageSize(3).build());
            texts.addAll(Chat.texts(page.getMessagesList()));
            token = page.getNext();
        } while (page.getHasMore());
        return new Caught(texts, token);
    }

    @Test
    void sync_twoDevices_eachGetsEverythingOnce() {
        chat.send(read, "bob", "r1");
        chat.send(write, "bob", "w1");
        chat.awaitFanout();
        Caught phone = catchUp("anna", "phone", "");
        chat.send(read, "bob", "r2");
        chat.send(write, "bob", "w2");
        chat.awaitFanout();

        Caught again = catchUp("anna", "phone", phone.ack());

        assertThat(phone.texts()).containsExactlyInAnyOrder("r1", "w1");
        assertThat(again.texts()).containsExactlyInAnyOrder("r2", "w2");
        assertThat(catchUp("anna", "laptop", "").texts()).containsExactlyInAnyOrder("r1", "w1", "r2", "w2");
        assertThat(catchUp("anna", "phone", again.ack()).texts()).isEmpty();
    }

    private long inboxHead(String user) {
        TimelineName inbox = TimelineName.newBuilder()
                .setApp(APP)
                .setFamily(TimelineFamily.INBOX)
                .setId(user)
                .build();
        return fixture.timelines
                .heads(HeadsRequest.newBuilder()
                        .addQueries(HeadQuery.newBuilder().setTimeline(inbox))
                        .build())
                .getHeads(0)
                .getLastSeq();
    }

    @Test
    void append_intoAWriteDiffusedConversation_isAnnouncedInInboxes() {
        long before = inboxHead("anna");

        fixture.timelines.append(AppendRequest.newBuilder()
                .setTimeline(TimelineName.newBuilder()
                        .setApp(APP)
                        .setFamily(TimelineFamily.CONVERSATION)
                        .setId(write))
                .addEntries(NewEntry.newBuilder()
                        .setSender("back end")
                        .setClientMessageId("a")
                        .setPayload(ByteString.copyFromUtf8("plain")))
                .build());
        chat.awaitFanout();

        assertThat(inboxHead("anna")).isEqualTo(before + 1);
        assertThat(catchUp("anna", "phone", "").texts()).containsExactly("plain");
    }

    @Test
    void getUnread_ofAConversationOfOthers_isRefused() {
        GetUnreadRequest.Builder request =
                GetUnreadRequest.newBuilder().setApp(APP).setUser("eve");

        assertRefused(
                () -> chat.sync.getUnread(request.setConversationId(read).build()),
                Code.PERMISSION_DENIED,
                "NOT_MEMBER");
        assertRefused(
                () -> chat.sync.getUnread(request.setConversationId("none").build()),
                Code.PERMISSION_DENIED,
                "NOT_MEMBER");
        assertThat(chat.sync
                        .getUnread(
                                request.setUser("anna").setConversationId(read).build())
                        .getConversationCount())
                .isEqualTo(1);
    }

    /** Also when a page begins with it: what the entry before it counts is not in the page. */
    @Test
    void sync_notices_areMarkedWhereverAPageBegins() {
        chat.send(read, "bob", "r1");
        chat.messages.send(Chat.notice(read, "bob", "n1"));
        chat.messages.send(Chat.notice(read, "bob", "n2"));
        chat.send(read, "bob", "r2");
        List<Boolean> notices = new ArrayList<>();
        String token = "";
        SyncResponse page;
        do {
            page = chat.sync.sync(
                    syncing("anna", "phone").setAck(token).setPageSize(1).build());
            page.getMessagesList().stream()
                    .filter(message -> !message.hasEvent())
                    .forEach(message -> notices.add(message.getNotice()));
            token = page.getNext();
        } while (page.getHasMore());

        assertThat(notices).containsExactly(false, true, true, false);
        assertThat(chat.read(read, "anna")).extracting(Message::getNotice).containsExactly(false, true, true, false);
        assertThat(chat.unread("anna").getTotal()).isEqualTo(2);
    }

    private void sendPersonal(String text, boolean notice) {
        chat.messages.sendPersonal(SendPersonalRequest.newBuilder()
                .setApp(APP)
                .setConversationId(read)
                .setSender("anna")
                .addRecipients("bob")
                .setMessage(Chat.text(text).toBuilder().setNotice(notice))
                .build());
    }

    @Test
    void sync_personalNotices_areMarkedWhereverAPageBegins() {
        chat.send(read, "anna", "r1");
        sendPersonal("p1", false);
        sendPersonal("p2", true);
        sendPersonal("p3", true);
        sendPersonal("p4", false);
        List<Boolean> notices = new ArrayList<>();
        String token = "";
        SyncResponse page;
        do {
            page = chat.sync.sync(
                    syncing("bob", "phone").setAck(token).setPageSize(1).build());
            page.getMessagesList().stream()
                    .filter(message -> message.getPersonalSeq() > 0)
                    .forEach(message -> notices.add(message.getNotice()));
            token = page.getNext();
        } while (page.getHasMore());

        assertThat(notices).containsExactly(false, true, true, false);
        assertThat(chat.read(read, "bob"))
                .extracting(Message::getNotice)
                .containsExactly(false, false, true, true, false);
        assertThat(chat.unread("bob").getTotal()).isEqualTo(3);
    }

    @Test
    void sync_pageNotAcknowledged_comesAgain() {
        chat.send(read, "bob", "r1");

        SyncResponse first = chat.sync("anna", "phone", "");

        assertThat(chat.sync("anna", "phone", "").getMessagesList()).isEqualTo(first.getMessagesList());
        assertThat(Chat.texts(first.getMessagesList())).containsExactly("r1");
    }

    @Test
    void sync_page_tellsItsRangesAndMemberships() {
        long seq = chat.send(read, "bob", "r1").getSeq();

        SyncResponse page =
                chat.sync.sync(syncing("anna", "phone").setWithUnread(true).build());

        assertThat(page.getRangesList())
                .filteredOn(range -> range.getConversationId().equals(read))
                .singleElement()
                .satisfies(range -> {
                    assertThat(range.getFromSeq()).isEqualTo(1);
                    assertThat(range.getToSeq()).isEqualTo(seq);
                    assertThat(range.getLastSeq()).isEqualTo(seq);
                    assertThat(range.getUnread()).isEqualTo(1);
                });
        assertThat(page.getMembershipChangesList())
                .extracting(change -> change.getConversationId())
                .containsExactlyInAnyOrder(read, write);
    }

    @Test
    void sync_checkpointsOfTheRequest_areHeldAndStored() {
        chat.send(read, "bob", "r1");
        long seq = chat.send(read, "bob", "r2").getSeq();

        SyncResponse page = chat.sync.sync(syncing("anna", "phone")
                .addCheckpoints(checkpoint(read, seq - 1))
                .build());

        assertThat(Chat.texts(page.getMessagesList())).containsExactly("r2");
    }

    @Test
    void sync_tokensThatAreNotItsOwn_areRefused() {
        String token = chat.sync("anna", "phone", "").getNext();

        assertRefused(() -> chat.sync("anna", "phone", "x" + token), Code.INVALID_ARGUMENT, "INVALID_SYNC_TOKEN");
        assertRefused(() -> chat.sync("anna", "laptop", token), Code.INVALID_ARGUMENT, "INVALID_SYNC_TOKEN");
        assertRefused(() -> chat.sync("bob", "phone", token), Code.INVALID_ARGUMENT, "INVALID_SYNC_TOKEN");
    }

    @Test
    void sync_tokenFromBeforeTheDeviceWasForgotten_isRefused() {
        String token = chat.sync("anna", "phone", "").getNext();
        ForgetDeviceRequest forget = ForgetDeviceRequest.newBuilder()
                .setApp(APP)
                .setUser("anna")
                .setDevice("phone")
                .build();

        assertThat(chat.sync.forgetDevice(forget).getExisted()).isTrue();

        assertRefused(() -> chat.sync("anna", "phone", token), Code.FAILED_PRECONDITION, "DEVICE_FORGOTTEN");
        assertThat(chat.sync.forgetDevice(forget).getExisted()).isFalse();
    }

    @Test
    void sync_malformed_namesEveryField() {
        assertThat(failureOf(() -> chat.sync.sync(syncing("", "")
                                .setPageSize(1_001)
                                .setLatest(101)
                                .addCheckpoints(Checkpoint.newBuilder().setSeq(-1))
                                .build()))
                        .fields())
                .containsExactlyInAnyOrder(
                        "user",
                        "device",
                        "page_size",
                        "latest",
                        "checkpoints[0].conversation_id",
                        "checkpoints[0].seq");
    }

    private static Checkpoint checkpoint(String conversation, long seq) {
        return Checkpoint.newBuilder()
                .setConversationId(conversation)
                .setSeq(seq)
                .build();
    }

    private SetCheckpointsRequest raise(String device, Checkpoint checkpoint) {
        return SetCheckpointsRequest.newBuilder()
                .setApp(APP)
                .setUser("anna")
                .setDevice(device)
                .addCheckpoints(checkpoint)
                .build();
    }

    private List<Checkpoint> checkpoints(String device) {
        return chat.sync
                .getCheckpoints(GetCheckpointsRequest.newBuilder()
                        .setApp(APP)
                        .setUser("anna")
                        .setDevice(device)
                        .build())
                .getCheckpointsList();
    }

    @Test
    void setCheckpoints_higherOnesStay() {
        long seq = chat.send(read, "bob", "r1").getSeq();
        chat.sync("anna", "phone", "");

        var first = chat.sync.setCheckpoints(raise("phone", checkpoint(read, seq)));
        var backwards = chat.sync.setCheckpoints(raise("phone", checkpoint(read, 1)));

        assertThat(first).isEqualTo(backwards);
        assertThat(checkpoints("phone")).contains(checkpoint(read, seq));
    }

    @Test
    void setCheckpoints_wrongOnes_areRefused() {
        chat.sync("anna", "phone", "");
        String foreign = chat.group(DiffusionPolicy.DIFFUSION_READ, "eve");

        assertRefused(
                () -> chat.sync.setCheckpoints(raise("phone", checkpoint(read, 1_000))),
                Code.OUT_OF_RANGE,
                "CHECKPOINT_BEYOND_HEAD");
        assertRefused(
                () -> chat.sync.setCheckpoints(raise("unknown", checkpoint(read, 1))),
                Code.NOT_FOUND,
                "DEVICE_NOT_FOUND");
        assertRefused(
                () -> chat.sync.setCheckpoints(raise("phone", checkpoint(foreign, 1))),
                Code.PERMISSION_DENIED,
                "NOT_MEMBER");
        assertRefused(() -> checkpoints("unknown"), Code.NOT_FOUND, "DEVICE_NOT_FOUND");
        assertThat(chat.sync
                        .listDevices(ListDevicesRequest.newBuilder()
                                .setApp(APP)
                                .setUser("anna")
                                .build())
                        .getDevicesList())
                .singleElement()
                .satisfies(device -> assertThat(device.getDevice()).isEqualTo("phone"));
    }

    private ConversationUnread markRead(String user, String conversation, long seq) {
        return chat.sync.markRead(MarkReadRequest.newBuilder()
                .setApp(APP)
                .setUser(user)
                .setConversationId(conversation)
                .setSeq(seq)
                .build());
    }

    @Test
    void getUnread_sendsReadsAndRecalls_areCounted() {
        long first = chat.send(read, "bob", "r1").getSeq();
        long second = chat.send(read, "bob", "r2").getSeq();
        chat.send(write, "anna", "own");
        chat.send(write, "bob", "w1");
        assertThat(chat.unread("anna").getTotal()).isEqualTo(3);

        markRead("anna", read, first);
        markRead("anna", read, first);
        assertThat(chat.unread("anna").getTotal()).isEqualTo(2);
        chat.messages.recallMessage(RecallMessageRequest.newBuilder()
                .setApp(APP)
                .setConversationId(read)
                .setUser("bob")
                .setSeq(second)
                .build());

        GetUnreadResponse after = chat.sync.getUnread(GetUnreadRequest.newBuilder()
                .setApp(APP)
                .setUser("anna")
                .setRecount(true)
                .build());
        assertThat(after.getTotal()).isEqualTo(1);
        assertThat(after.getDifferencesList()).isEmpty();
        assertThat(after.getConversationCount()).isEqualTo(2);
        assertThat(after.getConversationsList())
                .extracting(ConversationUnread::getConversationId)
                .containsExactly(write);
    }

    @Test
    void markRead_everything_readsPersonalMessagesToo() {
        chat.send(read, "bob", "r1");
        var sent = chat.messages.sendPersonal(SendPersonalRequest.newBuilder()
                .setApp(APP)
                .setConversationId(read)
                .setSender("bob")
                .addRecipients("anna")
                .setMessage(Chat.text("for you"))
                .build());
        assertThat(sent.getRepeated()).isFalse();
        ConversationUnread before = chat.unread("anna").getConversations(0);
        assertThat(before.getUnread()).isEqualTo(2);
        assertThat(before.getPersonalUnread()).isEqualTo(1);
        assertThat(before.getPersonalLastSeq()).isEqualTo(1);
        assertThat(before.getPersonalReadSeq()).isZero();

        ConversationUnread after = markRead("anna", read, 0);

        assertThat(after.getUnread()).isZero();
        assertThat(after.getPersonalUnread()).isZero();
        assertThat(after.getPersonalReadSeq()).isEqualTo(1);
        assertThat(chat.unread("anna").getTotal()).isZero();
    }

    @Test
    void markRead_beyondHeadAndForeignConversations_areRefused() {
        assertRefused(() -> markRead("anna", read, 1_000), Code.OUT_OF_RANGE, "READ_MARK_BEYOND_HEAD");
        assertRefused(() -> markRead("eve", read, 1), Code.PERMISSION_DENIED, "NOT_MEMBER");
    }

    @Test
    void updateUserConversation_mutedOnesCountApart_andFlagsEndWithReading() {
        chat.send(read, "bob", "r1");
        UpdateUserConversationRequest.Builder request = UpdateUserConversationRequest.newBuilder()
                .setApp(APP)
                .setUser("anna")
                .setConversationId(read);

        ConversationUnread both = chat.sync.updateUserConversation(
                request.setMuted(true).setMarkedUnread(true).build());

        assertThat(both.getMuted()).isTrue();
        assertThat(both.getMarkedUnread()).isTrue();
        assertThat(chat.unread("anna").getTotal()).isZero();
        assertThat(chat.unread("anna").getMutedTotal()).isEqualTo(1);
        assertThat(markRead("anna", read, 0).getMarkedUnread()).isFalse();
        assertThat(failureOf(() -> chat.sync.updateUserConversation(
                                request.clearMuted().clearMarkedUnread().build()))
                        .fields())
                .containsExactly("marked_unread");
    }

    private GetReceiptsResponse receipts(String user, long seq) {
        return chat.sync.getReceipts(GetReceiptsRequest.newBuilder()
                .setApp(APP)
                .setUser(user)
                .setConversationId(read)
                .setSeq(seq)
                .build());
    }

    @Test
    void getReceipts_namesWhoHasRead() {
        long seq = chat.send(read, "bob", "r1").getSeq();
        assertThat(receipts("bob", seq).getReadCount()).isZero();

        markRead("anna", read, seq);

        assertThat(receipts("bob", seq).getReadersList()).containsExactly("anna");
        assertThat(receipts("bob", seq).getNamed()).isTrue();
        assertRefused(() -> receipts("bob", 1_000), Code.OUT_OF_RANGE, "SEQUENCE_BEYOND_HEAD");
        assertRefused(() -> receipts("eve", seq), Code.NOT_FOUND, "MESSAGE_NOT_FOUND");
    }

    @Test
    void sync_everyMessage_isInTheRangeOfItsConversation() {
        for (int i = 0; i < 10; i++) {
            chat.send(i % 2 == 0 ? read : write, "bob", "m" + i);
        }
        chat.awaitFanout();

        SyncResponse page = chat.sync("anna", "phone", "");

        for (Message message : page.getMessagesList()) {
            assertThat(page.getRangesList())
                    .filteredOn(range -> range.getConversationId().equals(message.getConversationId()))
                    .singleElement()
                    .matches(range -> holds(range, message.getSeq()));
        }
        assertThat(Chat.texts(page.getMessagesList())).hasSize(10);
    }

    private static boolean holds(SyncRange range, long seq) {
        return range.getFromSeq() <= seq && seq <= range.getToSeq();
    }
}
