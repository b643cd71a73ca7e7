package io.tideline.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The same client message id again: a repeat when it says the same, a conflict when it does not. */
interface RepeatContract {
    TimelineProbe probe();

    @Test
    default void repeat_sameAppend_answersFirstReceipts() {
        TimelineId timeline = probe().fresh();
        NewEntry[] batch = TimelineProbe.entries("alice", "m", 1, 3);
        List<Receipt> first = probe().append(timeline, batch);
        probe().append(timeline, NewEntry.text("bob", "between", "between"));

        List<Receipt> again = probe().append(timeline, batch);

        assertThat(again).isEqualTo(first.stream().map(RepeatContract::repeated).toList());
        assertThat(probe().last(timeline)).isEqualTo(SequenceId.of(4));
    }

    @Test
    default void repeat_oneEntryOfAnEarlierBatch_answersItsSeq() {
        TimelineId timeline = probe().fresh();
        NewEntry[] batch = TimelineProbe.entries("alice", "m", 1, 3);
        List<Receipt> first = probe().append(timeline, batch);

        List<Receipt> again = probe().append(timeline, batch[1]);

        assertThat(again).containsExactly(repeated(first.get(1)));
        assertThat(probe().last(timeline)).isEqualTo(SequenceId.of(3));
    }

    @Test
    default void repeat_mixedWithNewEntries_writesOnlyTheNew() {
        TimelineId timeline = probe().fresh();
        NewEntry[] batch = TimelineProbe.entries("alice", "m", 1, 2);
        List<Receipt> first = probe().append(timeline, batch);

        List<Receipt> mixed = probe().append(
                        timeline,
                        NewEntry.text("alice", "n1", "new 1"),
                        batch[1],
                        NewEntry.text("alice", "n2", "new 2"),
                        batch[0]);

        assertThat(mixed).extracting(r -> r.seq().value()).containsExactly(3L, 2L, 4L, 1L);
        assertThat(mixed).extracting(Receipt::repeated).containsExactly(false, true, false, true);
        assertThat(mixed.get(1)).isEqualTo(repeated(first.get(1)));
        assertThat(probe().readAll(timeline))
                .extracting(e -> e.payload().toUtf8())
                .containsExactly("m-1", "m-2", "new 1", "new 2");
    }

    @Test
    default void repeat_manyTimes_keepsAnsweringTheFirst() {
        TimelineId timeline = probe().filled(5);

        for (int i = 0; i < 5; i++) {
            List<Receipt> again = probe().append(timeline, TimelineProbe.entries("alice", "m", 3, 1));
            assertThat(again).extracting(r -> r.seq().value()).containsExactly(3L);
        }

        assertThat(probe().last(timeline)).isEqualTo(SequenceId.of(5));
    }

    @Test
    default void repeat_otherSenderOrOtherTimeline_isNone() {
        TimelineId one = probe().fresh();
        TimelineId other = probe().fresh();
        probe().append(one, NewEntry.text("alice", "m1", "hello"));

        List<Receipt> bySender = probe().append(one, NewEntry.text("bob", "m1", "hello"));
        List<Receipt> inOther = probe().append(other, NewEntry.text("alice", "m1", "something else"));

        assertThat(bySender).extracting(r -> r.seq().value()).containsExactly(2L);
        assertThat(inOther).extracting(r -> r.seq().value()).containsExactly(1L);
        assertThat(bySender.get(0).repeated()).isFalse();
        assertThat(inOther.get(0).repeated()).isFalse();
    }

