package io.tideline.hbase.sequencer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hadoop.hbase.RegionTooBusyException;
import org.apache.hadoop.hbase.regionserver.Region;
import org.apache.hadoop.hbase.util.EnvironmentEdgeManager;
import org.jspecify.annotations.Nullable;

/**
 * Gives out the seqs of all timelines of one opened region.
 *
 * <p>Batches that arrive together leave together (flat combining; Hendler, Incze, Shavit, Tzafrir, SPAA 2010): every
 * handler puts its batch into the queue; whoever gets the drain lock takes all that waits, writes it by one mutation, and
 * tells the others. So the price of a WAL sync is shared by whatever arrived during the sync before it.
 *
 * <ul>
 *   <li>States of a batch: queued, taken (by the holder of the lock), done. Only a queued one may be withdrawn.
 *   <li>The drain lock guards the region's memory. It is held over the mutation: that is what makes an entry visible only
 *       after all smaller ones, and a guard see all that was written before.
 *   <li>No lost wake-up: a handler queues first and tries the lock afterwards; the holder unlocks first and looks at the
 *       queue afterwards. One of the two sees the other.
 *   <li>Bounded by the handlers: each waits for its own batch.
 * </ul>
 *
 * <p>No second instance ever serves the same region: HBase closes a region, and lets running operations end, before it is
 * opened again.
 */
final class RegionSequencer {
    /** A drain ends here; what is left goes into the next one. Keeps a WAL edit in the low megabytes. */
    private static final int MAX_DRAIN_WRITES = 20_000;

    private static final int MAX_DRAIN_BYTES = 4 * 1024 * 1024;

    /** How long a batch may wait in the queue; HBase's row locks wait as long (hbase.rowlock.wait.duration). */
    private static final long MAX_QUEUED_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Region region;
    private final RegionMemory memory;
    private final SequencerMetrics metrics;
    private final ReentrantLock drainLock = new ReentrantLock();
    private final ConcurrentLinkedQueue<PendingBatch> queue = new ConcurrentLinkedQueue<>();

    RegionSequencer(Region region, RegionMemory memory, SequencerMetrics metrics) {
        this.region = region;
        this.memory = memory;
        this.metrics = metrics;
    }

    /**
     * Carries a batch out, together with whatever else waits. Blocks the calling handler, as every write does.
     *
     * @throws IOException nothing of the batch is known to be written: to be repeated with the same ids
     */
    List<BatchAnswer.ItemAnswer> append(AppendBatch batch) throws IOException {
        PendingBatch mine = new PendingBatch(batch);
        queue.add(mine);
        boolean interrupted = false;
        while (!mine.isDone()) {
            if (drainLock.tryLock()) {
                try {
                    drainUntilDone(mine);
                } finally {
                    drainLock.unlock();
                    wakeNext();
                }
            } else {
                LockSupport.parkNanos(this, MAX_QUEUED_NANOS);
                interrupted |= Thread.interrupted();
                withdrawWhenLate(mine);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return mine.outcome();
    }

    private void withdrawWhenLate(PendingBatch mine) throws RegionTooBusyException {
        if (!mine.isDone() && mine.waitedNanos() > MAX_QUEUED_NANOS && queue.remove(mine)) {
            wakeNext();
            throw new RegionTooBusyException("appends wait for more than "
                    + TimeUnit.NANOSECONDS.toSeconds(MAX_QUEUED_NANOS) + " s in region "
                    + region.getRegionInfo().getEncodedName());
        }
    }

    private void wakeNext() {
        @Nullable PendingBatch next = queue.peek();
        if (next != null) {
            next.wake();
        }
    }

    private void drainUntilDone(PendingBatch mine) {
        while (!mine.isDone()) {
            List<PendingBatch> taken = take();
            try {
                drain(taken);
            } catch (IOException e) {
                taken.forEach(pending -> pending.fail(e));
            } catch (RuntimeException | Error e) {
                // Whatever it is, the others must not wait for ever; the observer makes an IOException of it.
                taken.forEach(pending -> pending.fail(new IOException("sequencer failed", e)));
            }
        }
    }

    private List<PendingBatch> take() {
        List<PendingBatch> taken = new ArrayList<>();
        int writes = 0;
        int bytes = 0;
        @Nullable PendingBatch next = queue.poll();
        while (next != null) {
            taken.add(next);
            writes += next.batch().writes();
            bytes += next.batch().bytes();
            @Nullable PendingBatch following = queue.peek();
            if (following == null
                    || writes + following.batch().writes() > MAX_DRAIN_WRITES
                    || bytes + following.batch().bytes() > MAX_DRAIN_BYTES) {
                break;
            }
            // Not necessarily the one just seen, when that one was withdrawn in between; the bound is no exact one.
            next = queue.poll();
        }
        return taken;
    }

    private void drain(List<PendingBatch> taken) throws IOException {
        Drain drain = new Drain(region, memory, metrics, EnvironmentEdgeManager.currentTime());
        List<List<BatchAnswer.ItemAnswer>> answers = new ArrayList<>(taken.size());
        for (PendingBatch pending : taken) {
            metrics.waited(pending.waitedNanos());
            answers.add(drain.prepare(pending.batch()));
        }
        drain.commit();
        metrics.drained(taken.size(), drain.entries());
        for (int i = 0; i < taken.size(); i++) {
            taken.get(i).complete(answers.get(i));
        }
    }

    /** Where the timelines of the region have come since a question. Waits for no append. */
    FeedAnswer changes(FeedQuestion question) {
        return memory.changes().answer(question);
    }
}
