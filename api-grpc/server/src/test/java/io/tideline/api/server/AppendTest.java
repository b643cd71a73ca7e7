package io.tideline.api.server;

import static io.tideline.api.server.Messages.append;
import static io.tideline.api.server.Messages.appendMany;
import static io.tideline.api.server.Messages.conversation;
import static io.tideline.api.server.Messages.entry;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.AppendResponse;
import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.api.v1.AppendStreamResponse;
import io.tideline.api.v1.BatchAppendRequest;
import io.tideline.api.v1.GetRequest;
import io.tideline.api.v1.HeadQuery;
import io.tideline.api.v1.HeadsRequest;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.Receipt;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.DeadlinePassedException;
import io.tideline.core.error.OutcomeUnknownException;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.error.SchemaMismatchException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.error.TidelineException;
import io.tideline.core.error.WorkFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AppendTest {
    private static final int MAX_PAYLOAD = 262_144;

    private ServerFixture fixture;

    @BeforeEach
    void start() {
        fixture = new ServerFixture();
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    @Test
    void append_twoEntries_areReceiptedInOrder() {
        AppendResponse response = fixture.timelines.append(append("c", "a", "b"));

        assertThat(response.getReceiptsList()).extracting(Receipt::getSeq).containsExactly(1L, 2L);
        assertThat(response.getReceiptsList())
                .extracting(Receipt::getClientMessageId)
                .containsExactly("a", "b");
        assertThat(response.getReceipts(0).getServerTime().getSeconds()).isPositive();
    }

    @Test
    void append_again_isAnsweredAsRepeated() {
        AppendResponse first = fixture.timelines.append(append("c", "a"));
        AppendResponse second = fixture.timelines.append(append("c", "a"));

        assertThat(second.getReceipts(0))
                .isEqualTo(first.getReceipts(0).toBuilder().setRepeated(true).build());
    }

    @Test
    void append_sameIdOtherContent_namesBothInTheConflict() {
        fixture.timelines.append(append("c", "a", "b"));
        AppendRequest request =
                append("c", "x").toBuilder().addEntries(entry("b", "other")).build();

        Failure failure = failureOf(() -> fixture.timelines.append(request));

        assertThat(failure.code()).isEqualTo(Code.ALREADY_EXISTS);
        assertThat(failure.reason()).isEqualTo("CLIENT_MESSAGE_CONFLICT");
        assertThat(failure.metadata())
                .isEqualTo(Map.of("client_message_id", "b", "entry_index", "1", "existing_seq", "2"));
        assertThat(lastSeq("c")).isEqualTo(2);
    }

    @Test
    void append_originalTime_isTheServerTime() {
        Timestamp then = Timestamp.newBuilder()
                .setSeconds(1_100_000_000)
                .setNanos(123_000_000)
                .build();

        AppendResponse response = fixture.timelines.append(imported(then));

        assertThat(response.getReceipts(0).getServerTime()).isEqualTo(then);
        assertThat(fixture.timelines
                        .get(GetRequest.newBuilder()
                                .setTimeline(conversation("c"))
                                .setSeq(1)
                                .build())
                        .getEntry()
                        .getServerTime())
                .isEqualTo(then);
    }

    static Stream<Timestamp> badTimes() {
        long now = Instant.now().getEpochSecond();
        return Stream.of(
                Timestamp.newBuilder().setSeconds(now + 3_600).build(),
                Timestamp.newBuilder().setSeconds(-1).build(),
                Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).build(),
                Timestamp.newBuilder().setSeconds(Long.MIN_VALUE).build(),
                Timestamp.newBuilder().setSeconds(1).setNanos(-1).build(),
                Timestamp.newBuilder().setSeconds(1).setNanos(1_000_000_000).build());
    }

    @ParameterizedTest
    @MethodSource("badTimes")
    void append_originalTimeThatIsNone_namesTheField(Timestamp time) {
        Failure failure = failureOf(() -> fixture.timelines.append(imported(time)));

        assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(failure.fields()).containsExactly("entries[0].original_time");
        assertThat(fixture.store.appends).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = TimelineFamily.class,
            names = {"INBOX", "PERSONAL"})
    void append_familyOfTheServer_isRefusedEverywhere(TimelineFamily family) throws Exception {
        AppendRequest request = append("c", "a").toBuilder()
                .setTimeline(conversation("c").toBuilder().setFamily(family))
                .build();

        Failure failure = failureOf(() -> fixture.timelines.append(request));

        assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(failure.reason()).isEqualTo("INVALID_REQUEST");
        assertThat(failure.fields()).containsExactly("timeline.family");
        assertThat(refusedInBatchAndStream(request))
                .containsExactly(List.of("timeline.family"), List.of("timeline.family"));
        assertThat(fixture.store.appends).isEmpty();
    }

    @Test
    void append_kindOfTheServer_isRefusedEverywhere() throws Exception {
        AppendRequest request = append("c").toBuilder()
                .addEntries(entry("a").toBuilder().setKind("tideline.left"))
                .build();

        Failure failure = failureOf(() -> fixture.timelines.append(request));

        assertThat(failure.reason()).isEqualTo("INVALID_REQUEST");
        assertThat(failure.fields()).containsExactly("entries[0].kind");
        assertThat(refusedInBatchAndStream(request)).containsExactly(List.of("entries[0].kind"), List.of("entry.kind"));
        assertThat(fixture.store.appends).isEmpty();
    }

    /** The fields that a BatchAppend and an AppendStream of it name. */
    private List<List<String>> refusedInBatchAndStream(AppendRequest request) throws Exception {
        Failure batch = Failure.of(fixture.timelines
                .batchAppend(BatchAppendRequest.newBuilder().addItems(request).build())
                .getResults(0)
                .getError());
        CompletableFuture<AppendStreamResponse> answer = new CompletableFuture<>();
        StreamObserver<AppendStreamRequest> stream = fixture.async.appendStream(new StreamObserver<>() {
            @Override
            public void onNext(AppendStreamResponse response) {
                answer.complete(response);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {}
        });
        stream.onNext(AppendStreamRequest.newBuilder()
                .setTimeline(request.getTimeline())
                .setEntry(request.getEntries(0))
                .build());
        stream.onCompleted();
        Failure streamed = Failure.of(
                answer.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS).getError());
        return List.of(List.copyOf(batch.fields()), List.copyOf(streamed.fields()));
    }

    private static AppendRequest imported(Timestamp time) {
        return AppendRequest.newBuilder()
                .setTimeline(conversation("c"))
                .addEntries(entry("a").toBuilder().setOriginalTime(time))
                .build();
    }

    static Stream<Arguments> badNames() {
        TimelineName good = conversation("c");
        return Stream.of(
                Arguments.of(good.toBuilder().setApp("").build(), "timeline.app"),
                Arguments.of(good.toBuilder().setApp("a".repeat(65)).build(), "timeline.app"),
                Arguments.of(good.toBuilder().setApp("a\u0000b").build(), "timeline.app"),
                Arguments.of(good.toBuilder().setId("").build(), "timeline.id"),
                Arguments.of(good.toBuilder().setId("é".repeat(129)).build(), "timeline.id"),
                Arguments.of(good.toBuilder().setId("x".repeat(65_536)).build(), "timeline.id"),
                Arguments.of(good.toBuilder().setId("a\r\nb").build(), "timeline.id"),
                Arguments.of(good.toBuilder().setId("a\u0085b").build(), "timeline.id"),
                Arguments.of(good.toBuilder().clearFamily().build(), "timeline.family"),
                Arguments.of(good.toBuilder().setFamilyValue(999).build(), "timeline.family"));
    }

    @ParameterizedTest
    @MethodSource("badNames")
    void append_badName_namesTheField(TimelineName name, String field) {
        AppendRequest request = append("c", "a").toBuilder().setTimeline(name).build();

        Failure failure = failureOf(() -> fixture.timelines.append(request));

        assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(failure.fields()).containsExactly(field);
        assertThat(fixture.store.appends).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "%00",
                "${jndi:ldap://x}",
                "hbase:meta",
                "a/b|c,d;e:f",
                "\u202Ea",
                " ",
                "日本語",
                "😀",
                "\uFFFD"
            })
    void append_delimitersAndOddLetters_areJustNames(String id) {
        fixture.timelines.append(append(id, id));
        fixture.timelines.append(append("neighbour", "b"));

        assertThat(fixture.timelines
                        .get(GetRequest.newBuilder()
                                .setTimeline(conversation(id))
                                .setSeq(1)
                                .build())
                        .getEntry()
                        .getClientMessageId())
                .isEqualTo(id);
        assertThat(lastSeq(id)).isEqualTo(1);
    }

    @Test
    void append_everythingWrong_namesEveryField() {
        NewEntry bad = NewEntry.newBuilder()
                .setSender("")
                .setClientMessageId("x".repeat(65))
                .setKind("a\nb")
                .setPayload(ByteString.copyFrom(new byte[MAX_PAYLOAD + 1]))
                .build();
        AppendRequest request = AppendRequest.newBuilder()
                .setTimeline(TimelineName.newBuilder().setFamily(TimelineFamily.INBOX))
                .addEntries(entry("a"))
                .addEntries(bad)
                .build();

        Failure failure = failureOf(() -> fixture.timelines.append(request));

        assertThat(failure.reason()).isEqualTo("INVALID_REQUEST");
        assertThat(failure.fields())
                .containsExactly(
                        "timeline.app",
                        "timeline.id",
                        "entries[1].sender",
                        "entries[1].client_message_id",
                        "entries[1].kind",
                        "entries[1].payload");
    }

    @Test
    void append_emptyRequest_namesWhatIsMissing() {
        Failure failure = failureOf(() -> fixture.timelines.append(AppendRequest.getDefaultInstance()));

        assertThat(failure.fields()).containsExactly("timeline", "entries");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, MAX_PAYLOAD})
    void append_payloadWithinLimit_isReadBackAsItWas(int size) {
        byte[] payload = new byte[size];
        java.util.Arrays.fill(payload, (byte) 0xFE);
        NewEntry entry =
                entry("a").toBuilder().setPayload(ByteString.copyFrom(payload)).build();
        fixture.timelines.append(append("c").toBuilder().addEntries(entry).build());

        ByteString read = fixture.timelines
                .get(GetRequest.newBuilder()
                        .setTimeline(conversation("c"))
                        .setSeq(1)
                        .build())
                .getEntry()
                .getPayload();

        assertThat(read.toByteArray()).isEqualTo(payload);
    }

    @Test
    void append_payloadOneByteTooLong_isRejected() {
        NewEntry entry = entry("a").toBuilder()
                .setPayload(ByteString.copyFrom(new byte[MAX_PAYLOAD + 1]))
                .build();

        Failure failure = failureOf(() -> fixture.timelines.append(
                append("c").toBuilder().addEntries(entry).build()));

        assertThat(failure.fields()).containsExactly("entries[0].payload");
    }

    @Test
    void append_thousandEntries_isTheMost() {
        assertThat(fixture.timelines.append(appendMany("c", 1_000)).getReceiptsCount())
                .isEqualTo(1_000);
        assertThat(failureOf(() -> fixture.timelines.append(appendMany("d", 1_001)))
                        .fields())
                .containsExactly("entries");
    }

    @Test
    void append_tooMuchPayloadTogether_isRejected() {
        AppendRequest.Builder request = append("c").toBuilder();
        for (int i = 0; i < 9; i++) {
            request.addEntries(entry("m" + i).toBuilder().setPayload(ByteString.copyFrom(new byte[MAX_PAYLOAD])));
        }

        assertThat(failureOf(() -> fixture.timelines.append(request.build())).fields())
                .containsExactly("entries");
    }

    @Test
    void append_oneIdTwice_namesTheSecond() {
        assertThat(failureOf(() -> fixture.timelines.append(append("c", "a", "b", "a")))
                        .fields())
                .containsExactly("entries[2].client_message_id");
    }

    static Stream<Arguments> storeFailures() {
        return Stream.of(
                Arguments.of(new OverloadedException("secret", Map.of(), null), Code.RESOURCE_EXHAUSTED, "OVERLOADED"),
                Arguments.of(
                        new StorageUnavailableException("secret", Map.of("host", "h1"), null),
                        Code.UNAVAILABLE,
                        "STORAGE_UNAVAILABLE"),
                Arguments.of(
                        new OutcomeUnknownException("secret", Map.of(), null), Code.UNAVAILABLE, "OUTCOME_UNKNOWN"),
                Arguments.of(
                        new DeadlinePassedException("secret", Map.of(), null),
                        Code.DEADLINE_EXCEEDED,
                        "DEADLINE_PASSED"),
                Arguments.of(
                        new SchemaMismatchException("secret", Map.of(), null),
                        Code.FAILED_PRECONDITION,
                        "SCHEMA_MISMATCH"),
                Arguments.of(new CorruptDataException("secret", Map.of(), null), Code.DATA_LOSS, "CORRUPT_DATA"),
                Arguments.of(
                        new WorkFailedException("secret", Map.of(), null), Code.FAILED_PRECONDITION, "WORK_FAILED"));
    }

    @ParameterizedTest
    @MethodSource("storeFailures")
    void append_storeFails_isTranslatedWithoutItsWords(TidelineException thrown, Code code, String reason) {
        fixture.store.onAppend = (append, deadline) -> CompletableFuture.failedFuture(thrown);

        Failure failure = failureOf(() -> fixture.timelines.append(append("c", "a")));

        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.toString()).doesNotContain("secret", "h1");
    }

    @Test
    void append_storeThrowsTheUnforeseen_isInternalWithCorrelationId() {
        fixture.store.onAppend = (append, deadline) -> {
            throw new IllegalArgumentException("secret");
        };

        Failure failure = failureOf(() -> fixture.timelines.append(append("c", "a")));

        assertThat(failure.code()).isEqualTo(Code.INTERNAL);
        assertThat(failure.metadata()).containsOnlyKeys("correlation_id");
        assertThat(failure.toString()).doesNotContain("secret");
    }

    @Test
    void append_withDeadline_handsItToTheStore() {
        fixture.timelines.withDeadlineAfter(5, TimeUnit.SECONDS).append(append("c", "a"));
        fixture.timelines.append(append("c", "b"));
        fixture.timelines.withDeadlineAfter(5, TimeUnit.MINUTES).append(append("c", "c"));

        assertThat(fixture.store.deadlines.get(0).remainingNanos())
                .isLessThanOrEqualTo(Duration.ofSeconds(5).toNanos());
        assertThat(fixture.store.deadlines.get(1).remainingNanos())
                .isBetween(
                        Duration.ofSeconds(10).toNanos(), Duration.ofSeconds(30).toNanos());
        assertThat(fixture.store.deadlines.get(2).remainingNanos())
                .isBetween(
                        Duration.ofSeconds(40).toNanos(), Duration.ofSeconds(60).toNanos());
    }

    @Test
    void append_storeNeverAnswers_callerGetsDeadlineExceededAndTheConnectionLives() {
        fixture.store.onAppend = (append, deadline) -> new CompletableFuture<>();

        Failure failure = failureOf(() ->
                fixture.timelines.withDeadlineAfter(100, TimeUnit.MILLISECONDS).append(append("c", "a")));

        assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        fixture.store.onAppend = fixture.memory::append;
        assertThat(fixture.timelines.append(append("c", "b")).getReceiptsCount())
                .isEqualTo(1);
    }

    @Test
    void append_deadlineZeroOnTheWire_failsAndWritesNothing() {
        // The client library refuses to send such a call; others may not.
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER), "0n");
        var stub = fixture.timelines.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));

        Failure failure = failureOf(() -> stub.append(append("c", "a")));

        assertThat(failure.code()).isIn(Code.CANCELLED, Code.DEADLINE_EXCEEDED);
        assertThat(fixture.store.appends).isEmpty();
        fixture.timelines.append(append("c", "b"));
        assertThat(lastSeq("c")).isEqualTo(1);
    }

    private long lastSeq(String timeline) {
        return fixture.timelines
                .heads(HeadsRequest.newBuilder()
                        .addQueries(HeadQuery.newBuilder().setTimeline(conversation(timeline)))
                        .build())
                .getHeads(0)
                .getLastSeq();
    }
}
