package io.tideline.hbase.store;

import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.HeadsAnswer;
import io.tideline.hbase.sequencer.HeadsAnswer.HeadRow;
import io.tideline.hbase.sequencer.HeadsAnswer.State;
import io.tideline.hbase.sequencer.HeadsQuestion;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Result;
import org.jspecify.annotations.Nullable;

/**
 * Asks for many heads by one {@link HeadsQuestion} to each region, of which HBase's client makes one request to each region
 * server. A fraction of what as many Gets cost the region server.
 *
 * <p>Where the regions begin is read once, and anew when a region says that it does not have a timeline; so is what the
 * callers get back then, to be read by Gets, which find every row wherever it is. They also get what a sequencer of before
 * this question did not answer.
 */
final class HeadQuestions {
    /** Fewer are read by Gets: a question is worth its while for several in each region. */
    private static final int LEAST_TIMELINES = 8;

    /** Takes what was found. Called by several threads at a time. */
    interface Sink {
        void accept(TimelineId timeline, HeadRow row) throws MalformedBatchException;
    }

    private record Asked(List<TimelineId> timelines, Get get) {}

    private final Tables tables;
    private final Map<TimelineTable, AtomicReference<@Nullable CompletableFuture<RegionMap>>> maps =
            new EnumMap<>(TimelineTable.class);

    HeadQuestions(Tables tables) {
        this.tables = tables;
        for (TimelineTable table : TimelineTable.values()) {
            maps.put(table, new AtomicReference<>());
        }
    }

    /**
     * Those that were not looked at. Fails (deferred) as HBase's client does.
     *
     * @param reader whose read marks are wanted as well; empty for no marks
     */
    CompletableFuture<List<TimelineId>> ask(
            TimelineTable table, Collection<TimelineId> timelines, byte[] reader, Sink sink, Deadline deadline) {
        if (timelines.size() < LEAST_TIMELINES) {
            return CompletableFuture.completedFuture(List.copyOf(timelines));
        }
        CompletableFuture<RegionMap> map = map(table);
        return map.handle((known, failure) -> known == null ? RegionMap.whole() : known)
                .thenCompose(known -> {
                    List<Asked> questions = questions(known, timelines, reader);
                    List<CompletableFuture<Result>> answers = tables.reading(table, deadline)
                            .get(questions.stream().map(Asked::get).toList());
                    return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                            .thenApply(done -> hear(questions, answers, sink));
                })
                .thenApply(left -> {
                    if (!left.isEmpty()) {
                        maps.getOrDefault(table, new AtomicReference<>()).compareAndSet(map, null);
                    }
                    return left;
                });
    }

    private CompletableFuture<RegionMap> map(TimelineTable table) {
        AtomicReference<@Nullable CompletableFuture<RegionMap>> known =
                maps.getOrDefault(table, new AtomicReference<>());
        @Nullable CompletableFuture<RegionMap> map = known.get();
        if (map != null) {
            return map;
        }
        CompletableFuture<RegionMap> read = tables.regionMap(table);
        known.compareAndSet(null, read);
        return read;
    }

    private static List<Asked> questions(RegionMap map, Collection<TimelineId> timelines, byte[] reader) {
        Map<byte[], TimelineId> sorted = new TreeMap<>(Arrays::compareUnsigned);
        timelines.forEach(timeline -> sorted.put(TimelineKeys.prefix(timeline), timeline));
        List<Asked> questions = new ArrayList<>();
        List<byte[]> prefixes = new ArrayList<>();
        List<TimelineId> asked = new ArrayList<>();
        int region = -1;
        for (Map.Entry<byte[], TimelineId> entry : sorted.entrySet()) {
            int of = map.indexOf(entry.getKey());
            if (!asked.isEmpty() && (of != region || asked.size() == HeadsQuestion.MAX_TIMELINES)) {
                questions.add(question(prefixes, asked, reader));
                prefixes = new ArrayList<>();
                asked = new ArrayList<>();
            }
            region = of;
            prefixes.add(entry.getKey());
            asked.add(entry.getValue());
        }
        questions.add(question(prefixes, asked, reader));
        return questions;
    }

    private static Asked question(List<byte[]> prefixes, List<TimelineId> timelines, byte[] reader) {
        Get get = new Get(RowKeys.headRow(prefixes.get(0)))
                .addColumn(SchemaNames.HEAD_FAMILY, SchemaNames.HEAD)
                .setAttribute(SchemaNames.HEADS_ATTRIBUTE, new HeadsQuestion(reader, prefixes).encode());
        return new Asked(timelines, get);
    }

    private static List<TimelineId> hear(List<Asked> questions, List<CompletableFuture<Result>> answers, Sink sink) {
        List<TimelineId> left = new ArrayList<>();
        try {
            for (int i = 0; i < questions.size(); i++) {
                List<TimelineId> asked = questions.get(i).timelines();
                Cell cell =
                        answers.get(i).join().getColumnLatestCell(SchemaNames.FEED_FAMILY, SchemaNames.HEADS_QUALIFIER);
                if (cell == null) {
                    left.addAll(asked);
                    continue;
                }
                hear(asked, cell, sink, left);
            }
        } catch (MalformedBatchException e) {
            throw new CompletionException(e);
        }
        return left;
    }

    private static void hear(List<TimelineId> asked, Cell cell, Sink sink, List<TimelineId> left)
            throws MalformedBatchException {
        List<HeadRow> rows = HeadsAnswer.decode(cell.getValueArray(), cell.getValueOffset(), cell.getValueLength());
        if (rows.size() != asked.size()) {
            throw new MalformedBatchException("heads: " + rows.size() + " (expected: " + asked.size() + ")");
        }
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).state() == State.ELSEWHERE) {
                left.add(asked.get(i));
            } else if (rows.get(i).state() != State.NONE) {
                sink.accept(asked.get(i), rows.get(i));
            }
        }
    }
}
