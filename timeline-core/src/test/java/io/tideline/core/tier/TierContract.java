package io.tideline.core.tier;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.store.Direction;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What tables of tiers pass, together with the store that reads over them. One long-lived store may serve all tests: each has
 * timelines of its own.
 */
public interface TierContract {
    TimelineStore store();

    TableTier hot();

    WarmTier warm();

    WatermarkStore watermarks();

    /** Makes the tiers drop what they were let go of, of one timeline at least. */
    void compact(TimelineId timeline);

    @Test
    default void read_whileEntriesMoveExpireAndAreErased_isAsIfTheyLayStill() {
        Random random = new Random(42);
        TierOracle oracle = new TierOracle(this, conversation("moves"));
        for (int round = 0; round < 12; round++) {
            oracle.append(1 + random.nextInt(40));
            switch (random.nextInt(4)) {
                case 0 -> oracle.erase(random);
                case 1 -> oracle.expire(random.nextInt(5));
                default -> oracle.move(random.nextInt(60), random.nextBoolean());
            }
            if (round % 4 == 3) {
                compact(oracle.timeline());
            }
            for (int pageSize : new int[] {1 + random.nextInt(3), 7, 50}) {
                oracle.checkAll(Direction.FORWARD, pageSize);
                oracle.checkAll(Direction.BACKWARD, pageSize);
            }
        }
    }

    @Test
    default void read_acrossTheWatermark_inAllRanges() {
        TierOracle oracle = new TierOracle(this, conversation("ranges"));
        oracle.append(9);
        oracle.move(5, true);
        compact(oracle.timeline());
        for (int from = 1; from <= 9; from++) {
            for (int to = from; to <= 9; to++) {
                oracle.checkRange(from, to, Direction.FORWARD);
                oracle.checkRange(to, from, Direction.BACKWARD);
            }
        }
    }

    @Test
    default void copy_again_changesNothing() {
        TierOracle oracle = new TierOracle(this, conversation("copy"));
        oracle.append(30);
        EntryRange range = EntryRange.of(oracle.timeline(), 1, 20);

        RangeDigest copied = await(warm().copyFromHot(range, soon()));
        RangeDigest again = await(warm().copyFromHot(range, soon()));

        assertThat(copied.covers(range)).isTrue();
        assertThat(again).isEqualTo(copied);
        assertThat(await(hot().digest(range, soon()))).isEqualTo(copied);
        assertThat(await(warm().digest(range, soon()))).isEqualTo(copied);
        assertThat(await(warm().digest(EntryRange.of(oracle.timeline(), 21, 30), soon())))
                .isEqualTo(RangeDigest.EMPTY);
    }

    @Test
    default void digest_ofWhatDiffers_differs() {
        TierOracle oracle = new TierOracle(this, conversation("digest"));
        oracle.append(10);
        EntryRange all = EntryRange.of(oracle.timeline(), 1, 10);
        RangeDigest before = await(hot().digest(all, soon()));

        assertThat(await(hot().erase(oracle.timeline(), List.of(SequenceId.of(4)), soon())))
                .isEqualTo(1);
        assertThat(await(hot().erase(oracle.timeline(), List.of(SequenceId.of(4)), soon())))
                .isZero();

        RangeDigest after = await(hot().digest(all, soon()));
        assertThat(after.covers(all)).isTrue();
        assertThat(after.checksum()).isNotEqualTo(before.checksum());
    }

