package io.tideline.core.memory;

import static io.tideline.core.store.TimelineProbe.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.store.TimelineProbe;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.store.TimelineStoreContract;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

final class InMemoryTimelineStoreTest extends TimelineStoreContract {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00.123Z");
    private static final Duration WINDOW = Duration.ofHours(1);
    private static final TimelineId TIMELINE = TimelineId.conversation("app", "timeline");

    private final InMemoryTimelineStore store = new InMemoryTimelineStore(InstantSource.system(), Duration.ofDays(1));

    private Instant now = START;
    private final InMemoryTimelineStore clocked = new InMemoryTimelineStore(() -> now, WINDOW);

    @Override
    protected TimelineStore store() {
        return store;
    }

    @Override
    protected TimelineDirectory directory() {
        return store;
    }

    @Test
    void repeat_withinTheWindow_answersTheFirst() {
        append("m1", "hello");

        now = START.plus(WINDOW).minusMillis(1);

        assertThat(append("m1", "hello")).isEqualTo(new Receipt(SequenceId.FIRST, START, true, MessageId.NONE, 1));
    }

    @Test
    void repeat_afterTheWindow_isWrittenAnew() {
        append("m1", "hello");

        now = START.plus(WINDOW);

        assertThat(append("m1", "hello")).isEqualTo(new Receipt(SequenceId.of(2), now, false, MessageId.NONE, 2));
        assertThat(append("m1", "hello")).isEqualTo(new Receipt(SequenceId.of(2), now, true, MessageId.NONE, 2));
    }

    @Test
    void repeat_withinTheWindow_doesNotProlongIt() {
        append("m1", "hello");
        now = START.plus(WINDOW).minusMillis(1);
        append("m1", "hello");

        now = START.plus(WINDOW);

        assertThat(append("m1", "hello").repeated()).isFalse();
    }

    @Test
    void conflict_afterTheWindow_isNone() {
        append("m1", "hello");

        now = START.plus(WINDOW);

        assertThat(append("m1", "something else").seq()).isEqualTo(SequenceId.of(2));
    }

    @Test
    void append_clockStepsBack_timeStandsStill() {
        append("m1", "1");
        now = START.minusSeconds(3600);
        append("m2", "2");
        now = START.plusMillis(1);
        append("m3", "3");

        assertThat(await(clocked.read(ReadQuery.forward(TIMELINE, 1, 10), TimelineProbe.soon()))
                        .entries())
                .extracting(Entry::serverTime)
                .containsExactly(START, START, START.plusMillis(1));
    }

    @Test
    void append_clockFinerThanMillis_isCut() {
        now = START.plusNanos(999_999);

        assertThat(append("m1", "1").serverTime()).isEqualTo(START);
    }

    private Receipt append(String clientMessageId, String text) {
        AppendOutcome outcome = await(clocked.append(
                TimelineAppend.of(TIMELINE, NewEntry.text("alice", clientMessageId, text)), TimelineProbe.soon()));
        return TimelineProbe.receipts(outcome).get(0);
    }
}
