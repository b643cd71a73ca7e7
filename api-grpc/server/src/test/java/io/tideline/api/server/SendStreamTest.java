package io.tideline.api.server;

import static io.tideline.api.server.Chat.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.api.v1.MessageServiceGrpc;
import io.tideline.api.v1.SendStreamRequest;
import io.tideline.api.v1.SendStreamResponse;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.TimelineFamily;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SendStreamTest {
    private static final int WINDOW = 8;

    private ServerFixture fixture;
    private Chat chat;
    private String group;
    private String other;

    private volatile boolean holding;

    @BeforeEach
    void start() {
        fixture = new ServerFixture(new TidelineServerConfig.Limits(16 << 20, 8 << 10, 1024, 2048, WINDOW, 4 << 20));
        chat = new Chat(fixture.channel);
        group = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", "bob");
        other = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", "bob");
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    /** One stream and its answers. */
    private final class Stream implements StreamObserver<SendStreamResponse> {
        final List<SendStreamResponse> answers = Collections.synchronizedList(new ArrayList<>());
        final CompletableFuture<Void> end = new CompletableFuture<>();
        final StreamObserver<SendStreamRequest> requests =
                MessageServiceGrpc.newStub(fixture.channel).sendStream(this);

        @Override
        public void onNext(SendStreamResponse answer) {
            answers.add(answer);
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            end.complete(null);
        }

        void send(String conversation, String sender, String id) {
            requests.onNext(request(conversation, sender, id).build());
        }

        /** All answers, in the order of the requests. */
        List<SendStreamResponse> finish() throws Exception {
            requests.onCompleted();
            end.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
            return answers.stream()
                    .sorted(Comparator.comparing(SendStreamResponse::getRequestIndex))
                    .toList();
        }
    }

    private static SendStreamRequest.Builder request(String conversation, String sender, String id) {
        return SendStreamRequest.newBuilder()
                .setApp(Chat.APP)
                .setConversationId(conversation)
                .setSender(sender)
                .setMessage(text(id));
    }

    @Test
    void sendStream_manyMessages_keepTheOrderOfEachConversation() throws Exception {
        Stream stream = new Stream();
        for (int i = 0; i < 500; i++) {
            stream.send(i % 2 == 0 ? group : other, "bob", "m" + i);
        }

        List<SendStreamResponse> answers = stream.finish();

        assertThat(answers).hasSize(500).allMatch(SendStreamResponse::hasReceipt);
        assertThat(Chat.texts(chat.read(group, "anna")))
                .isEqualTo(IntStream.range(0, 250).mapToObj(i -> "m" + 2 * i).toList());
        assertThat(Chat.texts(chat.read(other, "anna")))
                .isEqualTo(
                        IntStream.range(0, 250).mapToObj(i -> "m" + (2 * i + 1)).toList());
    }

    @Test
    void sendStream_burstIntoOneConversation_keepsTheOrderAndLosesNothing() throws Exception {
        int burst = 10_000;
        Stream stream = new Stream();
        for (int i = 0; i < burst; i++) {
            stream.send(group, "bob", "m" + i);
        }

        List<SendStreamResponse> answers = stream.finish();

        long first = answers.get(0).getReceipt().getSeq();
        assertThat(answers)
                .extracting(answer -> answer.getReceipt().getSeq())
                .isEqualTo(LongStream.range(first, first + burst).boxed().toList());
        List<String> stored = new ArrayList<>();
        String next = "";
        do {
            ListMessagesResponse page = chat.messages.listMessages(Chat.history(group, "anna")
                    .setPageSize(1_000)
                    .setPageToken(next)
                    .build());
            stored.addAll(Chat.texts(page.getMessagesList()));
            next = page.getNextPageToken();
        } while (!next.isEmpty() && stored.size() <= burst);
        assertThat(stored)
                .isEqualTo(IntStream.range(0, burst).mapToObj(i -> "m" + i).toList());
    }

    @Test
    void sendStream_failedMessages_leaveTheOthersAlone() throws Exception {
        BlockingQueue<Runnable> held = hold();
        Stream stream = new Stream();
        stream.send(group, "bob", "a");
        Runnable first = take(held);
        // These wait for the first and go together, where one of them is refused.
        stream.send(group, "bob", "b");
        stream.requests.onNext(request(group, "bob", "a")
                .setMessage(text("a").toBuilder().setKind("other"))
                .build());
        stream.send(group, "bob", "c");
        stream.send(group, "eve", "d");
        stream.requests.onNext(SendStreamRequest.getDefaultInstance());
        release(held);
        first.run();

        List<SendStreamResponse> answers = stream.finish();

        assertThat(answers)
                .extracting(answer -> answer.hasReceipt()
                        ? "sent"
                        : Failure.of(answer.getError()).reason())
                .containsExactly("sent", "sent", "CLIENT_MESSAGE_CONFLICT", "sent", "NOT_MEMBER", "INVALID_REQUEST");
        assertThat(Chat.texts(chat.read(group, "anna"))).containsExactly("a", "b", "c");
    }

    @Test
    void sendStream_failedForNow_holdsItsLaneUntilItIsRepeated() throws Exception {
        BlockingQueue<Runnable> held = hold();
        Stream stream = new Stream();
        stream.send(group, "bob", "a");
        Runnable first = take(held);
        // These wait for the first and go together, which fails.
        stream.send(group, "bob", "b");
        stream.send(group, "bob", "c");
        // The answer to this shows that they have arrived.
        stream.send(other, "bob", "o");
        Runnable elsewhere = take(held);
        AtomicInteger failures = new AtomicInteger();
        fixture.store.onAppend = (append, deadline) -> append.entries().size() > 1 && failures.incrementAndGet() == 1
                ? CompletableFuture.failedFuture(new StorageUnavailableException("away", Map.of(), null))
                : fixture.memory.append(append, deadline);
        first.run();
        elsewhere.run();
        stream.send(group, "bob", "d");
        stream.send(group, "anna", "e");
        stream.send(group, "bob", "b");
        stream.send(group, "bob", "c");
        stream.send(group, "bob", "d");

        List<SendStreamResponse> answers = stream.finish();

        assertThat(answers)
                .extracting(answer -> answer.hasReceipt()
                        ? "sent"
                        : Failure.of(answer.getError()).reason())
                .containsExactly(
                        "sent",
                        "STORAGE_UNAVAILABLE",
                        "STORAGE_UNAVAILABLE",
                        "sent",
                        "ORDER_HELD",
                        "sent",
                        "sent",
                        "sent",
                        "sent");
        assertThat(Chat.texts(chat.read(group, "anna"))).containsSubsequence("a", "b", "c", "d");
        assertThat(chat.read(group, "anna")).hasSize(5);
    }

    @Test
    void sendStream_storageSlow_readsNoMoreThanTheWindow() throws Exception {
        BlockingQueue<Runnable> held = hold();
        Stream stream = new Stream();
        for (int i = 0; i < 50; i++) {
            stream.send(group, "bob", "m" + i);
        }
        Runnable first = take(held);
        fixture.store.onAppend = (append, deadline) -> {
            assertThat(append.entries().size()).isLessThanOrEqualTo(WINDOW);
            return fixture.memory.append(append, deadline);
        };
        // The answer to this shows that the server had every chance to read more of the stream.
        chat.send(other, "bob", "round trip");
        assertThat(stream.answers).isEmpty();

        first.run();

        assertThat(stream.finish()).hasSize(50).allMatch(SendStreamResponse::hasReceipt);
        assertThat(Chat.texts(chat.read(group, "anna"))).hasSize(50);
    }

    /** From now on appends to conversations wait until they are run. */
    private BlockingQueue<Runnable> hold() {
        holding = true;
        BlockingQueue<Runnable> held = new LinkedBlockingQueue<>();
        fixture.store.onAppend = (append, deadline) -> append.timeline().family() == TimelineFamily.CONVERSATION
                ? held(held, append)
                : fixture.memory.append(append, deadline);
        return held;
    }

    private CompletableFuture<AppendOutcome> held(BlockingQueue<Runnable> held, TimelineAppend append) {
        CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();
        Runnable carryOut = () -> outcome.complete(fixture.memory
                .append(append, Deadline.after(ServerFixture.WAIT))
                .join());
        synchronized (held) {
            if (holding) {
                held.add(carryOut);
                return outcome;
            }
        }
        carryOut.run();
        return outcome;
    }

    /** Lets all through, also those that were about to be held. */
    private void release(BlockingQueue<Runnable> held) {
        synchronized (held) {
            holding = false;
        }
        held.forEach(Runnable::run);
    }

    private static Runnable take(BlockingQueue<Runnable> held) throws InterruptedException {
        Runnable next = held.poll(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }
}
