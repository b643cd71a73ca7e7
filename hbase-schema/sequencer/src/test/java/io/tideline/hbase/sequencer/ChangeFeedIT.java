package io.tideline.hbase.sequencer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which timelines have moved, asked of a region with its log and files. */
@Timeout(60)
final class ChangeFeedIT {
    private static final byte[] TIMELINE = BatchBuilder.prefix("t");
    private static final byte[] OTHER = BatchBuilder.prefix("other");

    @TempDir
    Path directory;

    private LocalRegion region;

    @BeforeEach
    void open() throws IOException {
        region = new LocalRegion(directory);
    }

    @AfterEach
    void close() throws IOException {
        region.close();
    }

    @Test
    void ask_firstTime_isAResetWithoutChanges() throws Exception {
        region.send(new BatchBuilder().item(TIMELINE, "a"));

        FeedAnswer answer = region.ask(FeedQuestion.FIRST);

        assertThat(answer.reset()).isTrue();
        assertThat(answer.changes()).isEmpty();
        assertThat(answer.epoch()).isNotEqualTo(FeedQuestion.NO_EPOCH);
        assertThat(region.ask(after(answer)).changes()).isEmpty();
    }

    @Test
    void ask_afterAppends_namesEachTimelineOncePerDrain() throws Exception {
        FeedAnswer start = region.ask(FeedQuestion.FIRST);
        region.send(new BatchBuilder().item(TIMELINE, "a", "b").item(OTHER, "a").item(TIMELINE, "c"));

        FeedAnswer answer = region.ask(after(start));

        assertThat(answer.reset()).isFalse();
        assertThat(answer.more()).isFalse();
        assertThat(answer.changes()).hasSize(2);
        assertThat(lasts(answer)).isEqualTo(Map.of(new Key(TIMELINE), 3L, new Key(OTHER), 1L));
        assertThat(region.ask(after(answer)).changes()).isEmpty();
        assertThat(region.ask(after(start)).changes()).as("asked again").hasSize(2);
    }

    @Test
    void ask_afterRepeatsAndConflicts_namesNothing() throws Exception {
        region.send(new BatchBuilder().item(TIMELINE, "a"));
        FeedAnswer start = region.ask(FeedQuestion.FIRST);

        region.send(new BatchBuilder().item(TIMELINE, "a"));
        region.send(new BatchBuilder().item(TIMELINE, BatchBuilder.entry("s", "a", "other content")));

        assertThat(region.ask(after(start)).changes()).isEmpty();
    }

    @Test
    void ask_afterReopening_isAResetWithAnotherEpoch() throws Exception {
        FeedAnswer start = region.ask(FeedQuestion.FIRST);
        region.reopen();

        FeedAnswer answer = region.ask(after(start));

        assertThat(answer.reset()).isTrue();
        assertThat(answer.epoch()).isNotEqualTo(start.epoch());
    }

    /** The edit may be durable or not: whoever follows must look for himself. */
    @Test
    void ask_afterAWriteOfUnknownOutcome_isAReset() throws Exception {
        FeedAnswer start = region.ask(FeedQuestion.FIRST);
        region.failWritesBy(write -> {
            write.run();
            throw new IOException("answer lost");
        });
        assertThatThrownBy(() -> region.send(new BatchBuilder().item(TIMELINE, "a")))
                .hasMessage("answer lost");
        region.healWrites();

        assertThat(region.ask(after(start)).reset()).isTrue();
    }

    @Test
    void ring_overrun_isAResetForWhoHasNotAskedInTime() {
        ChangeRing ring = new ChangeRing(4, new AtomicLong()::incrementAndGet);
        FeedAnswer start = ring.answer(FeedQuestion.FIRST);
        for (int i = 1; i <= 4; i++) {
            ring.add(List.of(new FeedAnswer.TimelineChange(TIMELINE, i)));
        }
        assertThat(ring.answer(after(start)).changes())
                .extracting(FeedAnswer.TimelineChange::last)
                .containsExactly(1L, 2L, 3L, 4L);

        ring.add(List.of(new FeedAnswer.TimelineChange(TIMELINE, 5)));

        FeedAnswer late = ring.answer(after(start));
        assertThat(late.reset()).isTrue();
        assertThat(late.next()).isEqualTo(5);
        assertThat(ring.answer(new FeedQuestion(start.epoch(), 1)).changes()).hasSize(4);
        assertThat(ring.answer(new FeedQuestion(start.epoch(), 6)).reset())
                .as("never answered")
                .isTrue();
    }

    @Test
    void ring_moreThanOneAnswerHolds_isToldInSeveral() {
        ChangeRing ring = new ChangeRing(8192, new AtomicLong()::incrementAndGet);
        FeedAnswer answer = ring.answer(FeedQuestion.FIRST);
        for (int i = 1; i <= 5_000; i++) {
            ring.add(List.of(new FeedAnswer.TimelineChange(TIMELINE, i)));
        }

        FeedAnswer first = ring.answer(after(answer));
        FeedAnswer second = ring.answer(after(first));

        assertThat(first.more()).isTrue();
        assertThat(first.changes()).hasSize(FeedAnswer.MAX_CHANGES);
        assertThat(second.more()).isFalse();
        assertThat(second.changes()).hasSize(5_000 - FeedAnswer.MAX_CHANGES);
        assertThat(second.changes().get(0).last()).isEqualTo(FeedAnswer.MAX_CHANGES + 1L);
    }

    private static FeedQuestion after(FeedAnswer answer) {
        return new FeedQuestion(answer.epoch(), answer.next());
    }

    private static Map<Key, Long> lasts(FeedAnswer answer) {
        Map<Key, Long> lasts = new HashMap<>();
        answer.changes().forEach(change -> lasts.put(new Key(change.prefix()), change.last()));
        return lasts;
    }
}
