package io.tideline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.SendResponse;
import io.tideline.client.DeviceFixture.Recorder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceSendTest {
    @TempDir
    private Path directory;

    private DeviceFixture fixture;
    private FakeMessaging server;
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

    private static CompletableFuture<SendResponse> send(DeviceClient device, String text) {
        return device.send("room", "text", DeviceFixture.bytes(text));
    }

    @Test
    void send_many_keepTheirOrder() throws Exception {
        try (DeviceClient device = fixture.started(recorder)) {
            List<CompletableFuture<SendResponse>> answers = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                texts.add("text " + i);
                answers.add(send(device, "text " + i));
            }

            assertThat(DeviceFixture.get(answers.get(19)).getSeq()).isEqualTo(20);
            assertThat(server.payloads("room")).isEqualTo(texts);
            assertThat(device.queued()).isZero();
        }
    }

    @Test
    void send_lostAnswer_isStoredOnce() throws Exception {
        server.loseSendAnswers(1);
        try (DeviceClient device = fixture.started(recorder)) {
            CompletableFuture<SendResponse> first = send(device, "one");
            CompletableFuture<SendResponse> second = send(device, "two");
            fixture.retry();

            assertThat(DeviceFixture.get(first).getRepeated()).isTrue();
            assertThat(DeviceFixture.get(second).getSeq()).isEqualTo(2);
            assertThat(server.payloads("room")).containsExactly("one", "two");
        }
    }

    @Test
    void send_restartBeforeTheAnswer_isStoredOnceAndTold() throws Exception {
        server.loseSendAnswers(1);
        CompletableFuture<SendResponse> lost;
        try (DeviceClient device = fixture.started(recorder)) {
            lost = send(device, "one");
            var unused = send(device, "two");
            fixture.timer.awaitAsked(DeviceFixture.FIRST_WAIT);
            assertThat(device.queued()).isEqualTo(2);
        }
        assertThat(ClientFixture.failure(lost).reason()).isEqualTo(TidelineCallException.CLIENT_CLOSED);

        try (DeviceClient device = fixture.started(recorder)) {
            recorder.until("sent room 1");
            recorder.until("sent room 2");

            assertThat(server.payloads("room")).containsExactly("one", "two");
            assertThat(device.queued()).isZero();
        }
    }

    @Test
    void send_beforeStart_waitsForIt() throws Exception {
        CompletableFuture<SendResponse> sent;
        try (DeviceClient device = fixture.open(recorder)) {
            sent = send(device, "one");
            DeviceFixture.get(device.totalUnread());
            assertThat(server.calls).doesNotContain("Send");

            device.start();

            assertThat(DeviceFixture.get(sent).getSeq()).isEqualTo(1);
        }
    }

    @Test
    void send_refusedForGood_leavesTheQueueAndTheNextGoesOn() throws Exception {
        server.failSend(Status.PERMISSION_DENIED.withDescription("NOT_MEMBER"));
        try (DeviceClient device = fixture.started(recorder)) {
            CompletableFuture<SendResponse> refused = send(device, "one");
            CompletableFuture<SendResponse> next = send(device, "two");

            assertThat(ClientFixture.failure(refused).reason()).isEqualTo("NOT_MEMBER");
            assertThat(DeviceFixture.get(next).getSeq()).isEqualTo(1);
            recorder.until("refused room NOT_MEMBER");
        }
    }

    @Test
    void send_tokenRunOut_waitsAndGoesOn() throws Exception {
        server.failSend(Status.UNAUTHENTICATED.withDescription("UNAUTHENTICATED"));
        try (DeviceClient device = fixture.started(recorder)) {
            CompletableFuture<SendResponse> sent = send(device, "one");
            fixture.retry();

            assertThat(DeviceFixture.get(sent).getSeq()).isEqualTo(1);
        }
    }

    @Test
    void send_oneConversationAlwaysFails_othersGoOnMeanwhile() throws Exception {
        server.failSendsTo("bad", Status.INTERNAL.withDescription("INTERNAL"));
        try (DeviceClient device = fixture.started(recorder)) {
            var bad = device.send("bad", "text", DeviceFixture.bytes("bad one"));
            var unused = device.send("bad", "text", DeviceFixture.bytes("bad two"));
            fixture.timer.awaitAsked(DeviceFixture.FIRST_WAIT);

            for (int i = 1; i <= 3; i++) {
                assertThat(DeviceFixture.get(send(device, "text " + i)).getSeq())
                        .isEqualTo(i);
            }
            assertThat(bad).isNotDone();
            assertThat(device.queued()).isEqualTo(2);
        }
    }

    @Test
    void send_failedForNow_waitsLongerEachTimeAndKeepsTheOrder() throws Exception {
        server.failSendsTo("bad", Status.INTERNAL.withDescription("INTERNAL"));
        try (DeviceClient device = fixture.started(recorder)) {
            var unused = device.send("bad", "text", DeviceFixture.bytes("one"));
            var last = device.send("bad", "text", DeviceFixture.bytes("two"));
            fixture.retry();
            fixture.timer.awaitAsked(DeviceFixture.FIRST_WAIT.multipliedBy(2));
            server.heal("bad");
            fixture.timer.advance(DeviceFixture.FIRST_WAIT.multipliedBy(2));

            assertThat(DeviceFixture.get(last).getSeq()).isEqualTo(2);
            assertThat(server.payloads("bad")).containsExactly("one", "two");
        }
    }

    @Test
    void send_toAFloodedConversation_othersGoOnMeanwhile_butNotWhenTheUserFloods() throws Exception {
        var held = server.holdSends();
        Duration stretched = DeviceFixture.FIRST_WAIT.multipliedBy(9).dividedBy(8);
        try (DeviceClient device = fixture.started(recorder)) {
            var unused = device.send("flooded", "text", DeviceFixture.bytes("one"));
            held.poll(10, TimeUnit.SECONDS).onError(tooFast("conversation-sends-per-minute"));
            fixture.timer.awaitAsked(stretched);

            unused = device.send("other", "text", DeviceFixture.bytes("two"));
            held.poll(10, TimeUnit.SECONDS).onError(tooFast("user-sends-per-minute"));
            fixture.timer.awaitAsked(stretched);

            unused = device.send("third", "text", DeviceFixture.bytes("three"));
            DeviceFixture.get(device.totalUnread());
            assertThat(held).isEmpty();
        }
    }

    private static StatusRuntimeException tooFast(String rule) {
        return ScriptedServer.failure(
                Status.Code.RESOURCE_EXHAUSTED, "OVERLOADED", Map.of("rule", rule), DeviceFixture.FIRST_WAIT);
    }

    /** As many failures in a row as attempts at once, 16: then nobody is tried until the pause is over. */
    @Test
    void send_everyConversationFails_theWholeQueueWaits() throws Exception {
        var held = server.holdSends();
        try (DeviceClient device = fixture.started(recorder)) {
            for (int i = 0; i < 100; i++) {
                var unused = device.send("room " + i, "text", DeviceFixture.bytes("text"));
            }
            for (int i = 0; i < 31; i++) {
                held.poll(10, TimeUnit.SECONDS).onError(ScriptedServer.failure(Status.Code.INTERNAL, "INTERNAL", null));
                fixture.timer.awaitAsked(DeviceFixture.FIRST_WAIT);
            }
            DeviceFixture.get(device.totalUnread());

            assertThat(held).isEmpty();
            fixture.timer.advance(DeviceFixture.FIRST_WAIT);
            assertThat(held.poll(10, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void send_manyConversationsAlwaysFail_othersAreTriedFirst() throws Exception {
        for (int i = 0; i < 40; i++) {
            server.failSendsTo("bad " + i, Status.INTERNAL.withDescription("INTERNAL"));
        }
        try (DeviceClient device = fixture.started(recorder)) {
            for (int i = 0; i < 40; i++) {
                var unused = device.send("bad " + i, "text", DeviceFixture.bytes("text"));
            }
            CompletableFuture<SendResponse> good = send(device, "one");
            for (int pause = 0; pause < 500 && !good.isDone(); pause++) {
                fixture.timer.awaitAsked();
                fixture.timer.advance(Duration.ofSeconds(5));
            }

            assertThat(DeviceFixture.get(good).getSeq()).isEqualTo(1);
            assertThat(device.queued()).isEqualTo(40);
        }
    }

    @Test
    void send_queueFull_isRefused() throws Exception {
        DeviceConfig small = fixture.device.withMaxQueued(1);
        try (DeviceClient device = fixture.client.messaging().openDevice(small, recorder)) {
            var unused = send(device, "one");

            assertThat(ClientFixture.failure(send(device, "two")).reason())
                    .isEqualTo(TidelineCallException.TOO_MANY_PENDING);
        }
    }

    @Test
    void send_sameIdTwice_isOneMessage() throws Exception {
        OutgoingMessage message = OutgoingMessage.newBuilder()
                .setClientMessageId("mine-1")
                .setPayload(DeviceFixture.bytes("one"))
                .build();
        try (DeviceClient device = fixture.open(recorder)) {
            CompletableFuture<SendResponse> first = device.send("room", message);
            CompletableFuture<SendResponse> second = device.send("room", message);
            device.start();

            assertThat(DeviceFixture.get(first)).isEqualTo(DeviceFixture.get(second));
            assertThat(server.payloads("room")).containsExactly("one");
        }
    }

    @Test
    void send_comesBackBeforeItsAnswer_isAnsweredByThat() throws Exception {
        server.loseSendAnswers(1);
        try (DeviceClient device = fixture.started(recorder)) {
            CompletableFuture<SendResponse> sent = send(device, "one");
            fixture.timer.awaitAsked(DeviceFixture.FIRST_WAIT);

            server.awaitSubscription().replay();

            assertThat(DeviceFixture.get(sent).getSeq()).isEqualTo(1);
            assertThat(recorder.until("caught up")).contains("sent room 1", "message room 1 one");
            assertThat(device.queued()).isZero();
        }
    }
}
