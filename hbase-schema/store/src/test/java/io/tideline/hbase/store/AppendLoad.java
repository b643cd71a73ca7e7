package io.tideline.hbase.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.check.ContiguityCheck;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writers and a reader that go on while regions split, merge, move or lose their server, and a look afterwards: nothing
 * lost, doubled or out of order, no error, never a hole in what a reader sees.
 */
public final class AppendLoad implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private record Acknowledged(TimelineId timeline, String clientMessageId) {}

    private final TimelineStore store;
    private final List<TimelineId> timelines = new ArrayList<>();
    private final Map<Acknowledged, SequenceId> acknowledged = new ConcurrentHashMap<>();
    private final AtomicLong acknowledgements = new AtomicLong();
    private final List<Future<?>> running = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean stopping;

    public AppendLoad(TimelineStore store, int timelineCount, int writers) {
        this.store = store;
        String run = UUID.randomUUID().toString();
        for (int i = 0; i < timelineCount; i++) {
            timelines.add(TimelineId.conversation("load", run + "/" + i));
        }
        for (int i = 0; i < writers; i++) {
            String sender = "writer-" + i;
            int first = i;
            running.add(threads.submit(() -> write(sender, first)));
        }
        running.add(threads.submit(this::readOnAndOn));
    }

    public TimelineId timeline(int index) {
        return timelines.get(index);
    }

    /** Returns once {@code count} more appends have been acknowledged: the load is alive. */
    public void awaitProgress(int count) throws Exception {
        long goal = acknowledgements.get() + count;
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        synchronized (acknowledgements) {
            while (acknowledgements.get() < goal) {
                for (Future<?> writer : running) {
                    if (writer.isDone()) {
                        writer.get();
                    }
                }
                assertThat(System.nanoTime()).as("no progress under load").isLessThan(giveUp);
                acknowledgements.wait(100);
            }
        }
    }

    private @Nullable Void write(String sender, int first) throws Exception {
        for (int n = 0; !stopping; n++) {
            TimelineId timeline = timelines.get((first + n) % timelines.size());
            String id = sender + "-" + n;
            AppendOutcome outcome = store.append(
                            TimelineAppend.of(timeline, NewEntry.text(sender, id, "message " + id)),
                            Deadline.after(PATIENCE))
                    .get(PATIENCE.toSeconds() + 10, TimeUnit.SECONDS);
            SequenceId seq =
                    ((AppendOutcome.Appended) outcome).receipts().get(0).seq();
            acknowledged.put(new Acknowledged(timeline, id), seq);
            acknowledgements.incrementAndGet();
            synchronized (acknowledgements) {
                acknowledgements.notifyAll();
            }
        }
        return null;
    }

    /** Follows one timeline: every page must go on exactly where the one before ended. */
    private @Nullable Void readOnAndOn() throws Exception {
        SequenceId next = SequenceId.FIRST;
        while (!stopping) {
            TimelinePage page = read(timelines.get(0), next);
            for (Entry entry : page.entries()) {
                assertThat(entry.seq()).isEqualTo(next);
                next = next.next();
            }
        }
        return null;
    }

    private TimelinePage read(TimelineId timeline, SequenceId from) throws Exception {
        return store.read(ReadQuery.forward(timeline, from.value(), 500), Deadline.after(PATIENCE))
                .get(PATIENCE.toSeconds() + 10, TimeUnit.SECONDS);
    }

    /** Stops the writers and checks everything; returns how many appends there were. */
    public long stopAndVerify() throws Exception {
        stopping = true;
        for (Future<?> writer : running) {
            writer.get(PATIENCE.toSeconds() + 20, TimeUnit.SECONDS);
        }
        long stored = 0;
        for (TimelineId timeline : timelines) {
            stored += verify(timeline);
        }
        assertThat(stored).isEqualTo(acknowledgements.get());
        return stored;
    }

    private long verify(TimelineId timeline) throws Exception {
        ContiguityCheck check = new ContiguityCheck(1_000_000);
        SequenceId next = SequenceId.FIRST;
        TimelinePage page;
        long entries = 0;
        do {
            page = read(timeline, next);
            check.add(page);
            for (Entry entry : page.entries()) {
                entries++;
                assertThat(acknowledged.get(new Acknowledged(
                                timeline, entry.clientMessageId().value())))
                        .as("seq acknowledged for %s", entry.clientMessageId())
                        .isEqualTo(entry.seq());
            }
            next = page.next();
        } while (page.stop() == TimelinePage.StopReason.PAGE_FULL);
        assertThat(check.finish(page.last()).findings()).isEmpty();
        return entries;
    }

    /** Sends every acknowledged append once more, as a client that has forgotten the answers; call when stopped. */
    public void repeatEverything(TimelineStore through) throws Exception {
        Map<Acknowledged, CompletableFuture<AppendOutcome>> repeats = new HashMap<>();
        for (Acknowledged one : acknowledged.keySet()) {
            String id = one.clientMessageId();
            String sender = id.substring(0, id.lastIndexOf('-'));
            repeats.put(
                    one,
                    through.append(
                            TimelineAppend.of(one.timeline(), NewEntry.text(sender, id, "message " + id)),
                            Deadline.after(PATIENCE)));
        }
        for (Map.Entry<Acknowledged, CompletableFuture<AppendOutcome>> repeat : repeats.entrySet()) {
            AppendOutcome outcome = repeat.getValue().get(PATIENCE.toSeconds() + 10, TimeUnit.SECONDS);
            Receipt receipt = ((AppendOutcome.Appended) outcome).receipts().get(0);
            assertThat(receipt.repeated()).as("%s known", repeat.getKey()).isTrue();
            assertThat(receipt.seq()).isEqualTo(acknowledged.get(repeat.getKey()));
        }
    }

    @Override
    public void close() {
        stopping = true;
        threads.shutdownNow();
    }
}
