package io.tideline.client;

import static io.tideline.client.ClientFixture.TIMELINE;
import static io.tideline.client.ClientFixture.entry;
import static io.tideline.client.ClientFixture.failure;
import static io.tideline.client.ClientFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.tideline.api.v1.Receipt;
import io.tideline.client.ScriptedServer.StreamCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AppendStreamTest {
    private static final Duration STALL = Duration.ofSeconds(10);
    private static final Duration FIRST_BACKOFF = Duration.ofNanos(37_500_000);

    private static StreamCall awaitStream(ClientFixture fixture) throws InterruptedException {
        StreamCall call = fixture.server.streams.poll(10, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("No stream was opened");
        }
        return call;
    }

    private static List<CompletableFuture<Receipt>> append(AppendStream stream, String... ids) {
        List<CompletableFuture<Receipt>> futures = new ArrayList<>();
        for (String id : ids) {
            futures.add(stream.append(TIMELINE, entry(id)));
        }
        return futures;
    }

    private static List<String> awaitIds(StreamCall call, int count) throws InterruptedException {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(call.awaitId());
        }
        return ids;
    }

    @Test
    void append_acknowledgedOutOfOrder_completesEachFuture() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            var futures = append(fixture.client.openAppendStream(), "a", "b");
            StreamCall call = awaitStream(fixture);
            call.acknowledge(1, "b", 2);
            call.acknowledge(0, "a", 1);

            assertThat(get(futures.get(1)).getSeq()).isEqualTo(2);
            assertThat(get(futures.get(0)).getSeq()).isEqualTo(1);
        }
    }

    @Test
    void append_brokenConnection_resendsTheUnacknowledgedInOrderWithTheSameIds() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            AppendStream stream = fixture.client.openAppendStream();
            var futures = append(stream, "a", "", "c");
            StreamCall first = awaitStream(fixture);
            List<String> sentFirst = awaitIds(first, 3);
            first.acknowledge(0, "a", 1);
            get(futures.get(0));
            first.answers.onError(ScriptedServer.failure(Code.UNAVAILABLE, "STORAGE_UNAVAILABLE", null));
            fixture.timer.awaitAsked(FIRST_BACKOFF);
            futures.addAll(append(stream, "d"));
            fixture.timer.advance(FIRST_BACKOFF);
            StreamCall second = awaitStream(fixture);

            assertThat(sentFirst).containsExactly("a", "made-0", "c");
            assertThat(awaitIds(second, 3)).containsExactly("made-0", "c", "d");
            second.acknowledge(0, "made-0", 2);
            second.acknowledge(1, "c", 3);
            second.acknowledge(2, "d", 4);
            assertThat(get(futures.get(3)).getSeq()).isEqualTo(4);
            assertThat(get(futures.get(1)).getSeq()).isEqualTo(2);
        }
    }

    @Test
    void append_refusedForNow_waitsForTheOthersThenResendsWhatIsOpen() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            AppendStream stream = fixture.client.openAppendStream();
            var futures = append(stream, "a", "b", "c");
            StreamCall first = awaitStream(fixture);
            awaitIds(first, 3);
            first.refuse(0, "a", ScriptedServer.status(Code.RESOURCE_EXHAUSTED, "OVERLOADED", Duration.ofMillis(400)));
            assertThat(first.halfClosed.poll(10, TimeUnit.SECONDS)).isTrue();
            futures.addAll(append(stream, "d"));
            first.acknowledge(1, "b", 1);
            first.refuse(2, "c", ScriptedServer.status(Code.RESOURCE_EXHAUSTED, "OVERLOADED", Duration.ofMillis(200)));
            first.answers.onCompleted();
            fixture.timer.awaitAsked(Duration.ofMillis(450));
            fixture.timer.advance(Duration.ofMillis(450));
            StreamCall second = awaitStream(fixture);

            assertThat(awaitIds(second, 3)).containsExactly("a", "c", "d");
            second.acknowledge(0, "a", 2);
            assertThat(get(futures.get(1)).getSeq()).isEqualTo(1);
            assertThat(get(futures.get(0)).getSeq()).isEqualTo(2);
        }
    }

    @Test
    void append_refusedForGood_failsAloneAndTheStreamGoesOn() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            var futures = append(fixture.client.openAppendStream(), "a", "b");
            StreamCall call = awaitStream(fixture);
            call.refuse(0, "a", ScriptedServer.status(Code.ALREADY_EXISTS, "CLIENT_MESSAGE_CONFLICT", null));
            call.acknowledge(1, "b", 1);

            assertThat(failure(futures.get(0)).reason()).isEqualTo("CLIENT_MESSAGE_CONFLICT");
            assertThat(get(futures.get(1)).getSeq()).isEqualTo(1);
        }
    }

    @Test
    void append_noAnswerInTime_givesUpTheConnectionAndResends() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            var futures = append(fixture.client.openAppendStream(), "a");
            StreamCall first = awaitStream(fixture);
            awaitIds(first, 1);
            fixture.timer.awaitAsked(STALL);
            fixture.timer.advance(STALL);
            assertThat(first.halfClosed.poll(10, TimeUnit.SECONDS)).isFalse();
            fixture.timer.awaitAsked(FIRST_BACKOFF);
            fixture.timer.advance(FIRST_BACKOFF);
            StreamCall second = awaitStream(fixture);

            assertThat(awaitIds(second, 1)).containsExactly("a");
            second.acknowledge(0, "a", 1);
            assertThat(get(futures.get(0)).getSeq()).isEqualTo(1);
        }
    }

    @Test
    void append_retriesAreOver_failsTheEntryAndTheStreamGoesOn() throws Exception {
        var config = TidelineClientConfig.of("replaced:1").withRetryFor(Duration.ZERO);
        try (ClientFixture fixture = new ClientFixture(config)) {
            AppendStream stream = fixture.client.openAppendStream();
            var lost = append(stream, "a");
            StreamCall first = awaitStream(fixture);
            awaitIds(first, 1);
            first.answers.onError(ScriptedServer.failure(Code.UNAVAILABLE, "OUTCOME_UNKNOWN", null));
            TidelineCallException failure = failure(lost.get(0));
            var next = append(stream, "b");
            StreamCall second = awaitStream(fixture);
            second.acknowledge(0, second.awaitId(), 1);

            assertThat(failure.reason()).isEqualTo("OUTCOME_UNKNOWN");
            assertThat(get(next.get(0)).getSeq()).isEqualTo(1);
        }
    }

    @Test
    void append_beyondTwiceTheWindow_failsAndReadinessComesBack() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            AppendStream stream = fixture.client.openAppendStream(1);
            boolean readyBefore = stream.isReady();
            var futures = append(stream, "a", "b", "c");
            boolean readyWhenFull = stream.isReady();
            StreamCall call = awaitStream(fixture);
            call.acknowledge(0, "a", 1);
            call.acknowledge(1, "b", 2);
            stream.awaitReady();

            assertThat(readyBefore).isTrue();
            assertThat(readyWhenFull).isFalse();
            assertThat(failure(futures.get(2)).reason()).isEqualTo(TidelineCallException.TOO_MANY_PENDING);
            assertThat(get(futures.get(1)).getSeq()).isEqualTo(2);
        }
    }

    @Test
    void finish_unacknowledged_completesWithTheLastReceipt() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            AppendStream stream = fixture.client.openAppendStream();
            var futures = append(stream, "a");
            StreamCall call = awaitStream(fixture);
            var finished = stream.finish();

            assertThat(call.halfClosed.poll(10, TimeUnit.SECONDS)).isTrue();
            assertThat(finished).isNotDone();
            assertThat(failure(stream.append(TIMELINE, entry("b"))).code()).isEqualTo(Code.FAILED_PRECONDITION);
            call.acknowledge(0, "a", 1);
            get(finished);
            assertThat(futures.get(0)).isCompleted();
        }
    }

    @Test
    void close_client_failsWhatIsUnacknowledged() throws Exception {
        ClientFixture fixture = new ClientFixture();
        AppendStream stream = fixture.client.openAppendStream(1);
        var futures = append(stream, "a");
        awaitIds(awaitStream(fixture), 1);

        fixture.close();

        stream.awaitReady();
        assertThat(failure(futures.get(0)).reason()).isEqualTo(TidelineCallException.CLIENT_CLOSED);
        assertThat(failure(stream.finish()).reason()).isEqualTo(TidelineCallException.CLIENT_CLOSED);
    }
}
