package io.tideline.api.server;

import static io.tideline.api.server.Messages.append;
import static io.tideline.api.server.Messages.appendMany;
import static io.tideline.api.server.Messages.conversation;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.v1.Direction;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.Gap;
import io.tideline.api.v1.GetRequest;
import io.tideline.api.v1.Head;
import io.tideline.api.v1.HeadQuery;
import io.tideline.api.v1.HeadsRequest;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.ReadResponse;
import io.tideline.api.v1.StopReason;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.SequenceId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ReadTest {
    private ServerFixture fixture;

    @BeforeEach
    void start() {
        fixture = new ServerFixture();
        fixture.timelines.append(appendMany("c", 25));
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    @Test
    void read_pageByPage_isCompleteInBothDirections() {
        List<Long> ascending = LongStream.rangeClosed(1, 25).boxed().toList();
        List<Long> descending =
                LongStream.rangeClosed(1, 25).map(seq -> 26 - seq).boxed().toList();

        assertThat(readAll(read().setPageSize(10).build())).isEqualTo(ascending);
        assertThat(readAll(
                        read().setPageSize(10).setDirection(Direction.BACKWARD).build()))
                .isEqualTo(descending);
    }

    private List<Long> readAll(ReadRequest request) {
        List<Long> seqs = new ArrayList<>();
        ReadRequest next = request;
        while (true) {
            ReadResponse page = fixture.timelines.read(next);
            page.getEntriesList().stream().map(Entry::getSeq).forEach(seqs::add);
            assertThat(page.getNextPageToken().isEmpty()).isEqualTo(page.getStopReason() != StopReason.PAGE_FULL);
            if (page.getNextPageToken().isEmpty()) {
                return seqs;
            }
            next = request.toBuilder().setPageToken(page.getNextPageToken()).build();
        }
    }

    @Test
    void read_range_saysWhyItStopped() {
        ReadResponse range =
                fixture.timelines.read(read().setFromSeq(3).setToSeq(5).build());
        ReadResponse head = fixture.timelines.read(read().setFromSeq(26).build());
        ReadResponse start = fixture.timelines.read(
                read().setDirection(Direction.BACKWARD).setFromSeq(2).build());
        ReadResponse nobodysTimeline = fixture.timelines.read(
                ReadRequest.newBuilder().setTimeline(conversation("new")).build());

        assertThat(range.getStopReason()).isEqualTo(StopReason.RANGE_END);
        assertThat(range.getNextSeq()).isEqualTo(6);
        assertThat(range.getLastSeq()).isEqualTo(25);
        assertThat(head.getStopReason()).isEqualTo(StopReason.HEAD);
        assertThat(head.getEntriesCount()).isZero();
        assertThat(head.getNextSeq()).isEqualTo(26);
        assertThat(start.getStopReason()).isEqualTo(StopReason.START);
        assertThat(start.getNextSeq()).isZero();
        assertThat(nobodysTimeline.getStopReason()).isEqualTo(StopReason.HEAD);
    }

    @Test
    void read_beyondHead_namesTheLastSeq() {
        Failure failure =
                failureOf(() -> fixture.timelines.read(read().setFromSeq(27).build()));

        assertThat(failure.code()).isEqualTo(Code.OUT_OF_RANGE);
        assertThat(failure.reason()).isEqualTo("SEQUENCE_BEYOND_HEAD");
        assertThat(failure.metadata()).containsEntry("last_seq", "25");
    }

    @Test
    void read_floor_isWhatTheCallerStatesOrTheTokenHolds() {
        ReadResponse page =
                fixture.timelines.read(read().setPageSize(10).setKnownSeq(3).build());
        fixture.timelines.read(
                read().setPageSize(10).setPageToken(page.getNextPageToken()).build());
        fixture.timelines.read(read().setFromSeq(9).build());
        fixture.timelines.read(
                read().setDirection(Direction.BACKWARD).setFromSeq(9).build());

        assertThat(fixture.store.reads)
                .extracting(query -> query.floor().value())
                .containsExactly(3L, 25L, 0L, 0L);
    }

    static Stream<Arguments> badReads() {
        return Stream.of(
                bad(read -> read.setFromSeq(0), "from_seq"),
                bad(read -> read.setFromSeq(-1), "from_seq"),
                bad(read -> read.setToSeq(0), "to_seq"),
                bad(read -> read.setFromSeq(5).setToSeq(4), "to_seq"),
                bad(read -> read.setDirection(Direction.BACKWARD).setFromSeq(4).setToSeq(5), "to_seq"),
                bad(read -> read.setPageSize(-1), "page_size"),
                bad(read -> read.setPageSize(1_001), "page_size"),
                bad(read -> read.setPageSize(Integer.MAX_VALUE), "page_size"),
                bad(read -> read.setKnownSeq(-1), "known_seq"),
                bad(read -> read.setDirectionValue(999), "direction"),
                bad(read -> read.setPageToken("not a token"), "page_token"),
                bad(read -> read.clearTimeline(), "timeline"));
    }

    private static Arguments bad(UnaryOperator<ReadRequest.Builder> change, String field) {
        return Arguments.of(change.apply(read()).build(), field);
    }

    @ParameterizedTest
    @MethodSource("badReads")
    void read_badField_isNamed(ReadRequest request, String field) {
        Failure failure = failureOf(() -> fixture.timelines.read(request));

        assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(failure.fields()).containsExactly(field);
        assertThat(fixture.store.reads).isEmpty();
    }

    @Test
    void read_tokenOfAnotherRequest_isRejected() {
        String token = fixture.timelines.read(read().setPageSize(10).build()).getNextPageToken();

        for (ReadRequest other : List.of(
                read().setTimeline(conversation("d")).build(),
                read().setDirection(Direction.BACKWARD).build(),
                read().setToSeq(20).build())) {
            ReadRequest request = other.toBuilder().setPageToken(token).build();
            assertThat(failureOf(() -> fixture.timelines.read(request)).fields())
                    .containsExactly("page_token");
        }
    }

    @Test
    void read_farthestSeqs_areNoAccident() {
        Failure failure = failureOf(
                () -> fixture.timelines.read(read().setFromSeq(Long.MAX_VALUE).build()));

        assertThat(failure.reason()).isEqualTo("SEQUENCE_BEYOND_HEAD");
        assertThat(fixture.timelines
                        .read(read().setToSeq(Long.MAX_VALUE).build())
                        .getEntriesCount())
                .isEqualTo(25);
    }

    @Test
    void get_presentAbsentAndExpired_areTold() {
        assertThat(fixture.timelines.get(get(25)).getEntry().getSeq()).isEqualTo(25);
        assertThat(failureOf(() -> fixture.timelines.get(get(26))).reason()).isEqualTo("ENTRY_NOT_FOUND");
        assertThat(failureOf(() -> fixture.timelines.get(get(1_000))).reason()).isEqualTo("ENTRY_NOT_FOUND");

        fixture.store.onRead = (query, deadline) -> CompletableFuture.completedFuture(expired(query));
        Failure failure = failureOf(() -> fixture.timelines.get(get(3)));

        assertThat(failure.code()).isEqualTo(Code.NOT_FOUND);
        assertThat(failure.reason()).isEqualTo("ENTRY_EXPIRED");
        ReadResponse page =
                fixture.timelines.read(read().setFromSeq(3).setToSeq(3).build());
        assertThat(page.getGapsList())
                .containsExactly(Gap.newBuilder()
                        .setFromSeq(3)
                        .setToSeq(3)
                        .setType(Gap.Type.EXPIRED)
                        .build());
    }

    private static TimelinePage expired(ReadQuery query) {
        var gap =
                new io.tideline.core.timeline.Gap(query.from(), query.to(), io.tideline.core.timeline.Gap.Type.EXPIRED);
        return new TimelinePage(
                List.of(),
                List.of(gap),
                TimelinePage.StopReason.RANGE_END,
                query.to().next(),
                SequenceId.of(25));
    }

    @Test
    void get_seqZeroOrNegative_isRejected() {
        assertThat(failureOf(() -> fixture.timelines.get(get(0))).fields()).containsExactly("seq");
        assertThat(failureOf(() -> fixture.timelines.get(get(-7))).fields()).containsExactly("seq");
    }

    @Test
    void heads_absentAndRepeatedTimelines_areAnsweredInOrder() {
        fixture.timelines.append(append("d", "x"));

        List<Head> heads = fixture.timelines
                .heads(HeadsRequest.newBuilder()
                        .addQueries(HeadQuery.newBuilder().setTimeline(conversation("d")))
                        .addQueries(HeadQuery.newBuilder().setTimeline(conversation("absent")))
                        .addQueries(HeadQuery.newBuilder().setTimeline(conversation("c")))
                        .addQueries(HeadQuery.newBuilder().setTimeline(conversation("d")))
                        .build())
                .getHeadsList();

        assertThat(heads).extracting(Head::getLastSeq).containsExactly(1L, 0L, 25L, 1L);
        assertThat(heads).extracting(Head::hasLastTime).containsExactly(true, false, true, true);
        assertThat(heads.get(1).getTimeline()).isEqualTo(conversation("absent"));
    }

    @Test
    void heads_badQueries_areNamedByIndex() {
        HeadsRequest request = HeadsRequest.newBuilder()
                .addQueries(HeadQuery.newBuilder().setTimeline(conversation("c")))
                .addQueries(HeadQuery.newBuilder().setTimeline(conversation("")).setKnownSeq(-1))
                .addQueries(HeadQuery.getDefaultInstance())
                .build();

        assertThat(failureOf(() -> fixture.timelines.heads(request)).fields())
                .containsExactly("queries[1].timeline.id", "queries[1].known_seq", "queries[2].timeline");
        assertThat(failureOf(() -> fixture.timelines.heads(HeadsRequest.getDefaultInstance()))
                        .fields())
                .containsExactly("queries");
    }

    private static ReadRequest.Builder read() {
        return ReadRequest.newBuilder().setTimeline(conversation("c"));
    }

    private static GetRequest get(long seq) {
        return GetRequest.newBuilder()
                .setTimeline(conversation("c"))
                .setSeq(seq)
                .build();
    }
}
