package io.tideline.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Running counts and message ids: in receipts, entries and heads the same, over repeats too. */
interface CountingContract {
    TimelineProbe probe();

    @Test
    default void counted_ofPlainEntries_isTheirSeq() {
        TimelineId timeline = probe().filled(3);

        assertThat(probe().readAll(timeline)).extracting(Entry::counted).containsExactly(1L, 2L, 3L);
        assertThat(head(timeline).counted()).isEqualTo(3);
        assertThat(head(timeline).lastDiscounted()).isEqualTo(SequenceId.NONE);
    }

    @Test
    default void counted_silentEntriesAmongOthers_standsStillAtThem() {
        TimelineId timeline = probe().fresh();

        List<Receipt> receipts = probe().append(
                        timeline,
                        entry("a", Counting.SILENT, 0),
                        entry("b", Counting.COUNTED, 0),
                        entry("c", Counting.SILENT, 0),
                        entry("d", Counting.SENT, 0));
        List<Receipt> later = probe().append(timeline, entry("e", Counting.SILENT, 0));

        assertThat(receipts).extracting(Receipt::counted).containsExactly(0L, 1L, 1L, 2L);
        assertThat(later).extracting(Receipt::counted).containsExactly(2L);
        assertThat(probe().readAll(timeline)).extracting(Entry::counted).containsExactly(0L, 1L, 1L, 2L, 2L);
        assertThat(head(timeline).counted()).isEqualTo(2);
        assertThat(probe().describe(timeline).orElseThrow().head().counted()).isEqualTo(2);
    }

    @Test
    default void counted_ofRepeats_isThatOfTheFirstCommit() {
        TimelineId timeline = probe().fresh();
        probe().append(timeline, entry("a", Counting.COUNTED, 0), entry("b", Counting.SILENT, 0));

        List<Receipt> mixed = probe().append(
                        timeline,
                        entry("c", Counting.COUNTED, 0),
                        entry("b", Counting.COUNTED, 0),
                        entry("d", Counting.SILENT, 0),
                        entry("a", Counting.COUNTED, 0));

        assertThat(mixed).extracting(Receipt::repeated).containsExactly(false, true, false, true);
        assertThat(mixed).extracting(Receipt::counted).containsExactly(2L, 1L, 2L, 1L);
        assertThat(head(timeline).counted()).isEqualTo(2);
    }

    @Test
    default void messageId_ofRepeats_isThatOfTheFirstCommit() {
        TimelineId timeline = probe().fresh();
        List<Receipt> first =
                probe().append(timeline, entry("a", Counting.COUNTED, Long.MAX_VALUE), entry("b", Counting.COUNTED, 0));

        List<Receipt> again = probe().append(
                        timeline,
                        entry("a", Counting.COUNTED, 7),
                        entry("b", Counting.COUNTED, 8),
                        entry("c", Counting.COUNTED, 9));

        assertThat(first).extracting(Receipt::messageId).containsExactly(MessageId.of(Long.MAX_VALUE), MessageId.NONE);
        assertThat(again)
                .extracting(Receipt::messageId)
                .containsExactly(MessageId.of(Long.MAX_VALUE), MessageId.NONE, MessageId.of(9));
        assertThat(probe().readAll(timeline))
                .extracting(Entry::messageId)
                .containsExactly(MessageId.of(Long.MAX_VALUE), MessageId.NONE, MessageId.of(9));
    }

    @Test
    default void discounted_inTheHead_neverFalls() {
        TimelineId timeline = probe().filled(5);

        discount(timeline, "d1", 4);
        discount(timeline, "d2", 2);
        discount(timeline, "d3", 0);

        assertThat(head(timeline).lastDiscounted()).isEqualTo(SequenceId.of(4));
        assertThat(head(timeline).counted()).isEqualTo(5);
    }

    private void discount(TimelineId timeline, String id, long seq) {
        TimelineProbe.receipts(probe().tryAppend(new TimelineAppend(
                timeline, List.of(entry(id, Counting.SILENT, 0)), List.of(), List.of(), SequenceId.of(seq))));
    }

    private Head head(TimelineId timeline) {
        return probe().heads(timeline).get(timeline);
    }

    private static NewEntry entry(String id, Counting counting, long messageId) {
        return new NewEntry(
                new SenderId("alice"),
                new ClientMessageId(id),
                new MessageKind("text"),
                Payload.utf8(id),
                new MessageId(messageId),
                counting);
    }
}
