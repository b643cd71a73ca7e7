package io.tideline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.tideline.api.v1.ConversationEvent.MessageChanged;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageState;
import io.tideline.api.v1.Role;
import io.tideline.api.v1.UserConversation;
import io.tideline.client.DeviceFixture.Recorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceSyncTest {
    @TempDir
    private Path directory;

    private DeviceFixture fixture;
    private FakeMessaging server;
    private FakeMessaging.Subscription stream;
    private final Recorder recorder = new Recorder();

    @BeforeEach
    void open() throws IOException {
        fixture = new DeviceFixture(directory);
        server = fixture.server;
    }

    @AfterEach
    void close() throws InterruptedException {
        fixture.close();
    }

    private void post(String conversation, int count) {
        for (int i = 0; i < count; i++) {
            long seq = server.payloads(conversation).size() + 1L;
            server.post(conversation, "bob", "text " + seq);
        }
    }

    private static List<String> messages(String conversation, long from, long to) {
        return java.util.stream.LongStream.rangeClosed(from, to)
                .mapToObj(seq -> "message " + conversation + " " + seq + " text " + seq)
                .toList();
    }

    @Test
    void start_replay_isShownInOrderAndAcknowledged() throws Exception {
        post("room", 3);
        post("team", 2);

        try (DeviceClient device = fixture.started(recorder)) {
            var stream = server.awaitSubscription();
            stream.replay();

            assertThat(recorder.shownUntil("caught up"))
                    .containsExactly(
                            "message room 1 text 1",
                            "message room 2 text 2",
                            "message room 3 text 3",
                            "message team 1 text 1",
                            "message team 2 text 2");
            assertThat(stream.awaitAck()).isEqualTo("room=3,team=2,");
            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(3);
            assertThat(DeviceFixture.get(device.totalUnread())).isEqualTo(5);
            assertThat(DeviceFixture.get(device.messages("room", 2)))
                    .extracting(Message::getSeq)
                    .containsExactly(2L, 3L);
        }
    }

    @Test
    void doubledPages_areShownOnceAndAcknowledgedTwice() throws Exception {
        server.doublesPages(true);
        server.pageSize(2);
        post("room", 5);

        try (DeviceClient device = fixture.started(recorder)) {
            var stream = server.awaitSubscription();
            stream.replay();

            assertThat(recorder.shownUntil("caught up")).isEqualTo(messages("room", 1, 5));
            assertThat(List.of(stream.awaitAck(), stream.awaitAck())).containsExactly("room=2,", "room=2,");
            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(5);
        }
    }

    @Test
    void liveBeforeReplay_isShownInOrderOnce() throws Exception {
        post("room", 2);
        try (DeviceClient device = fixture.started(recorder)) {
            var stream = server.awaitSubscription();
            stream.replay();
            recorder.until("caught up");
            post("room", 4);

            stream.push(server.batch("room", 5, 6));
            stream.push(server.batch("room", 3, 4));
            post("room", 1);
            stream.push(server.batch("room", 7, 7));

            assertThat(recorder.shownUntil("message room 7 text 7")).isEqualTo(messages("room", 3, 7));
            assertThat(DeviceFixture.get(device.checkpoints()).get(0).getSeq()).isEqualTo(7);
        }
    }

    @Test
    void liveBeforeReplay_inANewConversation_isShownInOrderOnce() throws Exception {
        post("room", 6);
        try (DeviceClient device = fixture.started(recorder)) {
            var stream = server.awaitSubscription();

            stream.push(server.batch("room", 6, 6));
            stream.replay();

            assertThat(recorder.shownUntil("caught up")).isEqualTo(messages("room", 1, 6));
        }
    }

    @Test
    void hole_isFetchedPageByPageBeforeAnythingLater() throws Exception {
        post("room", 1);
        try (DeviceClient device = fixture.started(recorder)) {
            var stream = server.awaitSubscription();
            stream.replay();
            recorder.until("caught up");
            post("room", 9);
            server.pageSize(3);

            stream.push(server.batch("room", 10, 10));

            assertThat(recorder.shownUntil("message room 10 text 10")).isEqualTo(messages("room", 2, 10));
            assertThat(server.calls.stream().filter("ListMessages"::equals)).hasSize(3);
            assertThat(stream.awaitAck()).isEqualTo("room=1,");
            assertThat(stream.awaitAck()).isEqualTo("room=10,");
            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(10);
        }
    }

    @Test
    void hole_withinARange_isFetched() throws Exception {
        post("room", 4);
        try (DeviceClient device = fixture.started(recorder)) {
            var stream = server.awaitSubscription();
            var whole = server.batch("room", 1, 4);

            stream.push(whole.toBuilder().removeMessages(1).build());

            assertThat(recorder.shownUntil("message room 4 text 4")).isEqualTo(messages("room", 1, 4));
        }
    }

    @Test
    void hole_thatIsNotVisible_isPassed() throws Exception {
        post("room", 1);
        try (DeviceClient device = fixture.started(recorder)) {
            var stream = server.awaitSubscription();
            stream.replay();
            recorder.until("caught up");
            post("room", 5);
            server.hideThrough("room", 4);

            stream.push(server.batch("room", 6, 6));

            assertThat(recorder.shownUntil("message room 6 text 6")).isEqualTo(messages("room", 5, 6));
        }
    }

    /** As when the token is of another user for a while. */
    @ParameterizedTest
    @ValueSource(strings = {"NOT_YOURSELF", "NOT_YOUR_APP", "SCOPE_TOO_LOW"})
    void hole_thatMayNotBeAskedFor_endsTheDeviceAndIsFetchedByTheNext(String reason) throws Exception {
        post("room", 1);
        try (DeviceClient device = fixture.started(recorder)) {
            var stream = server.awaitSubscription();
            stream.replay();
            recorder.until("caught up");
            post("room", 4);
            server.failList(Status.PERMISSION_DENIED.withDescription(reason));

            stream.push(server.batch("room", 5, 5));

            recorder.until("failed " + reason);
        }
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();

            assertThat(recorder.shownUntil("caught up")).isEqualTo(messages("room", 2, 5));
        }
    }

    @Test
    void hole_ofWhoIsNoMemberAnyMore_isPassed() throws Exception {
        post("room", 1);
        try (DeviceClient device = fixture.started(recorder)) {
            var stream = server.awaitSubscription();
            stream.replay();
            recorder.until("caught up");
            post("room", 4);
            server.failList(Status.PERMISSION_DENIED.withDescription("NOT_MEMBER"));

            stream.push(server.batch("room", 5, 5));

            assertThat(recorder.shownUntil("message room 5 text 5")).isEqualTo(messages("room", 5, 5));
        }
    }

    @Test
    void newConversation_beginsWithTheLatest() throws Exception {
        post("room", 50);

        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();

            assertThat(recorder.shownUntil("caught up")).isEqualTo(messages("room", 31, 50));
            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(50);
        }
    }

    @Test
    void restart_afterLostAcknowledgements_showsNothingTwice() throws Exception {
        server.losesAcks(true);
        post("room", 3);
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();
            recorder.until("caught up");
        }
        assertThat(server.checkpointsOf("phone")).isEmpty();
        server.losesAcks(false);
        post("room", 1);
        Recorder second = new Recorder();

        try (DeviceClient device = fixture.started(second)) {
            var stream = server.awaitSubscription();
            assertThat(stream.awaitAck()).isEqualTo("room=3,");
            stream.push(server.batch("room", 1, 3));
            stream.replay();

            assertThat(second.shownUntil("caught up")).isEqualTo(messages("room", 4, 4));
            assertThat(DeviceFixture.get(device.messages("room", 10))).hasSize(4);
        }
        assertThat(server.checkpointsOf("phone")).isEqualTo(Map.of("room", 4L));
    }

    @Test
    void crash_betweenStoringAndShowing_showsWhatWasStored() throws Exception {
        post("room", 2);
        Path image = directory.resolve("image.db");
        Recorder copying = new Recorder() {
            @Override
            public void onMessage(String conversationId, Message message) {
                if (message.getSeq() == 1) {
                    copy(fixture.device.store(), image);
                }
                super.onMessage(conversationId, message);
            }
        };
        try (DeviceClient device = fixture.started(copying)) {
            server.awaitSubscription().replay();
            copying.until("caught up");
        }
        DeviceConfig crashed = DeviceConfig.of("app", FakeMessaging.USER, "phone", image);

        try (DeviceClient device = fixture.client.messaging().openDevice(crashed, recorder)) {
            device.start();
            var stream = server.awaitSubscription();
            assertThat(stream.awaitAck()).isEqualTo("room=2,");
            stream.push(server.batch("room", 1, 2));
            stream.replay();

            assertThat(recorder.shownUntil("caught up")).isEqualTo(messages("room", 1, 2));
        }
    }

    /** The disk as it would be found after a crash at this moment. */
    private static void copy(Path store, Path image) {
        try {
            for (String suffix : List.of("", "-wal")) {
                Path from = store.resolveSibling(store.getFileName() + suffix);
                if (Files.exists(from)) {
                    Files.copy(from, image.resolveSibling(image.getFileName() + suffix));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void lostConnection_isReplaced() throws Exception {
        post("room", 1);
        try (DeviceClient device = fixture.started(recorder)) {
            var first = server.awaitSubscription();
            first.replay();
            recorder.until("caught up");
            first.end(Status.Code.UNAVAILABLE, "SERVER_STOPPING");
            recorder.until("offline UNAVAILABLE");
            post("room", 2);
            fixture.retry();

            var second = server.awaitSubscription();
            second.replay();

            assertThat(recorder.shownUntil("caught up")).isEqualTo(messages("room", 2, 3));
            assertThat(first.register.getRun()).isNotZero();
            assertThat(second.register.getRun()).isEqualTo(first.register.getRun());
            assertThat(second.register.getAttempt()).isGreaterThan(first.register.getAttempt());
        }
    }

    @Test
    void silentConnection_isReplaced() throws Exception {
        post("room", 1);
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();
            recorder.until("caught up");
            // The answer to this comes after the device has asked for the next event.
            DeviceFixture.get(device.totalUnread());

            fixture.timer.advance(fixture.device.silence());
            recorder.until("offline UNAVAILABLE");
            fixture.retry();

            assertThat(server.awaitSubscription()).isNotNull();
        }
    }

    @Test
    void hint_bringsPages() throws Exception {
        post("room", 1);
        try (DeviceClient device = fixture.started(recorder)) {
            var stream = server.awaitSubscription();
            stream.replay();
            recorder.until("caught up");
            post("room", 7);
            server.pageSize(3);

            stream.hint("room");
            recorder.until("message room 8 text 8");

            assertThat(stream.awaitAck()).isEqualTo("room=1,");
            assertThat(stream.awaitAck()).isEqualTo("room=4,");
            assertThat(stream.awaitAck()).isEqualTo("room=7,");
            assertThat(stream.awaitAck()).isEqualTo("room=8,");
        }
    }

    @Test
    void withoutStreams_theDevicePolls() throws Exception {
        server.withoutStreams(true);
        post("room", 2);
        try (DeviceClient device = fixture.started(recorder)) {
            recorder.until("offline UNIMPLEMENTED");
            fixture.retry();
            assertThat(recorder.shownUntil("caught up")).isEqualTo(messages("room", 1, 2));
            server.withoutStreams(false);
            post("room", 1);

            fixture.timer.awaitAsked(fixture.device.pollEvery());
            fixture.timer.advance(fixture.device.pollEvery());
            server.awaitSubscription().replay();

            assertThat(recorder.shownUntil("caught up")).isEqualTo(messages("room", 3, 3));
        }
    }

    @Test
    void change_ofAStoredMessage_isApplied() throws Exception {
        post("room", 2);
        try (DeviceClient device = fixture.started(recorder)) {
            var stream = server.awaitSubscription();
            stream.replay();
            recorder.until("caught up");
            server.postChange("room", "bob", changed(1, MessageState.RECALLED, ""));
            server.postChange("room", "bob", changed(2, MessageState.EDITED, "better"));

            stream.push(server.batch("room", 3, 4));
            List<String> seen = recorder.until("unread room 1");

            assertThat(seen)
                    .containsExactly("changed room 1 RECALLED ", "changed room 2 EDITED better", "unread room 1");
            assertThat(DeviceFixture.get(device.messages("room", 10)))
                    .extracting(message -> message.getPayload().toStringUtf8())
                    .containsExactly("", "better");
            assertThat(server.unreadOf("room").getUnread()).isEqualTo(1);
        }
    }

    @Test
    void editThatRacedARecall_doesNotBringTheMessageBack() throws Exception {
        try (DeviceClient device = caughtUp(1)) {
            server.postChange("room", "bob", changed(1, MessageState.RECALLED, ""));
            server.postChange("room", "bob", changed(1, MessageState.EDITED, "too late"));

            stream.push(server.batch("room", 2, 3));
            List<String> seen = recorder.until("unread room 0");

            assertThat(seen).containsExactly("changed room 1 RECALLED ", "changed room 1 RECALLED ", "unread room 0");
            assertThat(DeviceFixture.get(device.messages("room", 1)))
                    .extracting(message -> message.getPayload().toStringUtf8())
                    .containsExactly("");
        }
    }

    private static MessageChanged changed(long seq, MessageState state, String payload) {
        return MessageChanged.newBuilder()
                .setSeq(seq)
                .setState(state)
                .setKind("text")
                .setPayload(DeviceFixture.bytes(payload))
                .build();
    }

    @Test
    void unread_ownMessagesAndMarks_doNotCount() throws Exception {
        post("room", 2);
        try (DeviceClient device = fixture.started(recorder)) {
            var stream = server.awaitSubscription();
            stream.replay();
            recorder.until("caught up");
            server.post("room", FakeMessaging.USER, "mine");
            post("room", 3);
            stream.push(server.batch("room", 3, 6));
            recorder.until("unread room 3");

            assertThat(DeviceFixture.get(device.markRead("room", 5))).isEqualTo(1);
            recorder.until("unread room 1");

            server.awaitCall("MarkRead");
            assertThat(DeviceFixture.get(device.markRead("room", 0))).isZero();
            assertThat(DeviceFixture.get(device.totalUnread())).isZero();
        }
    }

    @Test
    void unread_notices_doNotCount() throws Exception {
        post("room", 1);
        server.postNotice("room", "system", "maintenance tonight");

        try (DeviceClient device = fixture.started(recorder)) {
            var stream = server.awaitSubscription();
            stream.replay();
            recorder.until("caught up");
            server.postNotice("room", "system", "maintenance now");
            stream.push(server.batch("room", 3, 3));
            recorder.until("message room 3 maintenance now");

            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(1);
        }
    }

    private DeviceClient caughtUp(int messages) throws Exception {
        post("room", messages);
        DeviceClient device = fixture.started(recorder);
        stream = server.awaitSubscription();
        stream.replay();
        recorder.until("caught up");
        return device;
    }

    @Test
    void markRead_everything_readsPersonalMessagesToo() throws Exception {
        try (DeviceClient device = caughtUp(2)) {
            server.postPersonal("room", "bob", 2, "for you");
            stream.push(server.personalBatch("room", 1, 1));
            recorder.until("unread room 3");

            assertThat(DeviceFixture.get(device.markRead("room", 0))).isZero();

            assertThat(server.marksTaken.poll(10, TimeUnit.SECONDS)).isEqualTo("room 2 1");
            assertThat(server.unreadOf("room").getUnread()).isZero();
        }
    }

    @Test
    void markRead_upToAMessage_leavesThePersonalOnesThatFollowLaterOnes() throws Exception {
        try (DeviceClient device = caughtUp(3)) {
            server.postPersonal("room", "bob", 1, "early");
            server.postPersonal("room", "bob", 3, "late");
            server.postPersonal("room", "bob", 1, "early, and sent last");
            stream.push(server.personalBatch("room", 1, 3));
            recorder.until("unread room 6");

            assertThat(DeviceFixture.get(device.markRead("room", 2))).isEqualTo(3);

            assertThat(server.marksTaken.poll(10, TimeUnit.SECONDS)).isEqualTo("room 2 1");
            assertThat(server.unreadOf("room").getUnread()).isEqualTo(3);
        }
    }

    @Test
    void unread_ownMessages_leavePersonalOnesUnread() throws Exception {
        try (DeviceClient device = caughtUp(2)) {
            server.postPersonal("room", "bob", 2, "for you");
            stream.push(server.personalBatch("room", 1, 1));
            server.post("room", FakeMessaging.USER, "mine");

            stream.push(server.batch("room", 3, 3));
            recorder.until("unread room 1");

            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(1);
            assertThat(server.unreadOf("room").getUnread()).isEqualTo(1);
        }
    }

    @Test
    void unread_ownNotices_markNothing() throws Exception {
        try (DeviceClient device = caughtUp(2)) {
            server.postNotice("room", FakeMessaging.USER, "I am away");

            stream.push(server.batch("room", 3, 3));
            recorder.until("message room 3 I am away");

            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(2);
            assertThat(server.unreadOf("room").getUnread()).isEqualTo(2);
        }
    }

    @Test
    void unread_personalMessageThatTheServerHadCounted_countsOnce() throws Exception {
        server.postPersonal("room", "bob", 2, "for you");
        try (DeviceClient device = caughtUp(2)) {
            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(3);

            stream.push(server.personalBatch("room", 1, 1));
            recorder.until("message room 2 for you");

            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(3);
        }
    }

    @Test
    void unread_recallOfAMessageThatIsNotHere_isAskedFor() throws Exception {
        try (DeviceClient device = caughtUp(50)) {
            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(50);
            server.postChange("room", "bob", changed(5, MessageState.RECALLED, ""));

            stream.push(server.batch("room", 51, 51));
            recorder.until("unread room 49");
        }
    }

    @Test
    void unread_ofWhatWasSentBeforeJoining_isNothing() throws Exception {
        try (DeviceClient device = caughtUp(1)) {
            post("team", 3);
            server.postJoined("team", FakeMessaging.USER);
            post("team", 1);

            stream.push(server.batch("team", 1, 5));
            recorder.until("unread team 1");
        }
    }

    @Test
    void unread_afterLeaving_isNothing() throws Exception {
        try (DeviceClient device = caughtUp(2)) {
            post("room", 1);
            var left = UserConversation.newBuilder()
                    .setConversationId("room")
                    .setRole(Role.MEMBER)
                    .setLeft(true);

            stream.push(server.batch("room", 3, 3).toBuilder()
                    .addMembershipChanges(left)
                    .build());
            recorder.until("unread room 0");

            assertThat(DeviceFixture.get(device.totalUnread())).isZero();
        }
    }

    @Test
    void keepMessages_personalOnes_countOnAndCanBeMarked() throws Exception {
        DeviceConfig small = fixture.device.withKeepMessages(2);
        post("room", 1);
        try (DeviceClient device = fixture.client.messaging().openDevice(small, recorder)) {
            device.start();
            stream = server.awaitSubscription();
            stream.replay();
            recorder.until("caught up");
            server.postPersonal("room", "bob", 1, "for you");
            stream.push(server.personalBatch("room", 1, 1));
            post("room", 4);
            stream.push(server.batch("room", 2, 5));
            recorder.until("unread room 6");

            assertThat(DeviceFixture.get(device.messages("room", 100))).hasSize(2);
            assertThat(DeviceFixture.get(device.markRead("room", 5))).isZero();
            assertThat(server.marksTaken.poll(10, TimeUnit.SECONDS)).isEqualTo("room 5 1");
        }
    }

    @Test
    void markRead_whileOffline_reachesTheServerLater() throws Exception {
        post("room", 2);
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();
            recorder.until("caught up");
        }
        try (DeviceClient device = fixture.open(recorder)) {
            server.stop();
            assertThat(DeviceFixture.get(device.markRead("room", 2))).isZero();
        }
        server.startAgain();

        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();
            recorder.until("caught up");

            server.awaitCall("MarkRead");
            assertThat(DeviceFixture.get(device.unread("room"))).isZero();
        }
    }

    @Test
    void markRead_beyondWhatCame_isRefused() throws Exception {
        try (DeviceClient device = fixture.started(recorder)) {
            assertThat(device.markRead("room", 7))
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                    .withMessageContaining("seq: 7 (expected: 0..0)");
        }
    }

    @Test
    void replacedElsewhere_endsTheDevice() throws Exception {
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().end(Status.Code.ABORTED, "REPLACED");

            recorder.until("failed REPLACED");
            assertThat(device.unread("room")).failsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void staleToken_isForgottenAndTheCheckpointsAreTold() throws Exception {
        post("room", 3);
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();
            recorder.until("caught up");
        }
        server.refuseTokensGiven();
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription();
            recorder.until("offline INVALID_ARGUMENT");
            fixture.retry();

            var stream = server.awaitSubscription();
            assertThat(server.checkpointsOf("phone")).isEqualTo(Map.of("room", 3L));
            stream.replay();

            assertThat(recorder.shownUntil("caught up")).isEmpty();
        }
    }

    @Test
    void restoredConversation_isShownAnew() throws Exception {
        post("room", 5);
        post("team", 2);
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();
            recorder.until("caught up");
            server.restore("room", 2);
            server.post("room", "bob", "another third");
        }
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();
            recorder.until("begun anew room");
            server.awaitCall("ForgetDevice");

            var stream = server.awaitSubscription();
            assertThat(server.checkpointsOf("phone")).isEqualTo(Map.of("team", 2L));
            stream.replay();

            assertThat(recorder.shownUntil("caught up"))
                    .containsExactly("message room 1 text 1", "message room 2 text 2", "message room 3 another third");
            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(3);
            assertThat(DeviceFixture.get(device.totalUnread())).isEqualTo(5);
            server.post("room", "bob", "fourth");
            stream.push(server.batch("room", 4, 4));
            recorder.until("message room 4 fourth");
        }
    }

    @Test
    void restoredConversation_whenTheDeviceDiesBeforeItIsForgotten_isShownAnewByTheNext() throws Exception {
        post("room", 5);
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();
            recorder.until("caught up");
            server.restore("room", 2);
        }
        Recorder dying = new Recorder() {
            @Override
            public void onBegunAnew(String conversationId) {
                throw new IllegalStateException("dying");
            }
        };
        try (DeviceClient device = fixture.started(dying)) {
            server.awaitSubscription().replay();
            dying.until("failed IllegalStateException");
        }

        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();

            assertThat(recorder.shownUntil("caught up")).isEqualTo(messages("room", 1, 2));
        }
    }

    @Test
    void restoredConversation_ofAServerThatDoesNotKnowTheDevice_isShownAnew() throws Exception {
        post("room", 5);
        post("team", 2);
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();
            recorder.until("caught up");
        }
        server.refuseTokensGiven();
        server.restore("room", 2);
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription();
            recorder.until("offline INVALID_ARGUMENT");
            fixture.retry();

            var stream = server.awaitSubscription();
            assertThat(server.checkpointsOf("phone")).isEqualTo(Map.of("team", 2L));
            stream.replay();

            assertThat(recorder.shownUntil("caught up")).isEqualTo(messages("room", 1, 2));
        }
    }

    @Test
    void restoredConversation_ofAServerThatDoesNotForget_isBegunAnewOnce() throws Exception {
        post("room", 5);
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();
            recorder.until("caught up");
            server.restore("room", 2);
            server.forgetsNothing();
        }
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();
            recorder.until("begun anew room");

            server.awaitSubscription().replay();

            assertThat(recorder.until("caught up")).doesNotContain("begun anew room");
        }
    }

    @Test
    void staleToken_withMoreCheckpointsThanARequestMayHave_isForgotten() throws Exception {
        int conversations = 2 * CheckpointTelling.MOST_AT_ONCE + 1;
        for (int i = 0; i < conversations; i++) {
            post("room" + i, 1);
        }
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription().replay();
            recorder.until("caught up");
        }
        server.refuseTokensGiven();
        server.erase("room7");
        try (DeviceClient device = fixture.started(recorder)) {
            server.awaitSubscription();
            recorder.until("offline INVALID_ARGUMENT");
            fixture.retry();

            var stream = server.awaitSubscription();
            assertThat(server.checkpointsOf("phone")).hasSize(conversations - 1);
            stream.replay();

            assertThat(recorder.shownUntil("caught up")).isEmpty();
        }
    }

    @Test
    void keepMessages_boundsWhatIsStoredNotWhatIsCounted() throws Exception {
        post("room", 20);
        DeviceConfig small = fixture.device.withKeepMessages(5);

        try (DeviceClient device = fixture.client.messaging().openDevice(small, recorder)) {
            device.start();
            server.awaitSubscription().replay();
            recorder.until("caught up");

            assertThat(DeviceFixture.get(device.messages("room", 100))).hasSize(5);
            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(20);
        }
    }

    @Test
    void listenerThatThrows_endsTheDeviceAndIsShownThatMessageAgain() throws Exception {
        post("room", 2);
        Recorder throwing = new Recorder() {
            @Override
            public void onMessage(String conversationId, Message message) {
                if (message.getSeq() == 2) {
                    throw new IllegalStateException("Out of paper");
                }
                super.onMessage(conversationId, message);
            }
        };
        try (DeviceClient device = fixture.started(throwing)) {
            server.awaitSubscription().replay();
            throwing.until("failed IllegalStateException");
        }

        try (DeviceClient device = fixture.started(recorder)) {
            assertThat(recorder.shownUntil("message room 2 text 2")).isEqualTo(messages("room", 2, 2));
        }
    }
}
