package io.tideline.api.server;

import static io.tideline.api.server.Messages.conversation;
import static io.tideline.api.server.Messages.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.api.v1.AppendStreamResponse;
import io.tideline.core.error.DeadlinePassedException;
import io.tideline.core.error.OutcomeUnknownException;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AppendStreamTest {
    private static final int WINDOW = 8;

    private ServerFixture fixture;

    @BeforeEach
    void start() {
        fixture = new ServerFixture(new TidelineServerConfig.Limits(16 << 20, 8 << 10, 1024, 2048, WINDOW, 4 << 20));
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    /** A client of one stream that takes answers only as a test allows. */
    private static final class Client implements ClientResponseObserver<AppendStreamRequest, AppendStreamResponse> {
        final List<AppendStreamResponse> answers = Collections.synchronizedList(new ArrayList<>());
        final CompletableFuture<List<AppendStreamResponse>> end = new CompletableFuture<>();
        final boolean takesAll;
        ClientCallStreamObserver<AppendStreamRequest> requests;

        Client(boolean takesAll) {
            this.takesAll = takesAll;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<AppendStreamRequest> stream) {
            requests = stream;
            if (!takesAll) {
                stream.disableAutoRequestWithInitial(0);
            }
        }

        @Override
        public void onNext(AppendStreamResponse answer) {
            answers.add(answer);
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            end.complete(List.copyOf(answers));
        }

        Client open(ServerFixture fixture) {
            var unused = fixture.async.appendStream(this);
            return this;
        }

        Client send(String timeline, String id) {
            requests.onNext(request(timeline, id));
            return this;
        }

        List<AppendStreamResponse> finish() throws Exception {
            requests.onCompleted();
            return end.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static AppendStreamRequest request(String timeline, String id) {
        return AppendStreamRequest.newBuilder()
                .setTimeline(conversation(timeline))
                .setEntry(entry(id))
                .build();
    }

    @Test
    void appendStream_manyRequests_keepTheOrderOfEachTimeline() throws Exception {
        Client client = new Client(true).open(fixture);
        for (int i = 0; i < 1_000; i++) {
            client.send("t" + i % 3, "m" + i);
        }

        List<AppendStreamResponse> answers = client.finish();

        assertThat(answers).hasSize(1_000);
        Map<Long, AppendStreamResponse> byIndex = new ConcurrentHashMap<>();
        answers.forEach(answer -> byIndex.put(answer.getRequestIndex(), answer));
        for (long i = 0; i < 1_000; i++) {
            assertThat(byIndex.get(i).getClientMessageId()).isEqualTo("m" + i);
            assertThat(byIndex.get(i).getReceipt().getSeq()).isEqualTo(i / 3 + 1);
        }
    }

    @Test
    void appendStream_halfCloseWithoutRequest_completes() throws Exception {
        assertThat(new Client(true).open(fixture).finish()).isEmpty();
    }

    @Test
    void appendStream_malformedAndConflictingItems_failAloneAndTheStreamGoesOn() throws Exception {
        Client client = new Client(true).open(fixture).send("c", "a");
        client.requests.onNext(AppendStreamRequest.getDefaultInstance());
        client.requests.onNext(request("c", "b").toBuilder()
                .setEntry(entry("b").toBuilder().setSender("x".repeat(129)))
                .build());
        client.requests.onNext(
                request("c", "a").toBuilder().setEntry(entry("a", "other")).build());

        List<AppendStreamResponse> answers = client.send("c", "c").finish();

        assertThat(answers).extracting(AppendStreamResponse::getRequestIndex).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(Failure.of(answers.get(1).getError()).fields()).containsExactly("timeline", "entry");
        assertThat(Failure.of(answers.get(2).getError()).fields()).containsExactly("entry.sender");
        assertThat(Failure.of(answers.get(3).getError()).metadata())
                .isEqualTo(Map.of("client_message_id", "a", "entry_index", "0", "existing_seq", "1"));
        assertThat(answers.get(4).getReceipt().getSeq()).isEqualTo(2);
    }

    @Test
    void appendStream_refusedForNow_holdsItsTimelineUntilItIsRepeated() throws Exception {
        AtomicBoolean refused = new AtomicBoolean();
        fixture.store.onAppend = (append, deadline) -> idOf(append).equals("b") && refused.compareAndSet(false, true)
                ? CompletableFuture.failedFuture(new OverloadedException("full", Map.of(), null))
                : fixture.memory.append(append, deadline);
        Client client =
                new Client(true).open(fixture).send("c", "a").send("c", "b").send("c", "c");
        client.send("other", "o").send("c", "d").send("c", "b").send("c", "c").send("c", "d");

        List<AppendStreamResponse> answers = client.finish();

        assertThat(answers)
                .extracting(AppendStreamTest::became)
                .containsExactly("1", "OVERLOADED", "ORDER_HELD", "1", "ORDER_HELD", "2", "3", "4");
    }

    @Test
    void appendStream_failsForNowBehindTheStoresBack_breaksOffWhatIsBehindIt() throws Exception {
        BlockingQueue<CompletableFuture<AppendOutcome>> outcomes = new LinkedBlockingQueue<>();
        fixture.store.onAppend = (append, deadline) -> {
            CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();
            outcomes.add(outcome);
            return outcome;
        };
        Client client =
                new Client(true).open(fixture).send("c", "a").send("c", "b").send("other", "o");
        CompletableFuture<AppendOutcome> first = outcomes.poll(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
        CompletableFuture<AppendOutcome> second = outcomes.poll(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
        CompletableFuture<AppendOutcome> other = outcomes.poll(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
        List<Deadline> deadlines = fixture.store.deadlines;

        first.completeExceptionally(new OutcomeUnknownException("lost", Map.of(), null));

        assertThat(deadlines).extracting(Deadline::hasPassed).containsExactly(true, true, false);
        // What the store gives up for that does not hold the timeline again once the client repeats.
        fixture.store.onAppend = fixture.memory::append;
        client.send("c", "a");
        second.completeExceptionally(new DeadlinePassedException("late", Map.of(), null));
        other.completeExceptionally(new DeadlinePassedException("late", Map.of(), null));
        client.send("c", "b");
        assertThat(client.finish())
                .extracting(answer -> answer.getRequestIndex() + " " + became(answer))
                .containsExactlyInAnyOrder("0 OUTCOME_UNKNOWN", "1 DEADLINE_PASSED", "2 DEADLINE_PASSED", "3 1", "4 2");
    }

    private static String idOf(TimelineAppend append) {
        return append.entries().get(0).clientMessageId().value();
    }

    private static String became(AppendStreamResponse answer) {
        return answer.hasReceipt()
                ? String.valueOf(answer.getReceipt().getSeq())
                : Failure.of(answer.getError()).reason();
    }

    @Test
    void appendStream_storeSlow_readsNoMoreThanTheWindow() throws Exception {
        BlockingQueue<Runnable> held = hold();
        Client client = new Client(true).open(fixture);
        for (int i = 0; i < 50; i++) {
            client.send("c", "m" + i);
        }
        List<Runnable> first = take(held, WINDOW);

        // A second stream's answer shows that the server had every chance to read more of the first.
        roundTrip(held);

        assertThat(held).isEmpty();
        assertThat(fixture.store.appends).hasSize(WINDOW + 1);
        first.forEach(Runnable::run);
        for (int i = WINDOW; i < 50; i++) {
            take(held, 1).forEach(Runnable::run);
        }
        assertThat(client.finish()).hasSize(50);
    }

    @Test
    void appendStream_answersNotRead_stopTheReadingOfRequests() throws Exception {
        String padding = "x".repeat(60);
        Client client = new Client(false).open(fixture);
        int sent = 60_000;
        client.requests.setMessageCompression(false);
        Thread sender = new Thread(() -> {
            for (int i = 0; i < sent; i++) {
                client.send("c", String.format("%04d", i % 10_000) + i + padding.substring(0, 40));
            }
            client.requests.onCompleted();
        });
        sender.start();
        sender.join();
        roundTrip(new LinkedBlockingQueue<>());

        // What lies in HTTP/2 windows and in the call's buffer is small against what was sent.
        assertThat(fixture.store.appends.size()).isLessThan(sent / 2);
        client.requests.request(Integer.MAX_VALUE);
        assertThat(client.end.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS))
                .hasSize(sent);
    }

    @Test
    void appendStream_clientCancels_serverForgetsIt() throws Exception {
        BlockingQueue<Runnable> held = hold();
        Client client = new Client(true).open(fixture).send("c", "a").send("c", "b");
        List<Runnable> appends = take(held, 2);

        client.requests.cancel("enough", null);
        assertThat(client.end)
                .failsWithin(ServerFixture.WAIT)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class);
        appends.forEach(Runnable::run);

        roundTrip(held);
    }

    @Test
    void appendStream_serverStops_answersWhatIsUnderWayAndSaysSo() throws Exception {
        BlockingQueue<Runnable> held = hold();
        Client client = new Client(true).open(fixture).send("c", "a");
        List<Runnable> append = take(held, 1);
        CompletableFuture<Void> closed =
                CompletableFuture.runAsync(fixture.server::close, runnable -> new Thread(runnable).start());

        append.forEach(Runnable::run);

        assertThat(client.end)
                .failsWithin(ServerFixture.WAIT)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .satisfies(failure -> {
                    assertThat(Failure.of(failure.getCause()).code()).isEqualTo(Code.UNAVAILABLE);
                    assertThat(Failure.of(failure.getCause()).reason()).isEqualTo("SERVER_STOPPING");
                });
        assertThat(client.answers).hasSize(1);
        closed.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** From now on appends wait in the queue until they are run. */
    private BlockingQueue<Runnable> hold() {
        BlockingQueue<Runnable> held = new LinkedBlockingQueue<>();
        fixture.store.onAppend = (append, deadline) -> held(held, append, deadline);
        return held;
    }

    private CompletableFuture<AppendOutcome> held(
            BlockingQueue<Runnable> held, TimelineAppend append, Deadline deadline) {
        CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();
        if (append.timeline().name().equals("round trip")) {
            return fixture.memory.append(append, deadline);
        }
        held.add(() -> outcome.complete(fixture.memory
                .append(append, Deadline.after(ServerFixture.WAIT))
                .join()));
        return outcome;
    }

    private static List<Runnable> take(BlockingQueue<Runnable> held, int count) throws InterruptedException {
        List<Runnable> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Runnable next = held.poll(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            taken.add(next);
        }
        return taken;
    }

    private void roundTrip(BlockingQueue<Runnable> held) throws Exception {
        assertThat(new Client(true).open(fixture).send("round trip", "r").finish())
                .hasSize(1);
        assertThat(held).isEmpty();
    }
}
