package io.tideline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.tideline.api.v1.ConsumerBatch;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.PollConsumerRequest;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.SendResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MessagingClientTest {
    @TempDir
    private Path directory;

    private DeviceFixture fixture;
    private FakeMessaging server;
    private MessagingClient messaging;

    @BeforeEach
    void open() throws IOException {
        fixture = new DeviceFixture(directory);
        server = fixture.server;
        messaging = fixture.client.messaging();
    }

    @AfterEach
    void close() throws InterruptedException {
        fixture.close();
    }

    private static SendRequest request(String text) {
        return SendRequest.newBuilder()
                .setApp("app")
                .setConversationId("room")
                .setSender("bob")
                .setMessage(message(text))
                .build();
    }

    private static OutgoingMessage message(String text) {
        return OutgoingMessage.newBuilder()
                .setKind("text")
                .setPayload(DeviceFixture.bytes(text))
                .build();
    }

    @Test
    void send_lostAnswer_isRepeatedWithTheSameId() throws Exception {
        server.loseSendAnswers(1);

        CompletableFuture<SendResponse> sent = messaging.send(request("one"));
        fixture.retry();

        assertThat(DeviceFixture.get(sent).getRepeated()).isTrue();
        assertThat(server.payloads("room")).containsExactly("one");
    }

    @Test
    void everyCall_carriesTheToken() throws Exception {
        DeviceFixture.get(messaging.send(request("one")));

        assertThat(server.tokensOfCallers).containsExactly("Bearer secret");
    }

    @Test
    void sendStream_lostConnection_keepsOrderAndStoresOnce() throws Exception {
        server.loseSendAnswers(1);
        try (SendStream stream = messaging.openSendStream("app", "bob")) {
            List<CompletableFuture<SendResponse>> answers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                answers.add(stream.send("room", message("text " + i)));
            }
            fixture.retry();

            for (int i = 0; i < 10; i++) {
                assertThat(DeviceFixture.get(answers.get(i)).getSeq()).isEqualTo(i + 1);
            }
            DeviceFixture.get(stream.finish());
            assertThat(server.payloads("room")).hasSize(10);
        }
    }

    @Test
    void allMessages_walksAllPages() {
        for (int i = 1; i <= 7; i++) {
            server.post("room", "bob", "text " + i);
        }
        var request = ListMessagesRequest.newBuilder()
                .setConversationId("room")
                .setFromSeq(1)
                .setToSeq(7)
                .setPageSize(100)
                .build();

        List<Long> seqs = new ArrayList<>();
        messaging.allMessages(request, gap -> {}).forEachRemaining((Message found) -> seqs.add(found.getSeq()));

        assertThat(seqs).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }

    /** Writes down what it handles, and fails once when told to. */
    private static final class Handler implements ConsumerHandler {
        final BlockingQueue<String> handled = new LinkedBlockingQueue<>();
        final BlockingQueue<String> failures = new LinkedBlockingQueue<>();
        private String failsOnceAt = "";

        @Override
        public void handle(ConsumerBatch batch) throws IOException {
            if (batch.getConversationId().equals(failsOnceAt)) {
                failsOnceAt = "";
                throw new IOException("Disk full");
            }
            batch.getEntriesList().forEach(entry -> handled.add(batch.getConversationId() + " " + entry.getSeq()));
        }

        @Override
        public void onFailure(Throwable failure) {
            failures.add(failure.getClass().getSimpleName());
        }

        String next() throws InterruptedException {
            return String.valueOf(handled.poll(10, TimeUnit.SECONDS));
        }
    }

    private static final PollConsumerRequest POLL = PollConsumerRequest.newBuilder()
            .setApp("app")
            .setConsumer("archive")
            .build();

    @Test
    void consume_whatFails_comesAgainAndTheRestIsCommitted() throws Exception {
        server.post("a", "bob", "one");
        server.post("b", "bob", "one");
        Handler handler = new Handler();
        handler.failsOnceAt = "b";
        try (ConsumerLoop loop = messaging.consume(POLL, handler, Runnable::run)) {
            assertThat(handler.next()).isEqualTo("a 1");
            assertThat(handler.failures.poll(10, TimeUnit.SECONDS)).isEqualTo("IOException");
            assertThat(server.committedOf("a")).isEqualTo(1);
            assertThat(server.committedOf("b")).isZero();
            fixture.retry();

            assertThat(handler.next()).isEqualTo("b 1");
            assertThat(loop.isOver()).isFalse();
        }
    }

    @Test
    void consume_endsBeforeTheCheckpoint_isToldOnceAndTheOthersGoOn() throws Exception {
        server.post("a", "bob", "one");
        server.post("b", "bob", "one");
        BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
        BlockingQueue<String> handled = new LinkedBlockingQueue<>();
        ConsumerHandler handler = new ConsumerHandler() {
            @Override
            public void handle(ConsumerBatch batch) {
                handled.add(batch.getConversationId() + " " + batch.getEntriesCount());
            }

            @Override
            public void onFailure(Throwable failure) {
                failures.add(failure);
            }
        };
        server.commit("a", 5);
        try (ConsumerLoop loop = messaging.consume(POLL, handler, Runnable::run)) {
            assertThat(handled.poll(10, TimeUnit.SECONDS)).isEqualTo("b 1");
            server.post("b", "bob", "two");
            fixture.timer.awaitAsked(Duration.ofSeconds(1));
            fixture.timer.advance(Duration.ofSeconds(1));
            assertThat(handled.poll(10, TimeUnit.SECONDS)).isEqualTo("b 1");

            assertThat(loop.isOver()).isFalse();
        }
        assertThat(failures).singleElement().isInstanceOfSatisfying(TidelineCallException.class, failure -> {
            assertThat(failure.reason()).isEqualTo(TidelineCallException.CHECKPOINT_BEYOND_HEAD);
            assertThat(failure.metadata()).isEqualTo(Map.of("timeline_id", "a", "committed_seq", "5", "last_seq", "1"));
        });
    }

    @Test
    void consume_callFails_isToldAndTriedAgain() throws Exception {
        server.failPoll(Status.INTERNAL);
        server.post("a", "bob", "one");
        Handler handler = new Handler();
        try (ConsumerLoop loop = messaging.consume(POLL, handler, Runnable::run)) {
            assertThat(handler.failures.poll(10, TimeUnit.SECONDS)).isEqualTo("TidelineCallException");
            fixture.retry();

            assertThat(handler.next()).isEqualTo("a 1");
        }
    }
}
