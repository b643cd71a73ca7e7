package io.tideline.sync.watch;

import io.tideline.core.error.TidelineException;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/**
 * Writes down what it hears, in short: {@code 1..3} for entries, {@code gap 1..3}, {@code caught up 3}. Its fields are
 * plain on purpose: the hub promises that its calls follow each other.
 */
final class RecordingListener implements WatchListener {
    final List<String> events = new ArrayList<>();
    final List<String> faults = new ArrayList<>();
    final CompletableFuture<TidelineException> error = new CompletableFuture<>();
    volatile boolean ready = true;
    /** Called with each last seq, after it was written down. */
    LongConsumer afterDelivery = seq -> {};

    private final AtomicBoolean inCall = new AtomicBoolean();
    private long last = -1;

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void onEntries(List<Entry> entries) {
        enter(true);
        for (Entry entry : entries) {
            follow(entry.seq().value(), entry.seq().value());
        }
        events.add(entries.get(0).seq() + ".." + entries.get(entries.size() - 1).seq());
        afterDelivery.accept(last);
        inCall.set(false);
    }

    @Override
    public void onGap(Gap gap) {
        enter(true);
        follow(gap.from().value(), gap.to().value());
        events.add("gap " + gap.from() + ".." + gap.to());
        inCall.set(false);
    }

    @Override
    public void onCaughtUp(SequenceId seq) {
        enter(true);
        events.add("caught up " + seq);
        inCall.set(false);
    }

    @Override
    public void onError(TidelineException failure) {
        enter(false);
        events.add("error " + failure.reason());
        error.complete(failure);
        inCall.set(false);
    }

    @Override
    public void onBeyondHead(SequenceId seq) {
        enter(false);
        events.add("beyond head " + seq);
        inCall.set(false);
    }

    /** The last seq delivered; -1 when none. */
    long last() {
        return last;
    }

    private void follow(long from, long to) {
        if (last >= 0 && from != last + 1) {
            faults.add(from + " after " + last);
        }
        last = to;
    }

    private void enter(boolean needsReady) {
        if (!inCall.compareAndSet(false, true)) {
            faults.add("overlapping calls");
        }
        if (needsReady && !ready) {
            faults.add("called while not ready");
        }
        if (error.isDone()) {
            faults.add("called after the end");
        }
    }
}
