package io.tideline.client;

import static io.tideline.client.ClientFixture.entry;
import static io.tideline.client.ClientFixture.failure;
import static io.tideline.client.ClientFixture.get;
import static io.tideline.client.ClientFixture.timeline;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.AppendResult;
import io.tideline.api.v1.BatchAppendRequest;
import io.tideline.api.v1.BatchAppendResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchAppendTest {
    private static final Duration WAIT = Duration.ofMillis(400);
    private static final AppendResult OVERLOADED = error(Code.RESOURCE_EXHAUSTED, "OVERLOADED", WAIT);
    private static final AppendResult CONFLICT = error(Code.ALREADY_EXISTS, "CLIENT_MESSAGE_CONFLICT", null);

    private static AppendResult error(Code code, String reason, Duration retryAfter) {
        return AppendResult.newBuilder()
                .setError(ScriptedServer.status(code, reason, retryAfter))
                .build();
    }

    private static AppendRequest item(String id) {
        return AppendRequest.newBuilder()
                .setTimeline(timeline(id))
                .addEntries(entry(""))
                .build();
    }

    private static AppendResult appended(AppendRequest item) {
        return AppendResult.newBuilder()
                .setAppended(ScriptedServer.receipts(item))
                .build();
    }

    @Test
    void batchAppend_someRetryable_onlyThoseAreSentAgainAndResultsKeepTheirOrder() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server
                    .batch
                    .then((request, observer) -> {
                        observer.onNext(BatchAppendResponse.newBuilder()
                                .addResults(OVERLOADED)
                                .addResults(appended(request.getItems(1)))
                                .addResults(CONFLICT)
                                .addResults(OVERLOADED)
                                .build());
                        observer.onCompleted();
                    })
                    .then((request, observer) -> {
                        observer.onNext(BatchAppendResponse.newBuilder()
                                .addResults(appended(request.getItems(0)))
                                .addResults(appended(request.getItems(1)))
                                .build());
                        observer.onCompleted();
                    });
            var future = fixture.client.batchAppend(List.of(item("a"), item("b"), item("c"), item("d")));
            Duration wait = fixture.timer.awaitAsked();
            fixture.timer.advance(wait);

            BatchAppendResponse response = get(future);
            BatchAppendRequest first = fixture.server.batch.await();
            BatchAppendRequest second = fixture.server.batch.await();

            assertThat(wait).isEqualTo(Duration.ofMillis(450));
            assertThat(second.getItemsList()).containsExactly(first.getItems(0), first.getItems(3));
            assertThat(response.getResultsList())
                    .containsExactly(
                            appended(first.getItems(0)),
                            appended(first.getItems(1)),
                            CONFLICT,
                            appended(first.getItems(3)));
            assertThat(fixture.client.pendingCalls()).isZero();
        }
    }

    @Test
    void batchAppend_repeatFailsAsAWhole_receiptsOfTheFirstRoundStay() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server
                    .batch
                    .then((request, observer) -> {
                        observer.onNext(BatchAppendResponse.newBuilder()
                                .addResults(OVERLOADED)
                                .addResults(appended(request.getItems(1)))
                                .build());
                        observer.onCompleted();
                    })
                    .thenFail(ScriptedServer.failure(Code.FAILED_PRECONDITION, "SCHEMA_MISMATCH", null));
            var future = fixture.client.batchAppend(List.of(item("a"), item("b")));
            fixture.timer.advance(fixture.timer.awaitAsked());

            BatchAppendResponse response = get(future);

            assertThat(response.getResults(0).getError().getCode()).isEqualTo(Code.FAILED_PRECONDITION.value());
            assertThat(response.getResults(1).hasAppended()).isTrue();
        }
    }

    @Test
    void batchAppend_callRefused_failsTheFuture() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server.batch.thenFail(ScriptedServer.failure(Code.INVALID_ARGUMENT, "BAD_REQUEST", null));

            assertThat(failure(fixture.client.batchAppend(List.of(item("a")))).code())
                    .isEqualTo(Code.INVALID_ARGUMENT);
            assertThat(fixture.client.pendingCalls()).isZero();
        }
    }
}