    @Test
    default void replace_onAnEarlierState_isRefused() {
        TimelineId timeline = conversation("replace");
        TierState first = await(watermarks().state(timeline, soon()));
        assertThat(first).isEqualTo(TierState.INITIAL);
        TierState next = first.moved(Watermarks.NONE.withWarmThrough(SequenceId.of(3)));

        assertThat(await(watermarks().replace(timeline, first, next, soon()))).isTrue();
        assertThat(await(watermarks().replace(timeline, first, next, soon()))).isFalse();
        assertThat(await(watermarks().state(timeline, soon()))).isEqualTo(next);
        assertThat(await(watermarks().replace(timeline, next, next.moved(next.watermarks()), soon())))
                .isTrue();
        assertThat(await(watermarks().replace(timeline, next, next.moved(Watermarks.NONE), soon())))
                .isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> watermarks().replace(timeline, next, next, soon()));
    }

    @Test
    default void replace_whatExpiredAndItsCount_isWhatTheHeadSays() {
        TierOracle oracle = new TierOracle(this, conversation("counted"));
        oracle.append(7);
        Watermarks known = Watermarks.NONE
                .withWarmThrough(SequenceId.of(6))
                .withColdThrough(SequenceId.of(5))
                .withExpiredThrough(SequenceId.of(4), 3);
        Watermarks unknown = new Watermarks(SequenceId.of(4), SequenceId.of(5), SequenceId.of(6));

        for (Watermarks marks : List.of(known, unknown)) {
            TierState state = await(watermarks().state(oracle.timeline(), soon()));
            await(watermarks().replace(oracle.timeline(), state, state.moved(marks), soon()));

            assertThat(await(watermarks().state(oracle.timeline(), soon()))).isEqualTo(state.moved(marks));
            assertThat(await(store().heads(List.of(HeadQuery.of(oracle.timeline())), soon()))
                            .get(oracle.timeline())
                            .watermarks())
                    .isEqualTo(marks);
        }
    }

    @Test
    default void read_whatHasExpired_saysWhatItCounted() {
        TierOracle oracle = new TierOracle(this, conversation("expired"));
        oracle.append(9);
        oracle.move(3, true);
        oracle.expire(5);
        for (int from = 1; from <= 9; from++) {
            for (int to = from; to <= 9; to++) {
                oracle.checkRange(from, to, Direction.FORWARD);
                oracle.checkRange(to, from, Direction.BACKWARD);
            }
        }
    }

    @Test
    default void release_lowerThanBefore_bringsNothingBackAndHarmsNothing() {
        TierOracle oracle = new TierOracle(this, conversation("release"));
        oracle.append(20);
        oracle.move(10, true);
        await(hot().release(oracle.timeline(), SequenceId.of(3), soon()));
        compact(oracle.timeline());

        assertThat(await(hot().digest(EntryRange.of(oracle.timeline(), 1, 10), soon()))
                        .count())
                .isZero();
        oracle.checkAll(Direction.FORWARD, 7);
    }

    @Test
    default void reopen_restoredEntries_areKeptByCompactionsAndReleasedAgain() {
        TierOracle oracle = new TierOracle(this, conversation("reopen"));
        oracle.append(8);
        oracle.move(8, true);
        EntryRange all = EntryRange.of(oracle.timeline(), 1, 8);
        RangeSlice kept = await(warm().read(all, Direction.FORWARD, Integer.MAX_VALUE, soon()));
        await(warm().release(oracle.timeline(), SequenceId.of(8), soon()));
        compact(oracle.timeline());

        await(warm().reopen(oracle.timeline(), SequenceId.of(3), soon()));
        await(warm().restore(oracle.timeline(), kept.entries().subList(3, 8), List.of(), soon()));
        compact(oracle.timeline());

        assertThat(await(warm().read(all, Direction.FORWARD, Integer.MAX_VALUE, soon()))
                        .entries())
                .isEqualTo(kept.entries().subList(3, 8));
        await(warm().release(oracle.timeline(), SequenceId.of(8), soon()));
        compact(oracle.timeline());
        assertThat(await(warm().digest(all, soon())).count()).isZero();
    }

    @Test
    default void restore_bringsEntriesAndMarkersBack() {
        TierOracle oracle = new TierOracle(this, conversation("restore"));
        oracle.append(6);
        oracle.move(6, true);
        RangeSlice kept = await(
                warm().read(EntryRange.of(oracle.timeline(), 1, 6), Direction.FORWARD, Integer.MAX_VALUE, soon()));
        await(warm().release(oracle.timeline(), SequenceId.of(6), soon()));
        compact(oracle.timeline());
        TimelineId other = conversation("restored");

        List<Entry> entries = kept.entries().subList(0, 5);
        Entry sixth = kept.entries().get(5);
        Gap gap = Gap.erased(sixth.seq(), sixth.counted());
        await(warm().restore(
                        other,
                        entries,
                        List.of(new ErasedEntry(sixth.seq(), sixth.serverTime(), sixth.counted())),
                        soon()));

        RangeSlice back = await(warm().read(EntryRange.of(other, 1, 6), Direction.FORWARD, Integer.MAX_VALUE, soon()));
        assertThat(back.entries()).isEqualTo(entries);
        assertThat(back.gaps()).containsExactly(gap);
        // As erasing would have left it: the digest is of what is stored, not of what is read.
        EntryRange all = EntryRange.of(other, 1, 6);
        RangeDigest restored = await(warm().digest(all, soon()));
        await(warm().restore(other, kept.entries(), List.of(), soon()));
        await(warm().erase(other, List.of(SequenceId.of(6)), soon()));
        assertThat(await(warm().digest(all, soon()))).isEqualTo(restored);
    }

    static TimelineId conversation(String what) {
        return TimelineId.conversation("tiers", what + "-" + UUID.randomUUID());
    }

    /** What a timeline must look like, whatever was done to it. */
    final class TierOracle {
        private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

        private final TierContract tiers;
        private final TimelineId timeline;
        private final TreeMap<Long, String> texts = new TreeMap<>();
        private final TreeMap<Long, Long> counted = new TreeMap<>(Map.of(0L, 0L));
        private final List<Long> erased = new ArrayList<>();
        private long last;
        private long expired;

        TierOracle(TierContract tiers, TimelineId timeline) {
            this.tiers = tiers;
            this.timeline = timeline;
        }

        TimelineId timeline() {
            return timeline;
        }

        /** Every third one is a notice. */
        void append(int count) {
            List<NewEntry> entries = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                last++;
                String text = "text " + last;
                texts.put(last, text);
                // What was said just now is not looked at for whether it has expired.
                Counting counting = last % 3 == 0 ? Counting.SILENT : Counting.COUNTED;
                counted.put(last, counted.get(last - 1) + (counting.counts() ? 1 : 0));
                entries.add(entry(text, counting).withOriginalTime(LONG_AGO.plusSeconds(last)));
            }
            await(tiers.store().append(new TimelineAppend(timeline, entries), soon()));
        }

        private NewEntry entry(String text, Counting counting) {
            return new NewEntry(
                    new SenderId("ann"),
                    new ClientMessageId("m" + last),
                    new MessageKind("text"),
                    Payload.utf8(text),
                    MessageId.NONE,
                    counting);
        }

        /** By the protocol of whoever moves entries. */
        void move(int count, boolean release) {
            TierState state = await(tiers.watermarks().state(timeline, soon()));
            long from = state.watermarks().hotReleased().value() + 1;
            long to = Math.min(last, from + count - 1);
            if (to < from) {
                return;
            }
            EntryRange range = EntryRange.of(timeline, from, to);
            RangeDigest copied = await(tiers.warm().copyFromHot(range, soon()));
            assertThat(await(tiers.warm().digest(range, soon()))).isEqualTo(copied);
            assertThat(copied.covers(range)).isTrue();
            Watermarks moved = state.watermarks().withWarmThrough(SequenceId.of(to));
            assertThat(await(tiers.watermarks().replace(timeline, state, state.moved(moved), soon())))
                    .isTrue();
            if (release) {
                await(tiers.hot().release(timeline, moved.hotReleased(), soon()));
            }
        }

        void expire(int count) {
            TierState state = await(tiers.watermarks().state(timeline, soon()));
            expired = Math.min(last, expired + count);
            Watermarks marks = state.watermarks().withExpiredThrough(SequenceId.of(expired), counted.get(expired));
            assertThat(await(tiers.watermarks().replace(timeline, state, state.moved(marks), soon())))
                    .isTrue();
            await(tiers.hot().release(timeline, marks.hotReleased(), soon()));
            await(tiers.warm().release(timeline, marks.warmReleased(), soon()));
        }

        void erase(Random random) {
            if (expired == last) {
                return;
            }
            long seq = expired + 1 + random.nextLong(last - expired);
            List<SequenceId> seqs = List.of(SequenceId.of(seq));
            int done = await(tiers.hot().erase(timeline, seqs, soon()))
                    + await(tiers.warm().erase(timeline, seqs, soon()));
            assertThat(done > 0).isEqualTo(!erased.contains(seq));
            erased.add(seq);
        }

        void checkAll(Direction direction, int pageSize) {
            boolean forward = direction == Direction.FORWARD;
            long expected = forward ? 1 : last;
            SequenceId from = SequenceId.of(forward ? 1 : 0);
            while (true) {
                TimelinePage page = page(from, SequenceId.NONE, direction, pageSize);
                expected = checkPage(page, expected, forward);
                if (page.stop() != StopReason.PAGE_FULL) {
                    assertThat(page.stop()).isEqualTo(forward ? StopReason.HEAD : StopReason.START);
                    break;
                }
                from = page.next();
            }
            assertThat(expected).isEqualTo(forward ? last + 1 : 0);
        }

        void checkRange(long from, long to, Direction direction) {
            TimelinePage page = page(SequenceId.of(from), SequenceId.of(to), direction, 50);
            boolean forward = direction == Direction.FORWARD;
            assertThat(checkPage(page, from, forward)).isEqualTo(forward ? to + 1 : to - 1);
            assertThat(page.stop()).isEqualTo(!forward && to == 1 ? StopReason.START : StopReason.RANGE_END);
        }

        private TimelinePage page(SequenceId from, SequenceId to, Direction direction, int size) {
            ReadQuery query =
                    new ReadQuery(timeline, from, to, direction, size, ReadQuery.DEFAULT_MAX_BYTES, SequenceId.NONE);
            return await(tiers.store().read(query, soon()));
        }

        /** Of what has expired only the last one's count is known. */
        private long countedBy(Gap gap) {
            boolean known = gap.type() == Gap.Type.ERASED || gap.to().value() == expired;
            return known ? counted.get(gap.to().value()) : Gap.UNKNOWN;
        }

        private long checkPage(TimelinePage page, long first, boolean forward) {
            long seq = first;
            int step = forward ? 1 : -1;
            List<Entry> entries = new ArrayList<>(page.entries());
            List<Gap> gaps = new ArrayList<>(page.gaps());
            while (!entries.isEmpty() || !gaps.isEmpty()) {
                if (!entries.isEmpty() && entries.get(0).seq().value() == seq) {
                    Entry entry = entries.remove(0);
                    assertThat(new String(entry.payload().toByteArray(), java.nio.charset.StandardCharsets.UTF_8))
                            .isEqualTo(texts.get(seq));
                    assertThat(entry.counted()).isEqualTo(counted.get(seq));
                    assertThat(erased).doesNotContain(seq);
                    assertThat(seq).as("not expired").isGreaterThan(expired);
                    seq += step;
                } else {
                    assertThat(gaps).as("at seq " + seq).isNotEmpty();
                    Gap gap = gaps.remove(0);
                    assertThat((forward ? gap.from() : gap.to()).value()).isEqualTo(seq);
                    for (long at = gap.from().value(); at <= gap.to().value(); at++) {
                        assertThat(gap.type() == Gap.Type.EXPIRED ? at <= expired : erased.contains(at))
                                .isTrue();
                    }
                    assertThat(gap.counted()).as("counted by " + gap).isEqualTo(countedBy(gap));
                    seq = (forward ? gap.to() : gap.from()).value() + step;
                }
            }
            assertThat(page.next()).isEqualTo(SequenceId.of(Math.max(0, seq)));
            assertThat(page.last().value()).isBetween(forward ? seq - 1 : last, last);
            return seq;
        }
    }
}