    @Test
    default void repeat_idsThatWouldMeetWhenGlued_areDistinct() {
        TimelineId timeline = probe().fresh();

        List<Receipt> receipts = probe().append(
                        timeline,
                        NewEntry.text("a", "bc", "1"),
                        NewEntry.text("ab", "c", "2"),
                        NewEntry.text("a/b", "c", "3"),
                        NewEntry.text("a", "b/c", "4"));

        assertThat(receipts).extracting(r -> r.seq().value()).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    default void conflict_otherContent_namesTheExistingSeq() {
        TimelineId timeline = probe().filled(3);

        AppendOutcome outcome = probe().tryAppend(timeline, NewEntry.text("alice", "m-2", "something else"));

        assertThat(outcome).isEqualTo(new AppendOutcome.Conflict(0, SequenceId.of(2)));
        assertThat(probe().last(timeline)).isEqualTo(SequenceId.of(3));
        assertThat(probe().readAll(timeline).get(1).payload().toUtf8()).isEqualTo("m-2");
    }

    @Test
    default void conflict_otherKind_isOneToo() {
        TimelineId timeline = probe().filled(1);
        NewEntry image = new NewEntry(
                new SenderId("alice"), new ClientMessageId("m-1"), new MessageKind("image"), Payload.utf8("m-1"));

        AppendOutcome outcome = probe().tryAppend(timeline, image);

        assertThat(outcome).isEqualTo(new AppendOutcome.Conflict(0, SequenceId.FIRST));
    }

    @Test
    default void conflict_amongGoodEntries_writesNone() {
        TimelineId timeline = probe().filled(3);

        AppendOutcome outcome = probe().tryAppend(
                        timeline,
                        NewEntry.text("alice", "n1", "new"),
                        NewEntry.text("alice", "m-1", "m-1"),
                        NewEntry.text("alice", "m-3", "something else"),
                        NewEntry.text("alice", "n2", "new"));

        assertThat(outcome).isEqualTo(new AppendOutcome.Conflict(2, SequenceId.of(3)));
        assertThat(probe().readAll(timeline)).hasSize(3);
        assertThat(probe().append(timeline, NewEntry.text("alice", "n1", "the id is still free"))
                        .get(0)
                        .seq())
                .isEqualTo(SequenceId.of(4));
    }

    @Test
    default void conflict_twice_namesTheFirst() {
        TimelineId timeline = probe().filled(3);

        AppendOutcome outcome = probe().tryAppend(
                        timeline,
                        NewEntry.text("alice", "n1", "new"),
                        NewEntry.text("alice", "m-3", "something else"),
                        NewEntry.text("alice", "m-1", "something else"));

        assertThat(outcome).isEqualTo(new AppendOutcome.Conflict(1, SequenceId.of(3)));
    }

    @Test
    default void repeat_whileTheFirstIsUnderWay_isWrittenOnce() {
        TimelineId timeline = probe().fresh();
        NewEntry entry = NewEntry.text("alice", "m1", "hello");
        List<CompletableFuture<AppendOutcome>> fired = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            fired.add(probe().fire(timeline, entry));
        }

        List<Receipt> receipts = fired.stream()
                .map(f -> TimelineProbe.receipts(TimelineProbe.await(f)).get(0))
                .toList();

        assertThat(receipts).extracting(Receipt::seq).containsOnly(SequenceId.FIRST);
        assertThat(receipts)
                .extracting(Receipt::serverTime)
                .containsOnly(receipts.get(0).serverTime());
        assertThat(receipts).filteredOn(r -> !r.repeated()).hasSize(1);
        assertThat(probe().last(timeline)).isEqualTo(SequenceId.FIRST);
    }

    @Test
    default void conflict_whileTheFirstIsUnderWay_spoilsNoNeighbour() {
        TimelineId timeline = probe().fresh();
        CompletableFuture<AppendOutcome> first = probe().fire(timeline, NewEntry.text("alice", "m1", "hello"));
        CompletableFuture<AppendOutcome> clash = probe().fire(timeline, NewEntry.text("alice", "m1", "other"));
        CompletableFuture<AppendOutcome> next = probe().fire(timeline, NewEntry.text("alice", "m2", "bye"));

        assertThat(TimelineProbe.receipts(TimelineProbe.await(first)).get(0).seq())
                .isEqualTo(SequenceId.FIRST);
        assertThat(TimelineProbe.await(clash)).isEqualTo(new AppendOutcome.Conflict(0, SequenceId.FIRST));
        assertThat(TimelineProbe.receipts(TimelineProbe.await(next)).get(0).seq())
                .isEqualTo(SequenceId.of(2));
    }

    @Test
    default void repeat_fromManyThreads_isWrittenOnce() {
        TimelineId timeline = probe().fresh();
        List<Receipt> receipts = Collections.synchronizedList(new ArrayList<>());

        TimelineProbe.inParallel(8, thread -> {
            for (int i = 1; i <= 10; i++) {
                receipts.addAll(probe().append(timeline, TimelineProbe.entries("alice", "m", i, 1)));
            }
        });

        assertThat(receipts).hasSize(80);
        assertThat(receipts).filteredOn(r -> !r.repeated()).hasSize(10);
        assertThat(probe().readAll(timeline))
                .extracting(e -> e.payload().toUtf8())
                .containsExactlyInAnyOrder("m-1", "m-2", "m-3", "m-4", "m-5", "m-6", "m-7", "m-8", "m-9", "m-10");
    }

    private static Receipt repeated(Receipt receipt) {
        return new Receipt(receipt.seq(), receipt.serverTime(), true, receipt.messageId(), receipt.counted());
    }
}
