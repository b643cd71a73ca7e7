package io.tideline.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Many callers at once, and one caller that does not wait. */
interface ConcurrencyContract {
    TimelineProbe probe();

    @Test
    default void append_manyThreadsOneTimeline_seqsAreOneToNAndEachThreadKeepsItsOrder() {
        TimelineId timeline = probe().fresh();
        int threads = 8;
        long each = 40;
        Map<Long, String> acknowledged = new ConcurrentHashMap<>();

        TimelineProbe.inParallel(threads, thread -> {
            for (int i = 0; i < each; i++) {
                NewEntry[] entry = TimelineProbe.entries("sender-" + thread, "t" + thread, i, 1);
                Receipt receipt = probe().append(timeline, entry).get(0);
                acknowledged.put(receipt.seq().value(), entry[0].payload().toUtf8());
            }
        });

        List<Entry> entries = probe().readAll(timeline);
        assertThat(entries)
                .extracting(e -> e.seq().value())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, threads * each).boxed().toList());
        assertThat(entries).allSatisfy(e -> assertThat(acknowledged)
                .containsEntry(e.seq().value(), e.payload().toUtf8()));
        for (int thread = 0; thread < threads; thread++) {
            assertThat(textsOf(entries, "sender-" + thread)).isEqualTo(texts("t" + thread, (int) each));
        }
    }

    @Test
    default void append_batchesFromManyThreads_areNeverInterleaved() {
        TimelineId timeline = probe().fresh();

        TimelineProbe.inParallel(6, thread -> {
            for (int i = 0; i < 10; i++) {
                List<Receipt> receipts =
                        probe().append(timeline, TimelineProbe.entries("sender-" + thread, "t" + thread, 5 * i, 5));
                long first = receipts.get(0).seq().value();
                assertThat(receipts)
                        .extracting(r -> r.seq().value())
                        .containsExactly(first, first + 1, first + 2, first + 3, first + 4);
            }
        });

        assertThat(probe().last(timeline)).isEqualTo(SequenceId.of(300));
    }

    @Test
    default void append_manyThreadsManyTimelines_eachTimelineIsContiguous() {
        List<TimelineId> timelines =
                IntStream.range(0, 10).mapToObj(i -> probe().fresh()).toList();

        TimelineProbe.inParallel(6, thread -> {
            for (int i = 0; i < 5; i++) {
                List<CompletableFuture<AppendOutcome>> fired = new ArrayList<>();
                for (TimelineId timeline : timelines) {
                    fired.add(
                            probe().fire(timeline, TimelineProbe.entries("sender-" + thread, "t" + thread, 2 * i, 2)));
                }
                fired.forEach(f -> TimelineProbe.receipts(TimelineProbe.await(f)));
            }
        });

        for (TimelineId timeline : timelines) {
            assertThat(probe().last(timeline)).isEqualTo(SequenceId.of(60));
        }
    }

    @Test
    default void append_firedWithoutWaiting_keepsItsOrder() {
        TimelineId timeline = probe().fresh();
        List<CompletableFuture<AppendOutcome>> fired = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            fired.add(probe().fire(timeline, TimelineProbe.entries("alice", "m", i, 1)));
        }

        List<Long> seqs = fired.stream()
                .map(f -> TimelineProbe.receipts(TimelineProbe.await(f))
                        .get(0)
                        .seq()
                        .value())
                .toList();

        assertThat(seqs)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 200).boxed().toList());
        assertThat(textsOf(probe().readAll(timeline), "alice")).isEqualTo(texts("m", 200));
    }

    @Test
    default void append_acknowledged_isInEveryLaterReadAndHead() {
        TimelineId timeline = probe().fresh();

        TimelineProbe.inParallel(4, thread -> {
            for (int i = 0; i < 20; i++) {
                SequenceId seq = probe().append(timeline, TimelineProbe.entries("sender-" + thread, "t" + thread, i, 1))
                        .get(0)
                        .seq();
                assertThat(probe().read(ReadQuery.forward(timeline, seq.value(), 1))
                                .entries()
                                .get(0)
                                .payload()
                                .toUtf8())
                        .isEqualTo("t" + thread + "-" + i);
                assertThat(probe().read(ReadQuery.latest(timeline, 1))
                                .entries()
                                .get(0)
                                .seq())
                        .isGreaterThanOrEqualTo(seq);
                assertThat(probe().last(timeline)).isGreaterThanOrEqualTo(seq);
            }
        });
    }

    @Test
    default void append_afterAnotherThreadsAcknowledgement_comesAfterIt() {
        TimelineId timeline = probe().fresh();
        SequenceId before = SequenceId.NONE;

        for (int i = 0; i < 10; i++) {
            List<SequenceId> got = new ArrayList<>();
            int round = i;
            TimelineProbe.inParallel(
                    1,
                    thread -> got.add(probe().append(timeline, TimelineProbe.entries("alice", "m", round, 1))
                            .get(0)
                            .seq()));
            assertThat(got.get(0)).isGreaterThan(before);
            before = got.get(0);
        }
    }

    @Test
    default void read_pollingWhileOthersAppend_seesNoHoleAndNeverGoesBack() {
        TimelineId timeline = probe().fresh();
        int writers = 4;
        long each = 60;

        TimelineProbe.inParallel(writers + 2, thread -> {
            if (thread < writers) {
                for (int i = 0; i < each; i += 3) {
                    probe().append(timeline, TimelineProbe.entries("sender-" + thread, "t" + thread, i, 3));
                }
            } else {
                pollForward(timeline, writers * each, thread == writers ? 7 : 1000);
            }
        });

        assertThat(probe().last(timeline)).isEqualTo(SequenceId.of(writers * each));
    }

    /** Reads until {@code count} entries have come; the enclosing wait bounds the time. */
    private void pollForward(TimelineId timeline, long count, int maxEntries) {
        long next = 1;
        while (next <= count && !Thread.currentThread().isInterrupted()) {
            TimelinePage page = probe().read(ReadQuery.forward(timeline, next, maxEntries));
            for (Entry entry : page.entries()) {
                assertThat(entry.seq().value()).isEqualTo(next);
                next++;
            }
            assertThat(page.next().value()).isEqualTo(next);
            assertThat(page.last().value()).isGreaterThanOrEqualTo(next - 1);
            assertThat(page.stop()).isIn(TimelinePage.StopReason.HEAD, TimelinePage.StopReason.PAGE_FULL);
            assertThat(probe().last(timeline)).isGreaterThanOrEqualTo(page.last());
        }
    }

    private static List<String> textsOf(List<Entry> entries, String sender) {
        return entries.stream()
                .filter(e -> e.sender().value().equals(sender))
                .map(e -> e.payload().toUtf8())
                .toList();
    }

    private static List<String> texts(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + "-" + i).toList();
    }
}
