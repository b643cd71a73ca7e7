package io.tideline.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.error.DeadlinePassedException;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Appends by one caller: seqs, receipts, and that what comes out is what went in. */
interface AppendContract {
    TimelineProbe probe();

    @Test
    default void append_toNewTimeline_startsAtOne() {
        List<Receipt> receipts = probe().append(probe().fresh(), NewEntry.text("alice", "m1", "hello"));

        assertThat(receipts).hasSize(1);
        assertThat(receipts.get(0).seq()).isEqualTo(SequenceId.FIRST);
        assertThat(receipts.get(0).repeated()).isFalse();
    }

    @Test
    default void append_oneByOne_isContiguous() {
        TimelineId timeline = probe().fresh();

        List<SequenceId> seqs = IntStream.rangeClosed(1, 12)
                .mapToObj(i -> probe().append(timeline, NewEntry.text("alice", "m" + i, "text " + i))
                        .get(0)
                        .seq())
                .toList();

        assertThat(seqs).extracting(SequenceId::value).containsExactlyElementsOf(oneTo(12));
        assertThat(probe().last(timeline)).isEqualTo(SequenceId.of(12));
    }

    @Test
    default void append_batch_keepsItsOrder() {
        TimelineId timeline = probe().filled(2);

        List<Receipt> receipts = probe().append(timeline, TimelineProbe.entries("bob", "b", 1, 5));

        assertThat(receipts).extracting(r -> r.seq().value()).containsExactly(3L, 4L, 5L, 6L, 7L);
        assertThat(probe().readAll(timeline))
                .extracting(e -> e.payload().toUtf8())
                .containsExactly("m-1", "m-2", "b-1", "b-2", "b-3", "b-4", "b-5");
    }

    @Test
    default void append_mostEntriesAtOnce_areOneStep() {
        TimelineId timeline = probe().fresh();

        List<Receipt> receipts =
                probe().append(timeline, TimelineProbe.entries("alice", "m", 1, TimelineAppend.MAX_ENTRIES));

        assertThat(receipts)
                .extracting(r -> r.seq().value())
                .containsExactlyElementsOf(oneTo(TimelineAppend.MAX_ENTRIES));
        assertThat(probe().readAll(timeline))
                .extracting(e -> e.clientMessageId().value())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, TimelineAppend.MAX_ENTRIES)
                        .mapToObj(i -> "m-" + i)
                        .toList());
    }

    @Test
    default void append_receipts_tellSeqAndTimeOfTheEntries() {
        TimelineId timeline = probe().fresh();

        List<Receipt> receipts = probe().append(timeline, TimelineProbe.entries("alice", "m", 1, 3));

        List<Entry> entries = probe().readAll(timeline);
        assertThat(receipts)
                .extracting(Receipt::seq)
                .isEqualTo(entries.stream().map(Entry::seq).toList());
        assertThat(receipts)
                .extracting(Receipt::serverTime)
                .isEqualTo(entries.stream().map(Entry::serverTime).toList());
        assertThat(receipts).noneMatch(Receipt::repeated);
    }

    @Test
    default void append_entryTimes_areMillisecondsThatNeverGoBack() {
        TimelineId timeline = probe().fresh();
        for (int i = 0; i < 20; i++) {
            probe().append(timeline, TimelineProbe.entries("alice", "m", 3 * i, 3));
        }

        List<Entry> entries = probe().readAll(timeline);

        assertThat(entries).extracting(Entry::serverTime).isSorted();
        assertThat(entries)
                .extracting(Entry::serverTime)
                .allMatch(time -> time.equals(time.truncatedTo(ChronoUnit.MILLIS)));
    }

    @Test
    default void append_allFields_roundTrip() {
        TimelineId timeline = probe().fresh();
        NewEntry entry = new NewEntry(
                new SenderId("\u4e2d".repeat(42)),
                new ClientMessageId("\ud83d\ude00".repeat(16)),
                new MessageKind("custom.order/\u00ff"),
                Payload.utf8("text"));

        Receipt receipt = probe().append(timeline, entry).get(0);

        assertThat(probe().readAll(timeline)).containsExactly(receipt.committed(entry));
    }

    @Test
    default void append_emptyKindAndPayload_roundTrip() {
        TimelineId timeline = probe().fresh();

        probe().append(timeline, withPayload("m1", Payload.EMPTY));

        Entry entry = probe().readAll(timeline).get(0);
        assertThat(entry.kind()).isEqualTo(new MessageKind(""));
        assertThat(entry.payload()).isEqualTo(Payload.EMPTY);
    }

    @Test
    default void append_largestBatch_roundTripsByteByByte() {
        TimelineId timeline = probe().fresh();
        Random random = new Random(7);
        NewEntry[] batch = IntStream.range(0, TimelineAppend.MAX_PAYLOAD_BYTES / Payload.MAX_BYTES)
                .mapToObj(i -> {
                    byte[] bytes = new byte[Payload.MAX_BYTES];
                    random.nextBytes(bytes);
                    return withPayload("m" + i, Payload.takeOver(bytes));
                })
                .toArray(NewEntry[]::new);

        probe().append(timeline, batch);

        List<Entry> entries = probe().readAll(timeline);
        assertThat(entries).hasSize(batch.length);
        for (int i = 0; i < batch.length; i++) {
            assertThat(entries.get(i).payload().equals(batch[i].payload()))
                    .as("payload %s", i)
                    .isTrue();
        }
    }

    @Test
    default void append_deadlinePassed_failsAndWritesNothing() {
        TimelineId timeline = probe().fresh();

        Throwable failure = TimelineProbe.awaitFailure(probe().store()
                .append(
                        TimelineAppend.of(timeline, NewEntry.text("alice", "m1", "late")),
                        Deadline.after(Duration.ZERO)));

        assertThat(failure).isInstanceOf(DeadlinePassedException.class);
        assertThat(probe().heads(timeline)).isEmpty();
        assertThat(probe().describe(timeline)).isEmpty();
        assertThat(probe().append(timeline, NewEntry.text("alice", "m2", "in time"))
                        .get(0)
                        .seq())
                .isEqualTo(SequenceId.FIRST);
    }

    private static NewEntry withPayload(String clientMessageId, Payload payload) {
        return new NewEntry(new SenderId("alice"), new ClientMessageId(clientMessageId), new MessageKind(""), payload);
    }

    private static List<Long> oneTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
