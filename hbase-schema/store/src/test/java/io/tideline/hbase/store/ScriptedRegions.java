package io.tideline.hbase.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.sequencer.BatchAnswer;
import io.tideline.hbase.sequencer.ByteReader;
import io.tideline.hbase.sequencer.MalformedBatchException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Lanes whose other end is a test: requests stay open until it answers them, pauses until it lets them pass. Behind them
 * stands a model of what regions keep, which knows repeats and rows that are elsewhere.
 */
final class ScriptedRegions {
    static final long BUDGET_BYTES = 64L * 1024 * 1024;

    /** One request on its way. */
    final class Request {
        private final List<PendingAppend> appends;
        private final CompletableFuture<List<BatchAnswer.ItemAnswer>> answer = new CompletableFuture<>();

        private Request(List<PendingAppend> appends) {
            this.appends = List.copyOf(appends);
        }

        /** The ids of all entries, in order. */
        List<String> ids() {
            return appends.stream().flatMap(append -> entryIds(append).stream()).toList();
        }

        int appends() {
            return appends.size();
        }

        int entries() {
            return appends.stream().mapToInt(PendingAppend::writes).sum();
        }

        int bytes() {
            return appends.stream().mapToInt(append -> append.item().length).sum();
        }

        /** The region that holds the first row carries the request out and answers. */
        void succeed() {
            answer.complete(carryOut());
        }

        /** Carried out, and the answer lost. */
        void loseAnswer() {
            carryOut();
            fail(new java.io.IOException("connection reset"));
        }

        void fail(Throwable cause) {
            answer.completeExceptionally(cause);
        }

        private List<BatchAnswer.ItemAnswer> carryOut() {
            int region = actual.indexOf(appends.get(0).headRow());
            return appends.stream()
                    .map(append ->
                            actual.indexOf(append.headRow()) == region ? commit(append) : new BatchAnswer.WrongRegion())
                    .toList();
        }
    }

    final AppendBudget budget = new AppendBudget(BUDGET_BYTES);
    /** The outcomes of all appends so far. */
    final List<CompletableFuture<AppendOutcome>> taken = new ArrayList<>();

    final MetricRegistry registry = new MetricRegistry();
    final ArrayDeque<Request> requests = new ArrayDeque<>();
    final ArrayDeque<Runnable> pauses = new ArrayDeque<>();
    private final Map<String, List<String>> committed = new LinkedHashMap<>();
    private final AppendLanes lanes;
    private RegionMap actual;
    private boolean mapReadable = true;
    private boolean timerClosed;
    private RuntimeException refusal;

    ScriptedRegions(String... startKeys) {
        actual = RegionMapTest.of(startKeys);
        lanes = new AppendLanes(
                this::receive,
                actual,
                () -> mapReadable
                        ? CompletableFuture.completedFuture(actual)
                        : CompletableFuture.failedFuture(new java.io.IOException("meta is away")),
                budget,
                new Pauses(timer()),
                new StoreMetrics(registry, budget));
    }

    private ScheduledExecutorService timer() {
        return (ScheduledExecutorService) Proxy.newProxyInstance(
                ScriptedRegions.class.getClassLoader(),
                new Class<?>[] {ScheduledExecutorService.class},
                (proxy, method, arguments) -> {
                    if (timerClosed) {
                        throw new RejectedExecutionException("closed");
                    }
                    pauses.add((Runnable) arguments[0]);
                    return null;
                });
    }

    private CompletableFuture<List<BatchAnswer.ItemAnswer>> receive(List<PendingAppend> batch) {
        if (refusal != null) {
            throw refusal;
        }
        Request request = new Request(batch);
        requests.add(request);
        return request.answer;
    }

    private BatchAnswer.ItemAnswer commit(PendingAppend append) {
        List<String> timeline =
                committed.computeIfAbsent(HexFormat.of().formatHex(append.headRow()), row -> new ArrayList<>());
        long first = timeline.size() + 1L;
        boolean repeats = false;
        List<BatchAnswer.EntryAnswer> answers = new ArrayList<>();
        for (String id : entryIds(append)) {
            int known = timeline.indexOf(id);
            repeats |= known >= 0;
            if (known < 0) {
                timeline.add(id);
            }
            answers.add(new BatchAnswer.EntryAnswer(known >= 0, known < 0 ? timeline.size() : known + 1, 1, 0, 1));
        }
        return repeats ? new BatchAnswer.SomeRepeated(answers) : new BatchAnswer.AllNew(first, 1, answers.size(), 1);
    }

    private static List<String> entryIds(PendingAppend append) {
        try {
            ByteReader reader = new ByteReader(append.item());
            reader.readSized();
            List<String> ids = new ArrayList<>();
            for (int left = reader.readVarint(); left > 0; left--) {
                reader.skip(1);
                reader.readSized();
                ids.add(new String(reader.readSized(), UTF_8));
                reader.readSized();
                reader.readSized();
            }
            return ids;
        } catch (MalformedBatchException e) {
            throw new AssertionError(e);
        }
    }

    /** Regions split or merge; the lanes do not know yet. */
    void change(String... startKeys) {
        actual = RegionMapTest.of(startKeys);
    }

    /** Has the lanes look for changes now. */
    void refresh() {
        assertThat(lanes.refresh()).isCompleted();
    }

    void hideMap() {
        mapReadable = false;
    }

    void closeTimer() {
        timerClosed = true;
    }

    /** From now on requests are not even taken, or, with null, taken again. */
    void refuse(RuntimeException by) {
        refusal = by;
    }

    CompletableFuture<AppendOutcome> append(TimelineId timeline, String id) {
        return append(timeline, id, Deadline.after(Duration.ofMinutes(1)));
    }

    CompletableFuture<AppendOutcome> append(TimelineId timeline, String id, Deadline deadline) {
        return append(TimelineAppend.of(timeline, NewEntry.text("s", id, "payload")), deadline);
    }

    CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
        PendingAppend pending = new PendingAppend(append, deadline);
        lanes.append(pending);
        taken.add(pending.outcome());
        return pending.outcome();
    }

    /** As {@link #append}, for those who will only look at {@link #taken}. */
    void send(TimelineId timeline, String id) {
        var unused = append(timeline, id);
    }

    void send(TimelineAppend append, Deadline deadline) {
        var unused = append(append, deadline);
    }

    Request next() {
        return requests.remove();
    }

    /** The ids that a timeline holds, in order of their seqs. */
    List<String> stored(TimelineId timeline) {
        return committed.getOrDefault(
                HexFormat.of()
                        .formatHex(new PendingAppend(
                                        TimelineAppend.of(timeline, NewEntry.text("s", "any", "")),
                                        Deadline.after(Duration.ZERO))
                                .headRow()),
                List.of());
    }

    /** A timeline whose rows begin with a byte from {@code low} to {@code high}. */
    static TimelineId timeline(int low, int high) {
        for (int i = 0; ; i++) {
            TimelineId timeline = TimelineId.conversation("app", "t" + low + "-" + i);
            int first = TimelineKeys.prefix(timeline)[0] & 0xff;
            if (first >= low && first <= high) {
                return timeline;
            }
        }
    }

    static SequenceId seqOf(CompletableFuture<AppendOutcome> append) {
        assertThat(append).isCompleted();
        return ((AppendOutcome.Appended) append.join()).receipts().get(0).seq();
    }

    static boolean isRepeated(CompletableFuture<AppendOutcome> append) {
        assertThat(append).isCompleted();
        return ((AppendOutcome.Appended) append.join()).receipts().get(0).repeated();
    }
}
