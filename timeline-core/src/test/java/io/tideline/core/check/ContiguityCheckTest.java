package io.tideline.core.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.check.ContiguityCheck.Report;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ContiguityCheckTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final ContiguityCheck check = new ContiguityCheck(100);

    @Test
    void soundTimeline_isClean() {
        check.add(page(StopReason.PAGE_FULL, 5, entries(1, 2)));
        check.add(page(StopReason.HEAD, 5, entries(3, 5)));

        assertThat(check.finish(SequenceId.of(5))).isEqualTo(new Report(5, 0, SequenceId.of(5), 0, List.of()));
    }

    @Test
    void emptyTimeline_isClean() {
        check.add(page(StopReason.HEAD, 0, List.of()));

        Report report = check.finish(SequenceId.NONE);

        assertThat(report.isClean()).isTrue();
        assertThat(report.last()).isEqualTo(SequenceId.NONE);
    }

    @Test
    void appendsAfterTheLastPage_areNoFinding() {
        check.add(page(StopReason.HEAD, 3, entries(1, 3)));

        assertThat(check.finish(SequenceId.of(9)).isClean()).isTrue();
    }

    @Test
    void gapsBeforeBetweenAndAfterEntries_areCountedAndClean() {
        check.add(new TimelinePage(
                List.of(entry(3), entry(6)),
                List.of(gap(1, 2), gap(4, 4), gap(5, 5), gap(7, 9)),
                StopReason.PAGE_FULL,
                SequenceId.of(10),
                SequenceId.of(10)));
        check.add(page(StopReason.HEAD, 10, entries(10, 10)));

        assertThat(check.finish(SequenceId.of(10))).isEqualTo(new Report(3, 7, SequenceId.of(10), 0, List.of()));
    }

    @Test
    void firstSeqNotOne_isFound() {
        check.add(page(StopReason.HEAD, 3, entries(2, 3)));

        assertFindings(3, "seq 2 follows seq 0 (expected: 1)");
    }

    @Test
    void hole_isFoundOnce() {
        check.add(page(StopReason.HEAD, 6, List.of(entry(1), entry(2), entry(4), entry(5), entry(6))));

        assertFindings(6, "seq 4 follows seq 2 (expected: 3)");
    }

    @Test
    void holeBetweenPages_isFound() {
        check.add(page(StopReason.PAGE_FULL, 4, entries(1, 2)));
        check.add(page(StopReason.HEAD, 4, entries(4, 4)));

        assertFindings(4, "seq 4 follows seq 2 (expected: 3)");
    }

    @Test
    void holeBesideAGap_isFound() {
        check.add(new TimelinePage(
                List.of(entry(1), entry(5)), List.of(gap(3, 4)), StopReason.HEAD, SequenceId.of(6), SequenceId.of(5)));

        assertFindings(5, "seq 3 follows seq 1 (expected: 2)");
    }

    @Test
    void stepBack_isFound() {
        check.add(page(StopReason.HEAD, 4, List.of(entry(1), entry(3), entry(2), entry(4))));

        assertFindings(
                4,
                "seq 3 follows seq 1 (expected: 2)",
                "seq 2 follows seq 3 (expected: 4)",
                "seq 2: server time before that of the seq before");
    }

    @Test
    void seqTwice_isFound() {
        check.add(page(
                StopReason.HEAD,
                2,
                List.of(entry(1), entry(2, "a", START.plusMillis(2)), entry(2, "b", START.plusMillis(2)))));

        assertFindings(2, "seq 2 follows seq 2 (expected: 3)");
    }

    @Test
    void timeThatRunsBackwards_isFound() {
        check.add(page(
                StopReason.HEAD,
                3,
                List.of(entry(1), entry(2, "m2", START.minusMillis(1)), entry(3, "m3", START.minusMillis(1)))));

        assertFindings(3, "seq 2: server time before that of the seq before");
    }

    @Test
    void messageTwice_isFound() {
        check.add(page(StopReason.PAGE_FULL, 4, entries(1, 3)));
        check.add(page(StopReason.HEAD, 4, List.of(entry(4, "m2", START.plusMillis(4)))));

        assertFindings(4, "seq 4: same sender and client message id as seq 2");
    }

    @Test
    void sameIdByOtherSender_isClean() {
        Entry bob = Entry.of(SequenceId.of(2), NewEntry.text("bob", "m1", "hello"), START.plusMillis(2), 2);
        check.add(page(StopReason.HEAD, 2, List.of(entry(1), bob)));

        assertThat(check.finish(SequenceId.of(2)).isClean()).isTrue();
    }

    @Test
    void sameIdAfterTheWindow_isCleanAndBeginsItAnew() {
        Duration window = Duration.ofHours(1);
        ContiguityCheck windowed = new ContiguityCheck(100, window);
        windowed.add(page(
                StopReason.HEAD,
                3,
                List.of(
                        entry(1, "m", START),
                        entry(2, "m", START.plus(window)),
                        entry(3, "m", START.plus(window).plus(window).minusMillis(1)))));

        assertThat(windowed.finish(SequenceId.of(3)).findings())
                .containsExactly("seq 3: same sender and client message id as seq 2");
    }

    @Test
    void headBehindTheRows_isFound() {
        check.add(page(StopReason.HEAD, 3, entries(1, 3)));

        assertFindings(2, "head says 2, rows go to 3");
    }

    @Test
    void pageThatKnowsLessThanWasServed_isFound() {
        check.add(page(StopReason.PAGE_FULL, 3, entries(1, 3)));
        check.add(page(StopReason.BEYOND_HEAD, 1, List.of()));

        assertFindings(3, "page knows of 1 as the last seq, rows go to 3");
    }

    @Test
    void pageThatEndsBeforeTheHeadItKnows_isFound() {
        check.add(page(StopReason.HEAD, 5, entries(1, 3)));

        assertFindings(5, "page ends at the head after seq 3, though it knows of 5");
    }

    @Test
    void ruinedTimeline_keepsTwentyFindingsAndCountsTheRest() {
        List<Entry> everySecond =
                LongStream.rangeClosed(1, 1000).mapToObj(i -> entry(2 * i)).toList();
        check.add(page(StopReason.HEAD, 2000, everySecond));

        Report report = check.finish(SequenceId.of(2000));

        assertThat(report.findings()).hasSize(20).startsWith("seq 2 follows seq 0 (expected: 1)");
        assertThat(report.findingCount()).isEqualTo(1000);
        assertThat(report.entries()).isEqualTo(1000);
    }

    @Test
    void rememberedIds_areTheLatestOnes() {
        ContiguityCheck small = new ContiguityCheck(3);
        small.add(page(
                StopReason.HEAD,
                6,
                List.of(
                        entry(1),
                        entry(2),
                        entry(3),
                        entry(4),
                        entry(5, "m1", START.plusMillis(5)),
                        entry(6, "m4", START.plusMillis(6)))));

        assertThat(small.finish(SequenceId.of(6)).findings())
                .containsExactly("seq 6: same sender and client message id as seq 4");
    }

    @Test
    void repeatOfARememberedId_isTheYoungestAgain() {
        ContiguityCheck small = new ContiguityCheck(2);
        small.add(page(
                StopReason.HEAD,
                5,
                List.of(
                        entry(1),
                        entry(2),
                        entry(3, "m1", START.plusMillis(3)),
                        entry(4),
                        entry(5, "m1", START.plusMillis(5)))));

        assertThat(small.finish(SequenceId.of(5)).findings())
                .containsExactly(
                        "seq 3: same sender and client message id as seq 1",
                        "seq 5: same sender and client message id as seq 3");
    }

    private void assertFindings(long head, String... findings) {
        Report report = check.finish(SequenceId.of(head));

        assertThat(report.findings()).containsExactly(findings);
        assertThat(report.findingCount()).isEqualTo(findings.length);
        assertThat(report.isClean()).isFalse();
    }

    private static TimelinePage page(StopReason stop, long last, List<Entry> entries) {
        SequenceId next = entries.isEmpty()
                ? SequenceId.of(last + 1)
                : entries.get(entries.size() - 1).seq().next();
        return new TimelinePage(entries, List.of(), stop, next, SequenceId.of(last));
    }

    private static List<Entry> entries(long first, long last) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(ContiguityCheckTest::entry)
                .toList();
    }

    private static Entry entry(long seq) {
        return entry(seq, "m" + seq, START.plusMillis(seq));
    }

    private static Entry entry(long seq, String clientMessageId, Instant time) {
        return Entry.of(SequenceId.of(seq), NewEntry.text("alice", clientMessageId, "hello"), time, seq);
    }

    private static Gap gap(long from, long to) {
        return new Gap(SequenceId.of(from), SequenceId.of(to), Gap.Type.EXPIRED);
    }
}
