package io.tideline.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeDigest;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.tier.TableTier;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class HotBytesTest {
    private static final TimelineId ROOM = TimelineId.conversation("chat", "room");
    private static final Deadline DEADLINE = Deadline.after(Duration.ofMinutes(5));

    /** A tier that says how large entries are, and keeps what it was asked for. */
    private static final class Sized implements TableTier {
        private final LongUnaryOperator bytes;
        final List<EntryRange> asked = new ArrayList<>();

        Sized(LongUnaryOperator bytes) {
            this.bytes = bytes;
        }

        long measured() {
            return asked.stream().mapToLong(EntryRange::length).sum();
        }

        @Override
        public CompletableFuture<RangeDigest> digest(EntryRange range, Deadline deadline) {
            asked.add(range);
            long sum = LongStream.rangeClosed(
                            range.first().value(), range.last().value())
                    .map(bytes)
                    .sum();
            return CompletableFuture.completedFuture(
                    new RangeDigest(range.length(), range.first(), range.last(), 0, sum));
        }

        @Override
        public CompletableFuture<Void> release(TimelineId timeline, SequenceId through, Deadline deadline) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Integer> erase(TimelineId timeline, List<SequenceId> seqs, Deadline deadline) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<RangeSlice> read(
                EntryRange range, Direction direction, int maxBytes, Deadline deadline) {
            throw new UnsupportedOperationException();
        }
    }

    private static long beyond(HotBytes bytes, long first, long last, long limit) {
        return bytes.beyond(EntryRange.of(ROOM, first, last), limit, DEADLINE).join();
    }

    @Test
    void beyond_fewEntries_areAllMeasured() {
        Sized tier = new Sized(seq -> seq == 7 ? 1_100 : 100);
        HotBytes bytes = new HotBytes(tier);

        assertThat(beyond(bytes, 1, 10, 2_000)).isZero();
        assertThat(beyond(new HotBytes(tier), 1, 10, 1_999)).isEqualTo(1);
        assertThat(tier.asked).containsOnly(EntryRange.of(ROOM, 1, 10));
    }

    @Test
    void beyond_millions_costsASampleAndMeetsLongStretches() {
        Sized even = new Sized(seq -> 100);
        assertThat(beyond(new HotBytes(even), 1, 10_000_000, 50_000)).isEqualTo(10_000_000 - 500);
        assertThat(even.measured()).isEqualTo(HotBytes.SAMPLE);
        assertThat(even.asked.get(0).first()).isEqualTo(SequenceId.FIRST);
        assertThat(even.asked.get(7).last()).isEqualTo(SequenceId.of(10_000_000));

        for (long start = 1; start < 850_000; start += 10_000) {
            long from = start;
            Sized bump = new Sized(seq -> from <= seq && seq < from + 150_000 ? 100_000 : 100);
            assertThat(beyond(new HotBytes(bump), 1, 1_000_000, 200_000_000))
                    .as("large ones from " + from)
                    .isPositive();
        }
    }

    @Test
    void beyond_whatFitted_isMeasuredAgainWhenItHasGrown() {
        Sized tier = new Sized(seq -> 100);
        HotBytes bytes = new HotBytes(tier);

        assertThat(beyond(bytes, 1, 5_000, 500_000)).isZero();
        int looks = tier.asked.size();
        assertThat(beyond(bytes, 1, 5_000, 500_000)).isZero();
        assertThat(tier.asked).hasSize(looks);
        assertThat(beyond(bytes, 1, 5_001, 500_000)).isEqualTo(1);
        assertThat(tier.asked).hasSize(2 * looks);
        assertThat(beyond(bytes, 1, 5_001, 500_000))
                .as("what does not fit is not remembered")
                .isEqualTo(1);
    }
}
