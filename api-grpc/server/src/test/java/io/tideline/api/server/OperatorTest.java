package io.tideline.api.server;

import static io.tideline.api.server.Messages.append;
import static io.tideline.api.server.Messages.appendMany;
import static io.tideline.api.server.Messages.conversation;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.rpc.Code;
import io.grpc.Context;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.v1.InspectRequest;
import io.tideline.api.v1.InspectResponse;
import io.tideline.api.v1.ServerInfoRequest;
import io.tideline.api.v1.ServerInfoResponse;
import io.tideline.api.v1.VerifyAll;
import io.tideline.api.v1.VerifyRequest;
import io.tideline.api.v1.VerifyResponse;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class OperatorTest {
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
    void serverInfo_tellsVersionStorageAndMetrics() {
        fixture.timelines.append(append("c", "a"));
        failureOf(() -> fixture.timelines.append(append("c")));

        ServerInfoResponse info = fixture.operator.serverInfo(ServerInfoRequest.getDefaultInstance());

        assertThat(info.getVersion()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(info.getStorage()).isEqualTo("in memory, for tests");
        assertThat(info.getSequencerVersion()).isEqualTo("model");
        assertThat(info.getMetricsMap())
                .containsEntry("api.Append.count", 2.0)
                .containsEntry("api.Append.failed.count", 1.0)
                .containsKeys("api.Append.p50_us", "api.Append.p99_us", "api.Append.max_us");
    }

    @Test
    void inspect_existing_showsAtMostTheCellsAskedFor() {
        fixture.timelines.append(append("c", "a", "b"));

        InspectResponse all = fixture.operator.inspect(inspect("c", 1_000));
        InspectResponse one = fixture.operator.inspect(inspect("c", 1));

        assertThat(all.getCellsCount()).isEqualTo(2);
        assertThat(all.getEntryRows()).isEqualTo(2);
        assertThat(all.getDescription().getHead().getLastSeq()).isEqualTo(2);
        assertThat(one.getCellsCount()).isEqualTo(1);
    }

    @Test
    void inspect_absentOrBad_isToldApart() {
        assertThat(failureOf(() -> fixture.operator.inspect(inspect("c", 0))).reason())
                .isEqualTo("TIMELINE_NOT_FOUND");
        assertThat(failureOf(() -> fixture.operator.inspect(inspect("c", 1_001)))
                        .fields())
                .containsExactly("max_cells");
        assertThat(failureOf(() -> fixture.operator.inspect(InspectRequest.getDefaultInstance()))
                        .fields())
                .containsExactly("timeline");
    }

    @Test
    void verify_soundTimeline_isReportedAndSummed() {
        fixture.timelines.append(appendMany("c", 1_000));
        fixture.timelines.append(append("c", "last"));

        List<VerifyResponse> events =
                verify(VerifyRequest.newBuilder().setTimeline(conversation("c")).build());

        assertThat(events).hasSize(2);
        assertThat(events.get(0).getReport().getEntries()).isEqualTo(1_001);
        assertThat(events.get(0).getReport().getLastSeq()).isEqualTo(1_001);
        assertThat(events.get(0).getReport().getFindingCount()).isZero();
        assertThat(events.get(1).getSummary().getTimelines()).isEqualTo(1);
        assertThat(events.get(1).getSummary().getEntries()).isEqualTo(1_001);
        assertThat(events.get(1).getSummary().getUnsoundTimelines()).isZero();
    }

    @Test
    void verify_all_goesThroughEveryFamilyAndSurvivesCorruption() {
        for (int i = 0; i < 250; i++) {
            fixture.timelines.append(append("c" + i, "a"));
        }
        TimelineId inbox = new TimelineId(new AppId("shop"), TimelineFamily.INBOX, "x");
        fixture.memory
                .append(TimelineAppend.of(inbox, NewEntry.text("s", "a", "")), Deadline.after(ServerFixture.WAIT))
                .join();
        fixture.store.onRead = (query, deadline) -> query.timeline().name().equals("c7")
                ? CompletableFuture.failedFuture(new CorruptDataException("hole", Map.of("seq", "1"), null))
                : fixture.memory.read(query, deadline);

        List<VerifyResponse> events = verify(VerifyRequest.newBuilder()
                .setAll(VerifyAll.newBuilder().setApp("shop"))
                .build());

        assertThat(events).hasSize(252);
        assertThat(events.get(251).getSummary().getTimelines()).isEqualTo(251);
        assertThat(events.get(251).getSummary().getUnsoundTimelines()).isEqualTo(1);
        assertThat(events)
                .filteredOn(event -> event.getReport().getFindingCount() > 0)
                .singleElement()
                .satisfies(event -> assertThat(event.getReport().getFindings(0)).contains("hole"));
    }

    @Test
    void verify_storageGone_endsTheRun() {
        fixture.timelines.append(append("c", "a"));
        fixture.store.onRead = (query, deadline) ->
                CompletableFuture.failedFuture(new StorageUnavailableException("gone", Map.of(), null));

        Failure failure = failureOf(() -> verify(VerifyRequest.newBuilder()
                .setAll(VerifyAll.newBuilder().setApp("shop"))
                .build()));

        assertThat(failure.reason()).isEqualTo("STORAGE_UNAVAILABLE");
    }

    @Test
    void verify_clientCancelsInALongTimeline_readsNoFurther() throws Exception {
        fixture.timelines.append(appendMany("c", 1_000));
        fixture.timelines.append(append("c", "last"));
        CompletableFuture<Context> call = new CompletableFuture<>();
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        fixture.store.onRead = (query, deadline) -> {
            call.complete(Context.current());
            return goOn.thenCompose(nothing -> fixture.memory.read(query, deadline));
        };
        VerifyRequest request =
                VerifyRequest.newBuilder().setTimeline(conversation("c")).build();
        Context.CancellableContext client = Context.current().withCancellation();
        client.run(() -> {
            var unused = fixture.operator.verify(request);
        });
        CompletableFuture<Void> cancelSeen = new CompletableFuture<>();
        call.get(20, TimeUnit.SECONDS).addListener(context -> cancelSeen.complete(null), Runnable::run);

        client.cancel(null);
        cancelSeen.get(20, TimeUnit.SECONDS);
        fixture.server.close();
        goOn.complete(null);

        assertThat(fixture.store.reads).hasSize(1);
    }

    @Test
    void verify_badScope_isTold() {
        assertThat(failureOf(() -> verify(VerifyRequest.getDefaultInstance())).fields())
                .containsExactly("scope");
        assertThat(failureOf(() -> verify(VerifyRequest.newBuilder()
                                .setAll(VerifyAll.newBuilder().setFamilyValue(999))
                                .build()))
                        .fields())
                .containsExactly("all.app", "all.family");
        assertThat(failureOf(() -> verify(VerifyRequest.newBuilder()
                                .setTimeline(conversation("absent"))
                                .build()))
                        .code())
                .isEqualTo(Code.NOT_FOUND);
    }

    private List<VerifyResponse> verify(VerifyRequest request) {
        return ImmutableList.copyOf(fixture.operator.verify(request));
    }

    private static InspectRequest inspect(String id, int maxCells) {
        return InspectRequest.newBuilder()
                .setTimeline(conversation(id))
                .setMaxCells(maxCells)
                .build();
    }
}
