package io.tideline.client;

import static io.tideline.client.ClientFixture.TIMELINE;
import static io.tideline.client.ClientFixture.entry;
import static io.tideline.client.ClientFixture.failure;
import static io.tideline.client.ClientFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.CreateTimelineRequest;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.Receipt;
import io.tideline.api.v1.TimelineDescription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class UnaryRetryTest {
    private static final Duration FIRST_BACKOFF = Duration.ofNanos(37_500_000);

    @Test
    void append_missingIds_areMadeOnceAndKeptOverRetries() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server.append.thenFail(ScriptedServer.failure(Code.UNAVAILABLE, "OUTCOME_UNKNOWN", null));
            var future = fixture.client.append(TIMELINE, List.of(entry(""), entry("mine")));
            fixture.timer.awaitAsked(FIRST_BACKOFF);
            fixture.timer.advance(FIRST_BACKOFF);

            List<Receipt> receipts = get(future);
            AppendRequest first = fixture.server.append.await();
            AppendRequest second = fixture.server.append.await();

            assertThat(second).isEqualTo(first);
            assertThat(first.getEntriesList())
                    .extracting(NewEntry::getClientMessageId)
                    .containsExactly("made-0", "mine");
            assertThat(receipts).extracting(Receipt::getSeq).containsExactly(1L, 2L);
            assertThat(fixture.client.pendingCalls()).isZero();
        }
    }

    @Test
    void append_noAnswerInTime_isRepeatedWithTheSameIds() throws Exception {
        var config = TidelineClientConfig.of("replaced:1").withCallTimeout(Duration.ofMillis(300));
        try (ClientFixture fixture = new ClientFixture(config)) {
            fixture.server.append.then((request, observer) -> {});
            var future = fixture.client.append(TIMELINE, List.of(entry("a")));
            fixture.timer.awaitAsked(FIRST_BACKOFF);
            fixture.timer.advance(FIRST_BACKOFF);

            assertThat(get(future)).hasSize(1);
            assertThat(fixture.server.append.await()).isEqualTo(fixture.server.append.await());
        }
    }

    @Test
    void append_overloadedWithRetryInfo_waitsAsAsked() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server.append.thenFail(
                    ScriptedServer.failure(Code.RESOURCE_EXHAUSTED, "OVERLOADED", Duration.ofSeconds(8)));
            var future = fixture.client.append(TIMELINE, List.of(entry("a")));

            Duration wait = fixture.timer.awaitAsked();
            fixture.timer.advance(Duration.ofSeconds(8));
            assertThat(wait).isEqualTo(Duration.ofSeconds(9));
            assertThat(future).isNotDone();
            fixture.timer.advance(Duration.ofSeconds(1));
            assertThat(get(future)).hasSize(1);
        }
    }

    @Test
    void append_exhaustedWithoutRetryInfo_isNotRepeated() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server.append.thenFail(ScriptedServer.failure(Code.RESOURCE_EXHAUSTED, "", null));

            TidelineCallException failure = failure(fixture.client.append(TIMELINE, List.of(entry("a"))));

            assertThat(failure.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
            assertThat(failure.retryable()).isFalse();
            assertThat(fixture.server.append.requests).hasSize(1);
        }
    }

    @Test
    void append_conflict_failsWithReasonAndMetadata() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server.append.thenFail(
                    ScriptedServer.failure(Code.ALREADY_EXISTS, "CLIENT_MESSAGE_CONFLICT", null));

            TidelineCallException failure = failure(fixture.client.append(TIMELINE, List.of(entry("a"))));

            assertThat(failure.code()).isEqualTo(Code.ALREADY_EXISTS);
            assertThat(failure.reason()).isEqualTo("CLIENT_MESSAGE_CONFLICT");
            assertThat(failure.metadata()).containsEntry("where", "test");
            assertThat(fixture.server.append.requests).hasSize(1);
        }
    }

    @Test
    void append_retriesAreOver_failsWithTheLastFailure() throws Exception {
        var config = TidelineClientConfig.of("replaced:1").withRetryFor(Duration.ofMillis(50));
        try (ClientFixture fixture = new ClientFixture(config)) {
            var unavailable = ScriptedServer.failure(Code.UNAVAILABLE, "STORAGE_UNAVAILABLE", null);
            fixture.server.append.thenFail(unavailable).thenFail(unavailable);
            var future = fixture.client.append(TIMELINE, List.of(entry("a")));
            fixture.timer.awaitAsked(FIRST_BACKOFF);
            fixture.timer.advance(FIRST_BACKOFF);

            TidelineCallException failure = failure(future);

            assertThat(failure.reason()).isEqualTo("STORAGE_UNAVAILABLE");
            assertThat(failure.retryable()).isTrue();
            assertThat(fixture.server.append.requests).hasSize(2);
        }
    }

    @Test
    void create_outcomeUnknown_isNotRepeatedButNothingDoneIs() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server
                    .create
                    .thenFail(ScriptedServer.failure(Code.UNAVAILABLE, "OUTCOME_UNKNOWN", null))
                    .thenFail(ScriptedServer.failure(Code.UNAVAILABLE, "STORAGE_UNAVAILABLE", null))
                    .thenAnswer(TimelineDescription.getDefaultInstance());

            var unknown = failure(fixture.client.createTimeline(CreateTimelineRequest.getDefaultInstance()));
            var second = fixture.client.createTimeline(CreateTimelineRequest.getDefaultInstance());
            fixture.timer.awaitAsked(FIRST_BACKOFF);
            fixture.timer.advance(FIRST_BACKOFF);

            assertThat(unknown.reason()).isEqualTo("OUTCOME_UNKNOWN");
            assertThat(get(second)).isEqualTo(TimelineDescription.getDefaultInstance());
        }
    }

    @Test
    void append_beyondMaxPending_failsAtOnce() throws Exception {
        var config = TidelineClientConfig.of("replaced:1").withMaxPending(1);
        try (ClientFixture fixture = new ClientFixture(config)) {
            CompletableFuture<Runnable> answer = new CompletableFuture<>();
            fixture.server.append.then((request, observer) -> answer.complete(() -> {
                observer.onNext(ScriptedServer.receipts(request));
                observer.onCompleted();
            }));
            var first = fixture.client.append(TIMELINE, List.of(entry("a")));

            TidelineCallException refused = failure(fixture.client.append(TIMELINE, List.of(entry("b"))));
            get(answer).run();

            assertThat(refused.reason()).isEqualTo(TidelineCallException.TOO_MANY_PENDING);
            assertThat(get(first)).hasSize(1);
            assertThat(get(fixture.client.append(TIMELINE, List.of(entry("c")))))
                    .hasSize(1);
        }
    }

    @Test
    void close_callsInFlightAndWaiting_failAsClosed() throws Exception {
        ClientFixture fixture = new ClientFixture();
        fixture.server
                .append
                .thenFail(ScriptedServer.failure(Code.UNAVAILABLE, "STORAGE_UNAVAILABLE", null))
                .then((request, observer) -> {});
        var waiting = fixture.client.append(TIMELINE, List.of(entry("a")));
        fixture.timer.awaitAsked(FIRST_BACKOFF);
        var inFlight = fixture.client.append(TIMELINE, List.of(entry("b")));
        fixture.server.append.await();
        fixture.server.append.await();

        fixture.close();

        assertThat(failure(waiting).reason()).isEqualTo(TidelineCallException.CLIENT_CLOSED);
        assertThat(failure(inFlight).reason()).isEqualTo(TidelineCallException.CLIENT_CLOSED);
        assertThat(failure(fixture.client.append(TIMELINE, List.of(entry("c")))).reason())
                .isEqualTo(TidelineCallException.CLIENT_CLOSED);
    }
}
