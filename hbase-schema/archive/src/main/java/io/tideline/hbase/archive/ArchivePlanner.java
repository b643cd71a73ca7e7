package io.tideline.hbase.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.Deadline;
import io.tideline.core.tier.ArchivePolicy;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeDigest;
import io.tideline.core.tier.TierLimit;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import io.tideline.hbase.sequencer.HeadCell;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.sequencer.WatermarksCell;
import io.tideline.hbase.store.TimelineKeys;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.hadoop.hbase.CompareOperator;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.filter.SingleColumnValueFilter;
import org.apache.hadoop.hbase.util.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the heads that have watermarks, which no other timelines have, and says what a job is to do with each. A head
 * is some hundred bytes; entries are not read. Blocks.
 */
final class ArchivePlanner {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    /** Takes what is to be done, in the order of HBase. */
    interface Sink {
        void add(byte[] prefix, TimelineId timeline, PlanEntry entry) throws IOException;
    }

    private record Candidate(TimelineId timeline, long last, TierState state) {}

    private final Connection connection;
    private final TableName hot;
    private final ArchivePorts ports;

    ArchivePlanner(Connection connection, TableName hot, ArchivePorts ports) {
        this.connection = connection;
        this.hot = hot;
        this.ports = ports;
    }

    /**
     * Returns how many timelines there are to look at.
     *
     * @param problems hears of timelines that cannot be read; they are left out
     */
    long plan(Instant now, Sink sink, ArchiveProgress progress, Consumer<String> problems) throws IOException {
        List<Candidate> batch = new ArrayList<>();
        long planned = 0;
        long looked = 0;
        try (Table table = connection.getTable(hot);
                ResultScanner scanner = table.getScanner(moved())) {
            for (Result result : scanner) {
                Candidate candidate = candidate(result, problems);
                if (candidate != null) {
                    batch.add(candidate);
                }
                if (batch.size() == ArchivePolicy.MAX_TIMELINES) {
                    planned += flush(batch, now, sink);
                }
                if (++looked % ArchivePolicy.MAX_TIMELINES == 0) {
                    progress.at("plan", looked, 0);
                }
            }
        }
        return planned + flush(batch, now, sink);
    }

    /** Hears of timelines. */
    interface Watermarked {
        void add(TimelineId timeline, Watermarks marks);
    }

    /** Goes through the timelines of a bucket that have watermarks, in the order of HBase. */
    void visit(int bucket, Watermarked visitor, Consumer<String> problems) throws IOException {
        try (Table table = connection.getTable(hot);
                ResultScanner scanner = table.getScanner(Keys.within(moved(), bucket))) {
            for (Result result : scanner) {
                Candidate candidate = candidate(result, problems);
                if (candidate != null) {
                    visitor.add(candidate.timeline(), candidate.state().watermarks());
                }
            }
        }
    }

    private static Scan moved() {
        SingleColumnValueFilter withMarks = new SingleColumnValueFilter(
                SchemaNames.HEAD_FAMILY, SchemaNames.WATERMARKS, CompareOperator.NOT_EQUAL, "".getBytes(UTF_8));
        withMarks.setFilterIfMissing(true);
        return new Scan()
                .addFamily(SchemaNames.HEAD_FAMILY)
                .setFilter(withMarks)
                .setCaching(ArchivePolicy.MAX_TIMELINES)
                .setCacheBlocks(false);
    }

    private static @Nullable Candidate candidate(Result result, Consumer<String> problems) {
        byte @Nullable [] marks = result.getValue(SchemaNames.HEAD_FAMILY, SchemaNames.WATERMARKS);
        byte @Nullable [] head = result.getValue(SchemaNames.HEAD_FAMILY, SchemaNames.HEAD);
        if (marks == null || head == null) {
            return null;
        }
        try {
            WatermarksCell cell = WatermarksCell.decode(marks);
            TierState state = new TierState(
                    new Watermarks(
                            SequenceId.of(cell.expiredThrough()),
                            cell.expiredCounted(),
                            SequenceId.of(cell.coldThrough()),
                            SequenceId.of(cell.warmThrough())),
                    cell.epoch());
            return new Candidate(
                    Keys.timeline(RowKeys.prefixOf(result.getRow())),
                    HeadCell.decode(head).last(),
                    state);
        } catch (MalformedBatchException | CorruptDataException | IllegalArgumentException e) {
            problems.accept("the head or the watermarks of a timeline cannot be decoded: row "
                    + Bytes.toStringBinary(result.getRow()));
            return null;
        }
    }

    private long flush(List<Candidate> batch, Instant now, Sink sink) throws IOException {
        List<Candidate> able = batch.stream()
                .filter(candidate -> candidate.timeline().family() != TimelineFamily.INBOX
                        && candidate
                                .state()
                                .watermarks()
                                .warmThrough()
                                .isAfter(candidate.state().watermarks().warmReleased()))
                .toList();
        batch.clear();
        if (able.isEmpty()) {
            return 0;
        }
        Map<TimelineId, TierLimit> limits = Futures.get(
                ports.policy().limits(able.stream().map(Candidate::timeline).toList(), Deadline.after(TIMEOUT)));
        long planned = 0;
        for (Candidate candidate : able) {
            @Nullable TierLimit limit = limits.get(candidate.timeline());
            if (limit != null && !limit.equals(TierLimit.NONE)) {
                sink.add(TimelineKeys.prefix(candidate.timeline()), candidate.timeline(), entry(candidate, limit, now));
                planned++;
            }
        }
        return planned;
    }

    private PlanEntry entry(Candidate candidate, TierLimit limit, Instant now) {
        long dueTime = limit.age().map(age -> now.minus(age).toEpochMilli()).orElse(Long.MIN_VALUE);
        long dueSeq = limit.entries().isPresent()
                ? Math.max(0, candidate.last() - limit.entries().getAsLong())
                : 0;
        if (limit.bytes().isPresent()) {
            dueSeq = Math.max(dueSeq, dueByBytes(candidate, limit.bytes().getAsLong()));
        }
        return new PlanEntry(candidate.state(), dueSeq, dueTime);
    }

    /** By the average size of what is warm. */
    private long dueByBytes(Candidate candidate, long limit) {
        Watermarks marks = candidate.state().watermarks();
        EntryRange warm =
                new EntryRange(candidate.timeline(), marks.warmReleased().next(), marks.warmThrough());
        RangeDigest digest = Futures.get(ports.warm().digest(warm, Deadline.after(TIMEOUT)));
        if (digest.bytes() <= limit) {
            return 0;
        }
        long kept = digest.count() * limit / digest.bytes();
        return marks.warmThrough().value() - kept;
    }
}
