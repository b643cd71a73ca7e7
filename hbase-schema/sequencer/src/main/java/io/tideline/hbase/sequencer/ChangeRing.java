package io.tideline.hbase.sequencer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The last moves of the timelines of one opened region, for those who ask ({@link FeedQuestion}). What was acknowledged
 * before a question is in its answer, or the answer is a reset.
 *
 * <p>Nothing of it is stored: an epoch is one opening of the region, or what follows a write of unknown outcome. Index
 * {@code i} lies at {@code i} modulo the capacity; {@code next} is the index of the next move. The lock guards all
 * fields; it is held for copying alone.
 */
final class ChangeRing {
    private final ReentrantLock lock = new ReentrantLock();
    private final FeedAnswer.TimelineChange[] changes;
    private final LongSupplier epochs;
    private long epoch;
    private long next;

    /**
     * An empty one.
     *
     * @param capacity how many moves are remembered, a power of two
     * @param epochs random numbers
     */
    ChangeRing(int capacity, LongSupplier epochs) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: a power of two)");
        }
        this.changes = new FeedAnswer.TimelineChange[capacity];
        this.epochs = epochs;
        this.epoch = nextEpoch();
    }

    private long nextEpoch() {
        long random = epochs.getAsLong();
        return random == FeedQuestion.NO_EPOCH ? 1 : random;
    }

    void add(Collection<FeedAnswer.TimelineChange> moves) {
        lock.lock();
        try {
            for (FeedAnswer.TimelineChange move : moves) {
                changes[(int) (next & (changes.length - 1))] = move;
                next++;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nobody knows what has moved: all who ask are told so. */
    void reset() {
        lock.lock();
        try {
            epoch = nextEpoch();
        } finally {
            lock.unlock();
        }
    }

    FeedAnswer answer(FeedQuestion question) {
        lock.lock();
        try {
            long from = question.from();
            if (question.epoch() != epoch || from > next || from < next - changes.length || from < 0) {
                return new FeedAnswer(epoch, next, true, false, List.of());
            }
            long to = Math.min(next, from + FeedAnswer.MAX_CHANGES);
            List<FeedAnswer.TimelineChange> told = new ArrayList<>((int) (to - from));
            for (long i = from; i < to; i++) {
                told.add(changes[(int) (i & (changes.length - 1))]);
            }
            return new FeedAnswer(epoch, to, false, to < next, told);
        } finally {
            lock.unlock();
        }
    }
}
