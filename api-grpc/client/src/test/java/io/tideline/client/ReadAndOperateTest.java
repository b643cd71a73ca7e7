package io.tideline.client;

import static io.tideline.client.ClientFixture.TIMELINE;
import static io.tideline.client.ClientFixture.failure;
import static io.tideline.client.ClientFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status.Code;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.Gap;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.ReadResponse;
import io.tideline.api.v1.StopReason;
import io.tideline.api.v1.TimelineReport;
import io.tideline.api.v1.VerifyRequest;
import io.tideline.api.v1.VerifyResponse;
import io.tideline.api.v1.VerifySummary;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadAndOperateTest {
    private static final ReadRequest REQUEST =
            ReadRequest.newBuilder().setTimeline(TIMELINE).setPageSize(2).build();
    private static final TimelineReport REPORT =
            TimelineReport.newBuilder().setTimeline(TIMELINE).build();
    private static final VerifySummary SUMMARY =
            VerifySummary.newBuilder().setTimelines(2).build();

    private static ReadResponse.Builder page(long... seqs) {
        var page = ReadResponse.newBuilder();
        for (long seq : seqs) {
            page.addEntries(Entry.newBuilder().setSeq(seq));
        }
        return page;
    }

    @Test
    void readAll_severalPages_walksThemWithTheirTokensAndHandsOverGaps() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            Gap expired = Gap.newBuilder().setFromSeq(1).setToSeq(2).build();
            fixture.server
                    .read
                    .thenAnswer(page().addGaps(expired)
                            .setStopReason(StopReason.PAGE_FULL)
                            .setNextPageToken("t1")
                            .build())
                    .thenAnswer(page(3, 4)
                            .setStopReason(StopReason.PAGE_FULL)
                            .setNextPageToken("t2")
                            .build())
                    .thenAnswer(
                            page(5).setStopReason(StopReason.HEAD).setLastSeq(5).build());
            List<Gap> gaps = new ArrayList<>();
            EntryCursor cursor = fixture.client.readAll(REQUEST, gaps::add);
            List<Long> seqs = new ArrayList<>();
            cursor.forEachRemaining(entry -> seqs.add(entry.getSeq()));

            assertThat(seqs).containsExactly(3L, 4L, 5L);
            assertThat(gaps).containsExactly(expired);
            assertThat(cursor.stopReason()).isEqualTo(StopReason.HEAD);
            assertThat(cursor.lastSeq()).isEqualTo(5);
            assertThat(fixture.server.read.requests)
                    .extracting(ReadRequest::getPageToken)
                    .containsExactly("", "t1", "t2");
        }
    }

    @Test
    void readAll_pageRefused_throwsTheFailure() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server.read.thenFail(ScriptedServer.failure(Code.OUT_OF_RANGE, "SEQUENCE_BEYOND_HEAD", null));
            EntryCursor cursor = fixture.client.readAll(REQUEST, gap -> {});

            assertThatThrownBy(cursor::hasNext)
                    .isInstanceOfSatisfying(TidelineCallException.class, failure -> assertThat(failure.reason())
                            .isEqualTo("SEQUENCE_BEYOND_HEAD"));
        }
    }

    @Test
    void verify_reportsAndSummary_areDelivered() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server.verify.then((request, observer) -> {
                observer.onNext(VerifyResponse.newBuilder().setReport(REPORT).build());
                observer.onNext(VerifyResponse.newBuilder().setReport(REPORT).build());
                observer.onNext(VerifyResponse.newBuilder().setSummary(SUMMARY).build());
                observer.onCompleted();
            });
            List<TimelineReport> reports = new ArrayList<>();
            var summary = fixture.client.operator().verify(VerifyRequest.getDefaultInstance(), reports::add);

            assertThat(get(summary)).isEqualTo(SUMMARY);
            assertThat(reports).containsExactly(REPORT, REPORT);
        }
    }

    @Test
    void verify_consumerThrows_failsWithItsCause() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server.verify.then((request, observer) -> observer.onNext(
                    VerifyResponse.newBuilder().setReport(REPORT).build()));
            var summary = fixture.client.operator().verify(VerifyRequest.getDefaultInstance(), report -> {
                throw new IllegalStateException("Consumer is broken");
            });

            assertThat(failure(summary).reason()).isEqualTo(TidelineCallException.CONSUMER_FAILED);
        }
    }
}
