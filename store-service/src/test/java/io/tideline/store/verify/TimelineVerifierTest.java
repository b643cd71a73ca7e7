package io.tideline.store.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineDescription;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class TimelineVerifierTest {
    private static final TimelineId TIMELINE = TimelineId.conversation("app", "c");

    private final InMemoryTimelineStore memory = new InMemoryTimelineStore(InstantSource.system(), Duration.ofDays(7));

    /** Reads of {@code memory}, changed on the way. */
    private TimelineVerifier verifier(UnaryOperator<CompletableFuture<TimelinePage>> change) {
        return new TimelineVerifier(
                new TimelineStore() {
                    @Override
                    public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
                        return memory.append(append, deadline);
                    }

                    @Override
                    public CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline) {
                        ReadQuery smallPages = new ReadQuery(
                                query.timeline(),
                                query.from(),
                                query.to(),
                                query.direction(),
                                2,
                                query.maxBytes(),
                                query.floor());
                        return change.apply(memory.read(smallPages, deadline));
                    }

                    @Override
                    public CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline) {
                        return memory.heads(queries, deadline);
                    }
                },
                memory);
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20));
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private void append(TimelineId timeline, int from, int count) throws Exception {
        for (int i = from; i < from + count; i++) {
            get(memory.append(TimelineAppend.of(timeline, NewEntry.text("anna", "m" + i, "hello")), soon()));
        }
    }

    private VerifiedTimeline verify(TimelineVerifier verifier) throws Exception {
        TimelineDescription described =
                get(memory.describe(TIMELINE, SequenceId.NONE, soon())).orElseThrow();
        return get(verifier.verify(described, TimelineVerifierTest::soon));
    }

    @Test
    void verify_manyPagesCompleteAtOnce_needsNoDeepStack() throws Exception {
        append(TIMELINE, 0, 20_000);

        VerifiedTimeline report = verify(verifier(page -> page));

        assertThat(report.isSound()).isTrue();
        assertThat(report.entries()).isEqualTo(20_000);
        assertThat(report.last()).isEqualTo(SequenceId.of(20_000));
    }

    @Test
    void verify_missingRow_isFound() throws Exception {
        append(TIMELINE, 0, 5);

        VerifiedTimeline report = verify(verifier(pages -> pages.thenApply(page -> without(page, 3))));

        assertThat(report.findings()).containsExactly("seq 4 follows seq 2 (expected: 3)");
    }

    @Test
    void verify_missingEnd_isFound() throws Exception {
        append(TIMELINE, 0, 5);

        VerifiedTimeline report = verify(verifier(pages -> pages.thenApply(page -> without(page, 5))));

        assertThat(report.findings()).contains("head says 5, rows go to 4");
    }

    private static TimelinePage without(TimelinePage page, long seq) {
        List<Entry> entries = page.entries().stream()
                .filter(entry -> entry.seq().value() != seq)
                .toList();
        return new TimelinePage(entries, page.gaps(), page.stop(), page.next(), page.last());
    }

    @Test
    void verify_pageThatDoesNotAdvance_endsWithAFinding() throws Exception {
        append(TIMELINE, 0, 5);

        VerifiedTimeline report = verify(verifier(pages -> pages.thenApply(page ->
                new TimelinePage(page.entries(), page.gaps(), StopReason.PAGE_FULL, SequenceId.FIRST, page.last()))));

        assertThat(report.findings()).singleElement().asString().startsWith("a full page from seq 1");
    }

    @Test
    void verify_corruptData_isAFinding() throws Exception {
        append(TIMELINE, 0, 5);
        CorruptDataException corrupt = new CorruptDataException("cell cannot be decoded", Map.of(), null);

        VerifiedTimeline report = verify(verifier(pages -> pages.thenCompose(
                page -> page.stop() == StopReason.HEAD ? CompletableFuture.failedFuture(corrupt) : pages)));

        assertThat(report.entries()).isEqualTo(4);
        assertThat(report.findings()).containsExactly("reading from seq 5 failed: cell cannot be decoded");
    }

    @Test
    void verify_storageUnavailable_failsTheFuture() throws Exception {
        append(TIMELINE, 0, 1);
        StorageUnavailableException gone = new StorageUnavailableException("gone", Map.of(), null);
        TimelineDescription described =
                get(memory.describe(TIMELINE, SequenceId.NONE, soon())).orElseThrow();

        assertThat(verifier(page -> CompletableFuture.failedFuture(gone)).verify(described, TimelineVerifierTest::soon))
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableOfType(ExecutionException.class)
                .withRootCauseInstanceOf(StorageUnavailableException.class);
    }

    @Test
    void verifyAll_sinkWaits_makesNoFurtherReport() throws Exception {
        for (int i = 0; i < 250; i++) {
            append(TimelineId.conversation("app", "c" + i), 0, 1);
        }
        append(TimelineId.inbox("app", "anna"), 0, 1);
        List<VerifiedTimeline> reports = new ArrayList<>();
        List<CompletableFuture<Boolean>> taken = new ArrayList<>();

        CompletableFuture<?> run = verifier(page -> page)
                .verifyAll(new AppId("app"), List.of(TimelineFamily.values()), TimelineVerifierTest::soon, report -> {
                    reports.add(report);
                    taken.add(new CompletableFuture<>());
                    return taken.get(taken.size() - 1);
                });

        for (int i = 0; i < 251; i++) {
            assertThat(reports).hasSize(i + 1);
            assertThat(run).isNotDone();
            taken.get(i).complete(true);
        }
        assertThat(run).isCompleted();
        assertThat(reports).extracting(VerifiedTimeline::timeline).doesNotHaveDuplicates();
    }
}
