package io.tideline.hbase.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.AttributesChange;
import io.tideline.core.store.ChangeOutcome;
import io.tideline.core.store.CreateOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ListQuery;
import io.tideline.core.store.TimelineDescription;
import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.store.TimelineListing;
import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.hbase.client.CheckAndMutate;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.filter.FuzzyRowFilter;
import org.apache.hadoop.hbase.util.Pair;

/**
 * What is known about timelines, in their head rows. Attributes are one cell, changed by compare-and-put; existence is
 * the head or the attributes. A listing scans the heads of all regions, which is as long as there are timelines, and
 * leaves the entries alone.
 */
final class HBaseTimelineDirectory implements TimelineDirectory {
    /** Each lost attempt is somebody else's success; the deadline ends it sooner or later. */
    private static final int CHANGE_ATTEMPTS = 200;

    private final Tables tables;
    private final HeadReader heads;

    HBaseTimelineDirectory(Tables tables, HeadReader heads) {
        this.tables = tables;
        this.heads = heads;
    }

    @Override
    public CompletableFuture<CreateOutcome> create(TimelineId timeline, Attributes attributes, Deadline deadline) {
        return find(timeline, deadline).thenCompose(existing -> {
            if (existing.isPresent()) {
                return CompletableFuture.completedFuture(new CreateOutcome.AlreadyExists(existing.get()));
            }
            Attributes first = new Attributes(attributes.values(), 1);
            return replace(timeline, Attributes.NONE, first, deadline)
                    .thenCompose(done -> done
                            ? CompletableFuture.completedFuture(
                                    new CreateOutcome.Created(new TimelineDescription(timeline, Head.EMPTY, first)))
                            : create(timeline, attributes, deadline));
        });
    }

    @Override
    public CompletableFuture<Optional<TimelineDescription>> describe(
            TimelineId timeline, SequenceId floor, Deadline deadline) {
        return find(timeline, deadline).thenCompose(found -> {
            SequenceId last =
                    found.map(description -> description.head().last()).orElse(SequenceId.NONE);
            if (!floor.isAfter(last)) {
                return CompletableFuture.completedFuture(found);
            }
            return heads.last(timeline, new io.tideline.core.store.HeadQuery(timeline, floor), deadline)
                    .thenCompose(fresh -> floor.isAfter(fresh)
                            ? CompletableFuture.failedFuture(HeadReader.behind(floor, fresh))
                            : find(timeline, deadline));
        });
    }

    private CompletableFuture<Optional<TimelineDescription>> find(TimelineId timeline, Deadline deadline) {
        Get get = new Get(headRow(timeline)).addFamily(SchemaNames.HEAD_FAMILY);
        return tables.reading(timeline, deadline).get(get).handle((result, failure) -> {
            if (failure != null) {
                throw HBaseFailures.ofRead(failure);
            }
            return result.isEmpty() ? Optional.empty() : Optional.of(decode(timeline, result));
        });
    }

    private static byte[] headRow(TimelineId timeline) {
        return RowKeys.headRow(TimelineKeys.prefix(timeline));
    }

    private static TimelineDescription decode(TimelineId timeline, Result result) {
        try {
            byte[] attributes = result.getValue(SchemaNames.HEAD_FAMILY, SchemaNames.ATTRIBUTES);
            return new TimelineDescription(
                    timeline,
                    HeadReader.decode(result).orElse(Head.EMPTY),
                    attributes == null ? Attributes.NONE : AttributesCell.decode(attributes));
        } catch (MalformedBatchException e) {
            throw HBaseFailures.ofRead(e);
        }
    }

    /** One step: puts {@code after} where {@code before} stands; false when something else stands there. */
    private CompletableFuture<Boolean> replace(
            TimelineId timeline, Attributes before, Attributes after, Deadline deadline) {
        byte[] row = headRow(timeline);
        Put put = new Put(row)
                .addColumn(
                        SchemaNames.HEAD_FAMILY, SchemaNames.ATTRIBUTES, after.version(), AttributesCell.encode(after));
        CheckAndMutate.Builder check = CheckAndMutate.newBuilder(row);
        CheckAndMutate mutate = (before.version() == 0
                        ? check.ifNotExists(SchemaNames.HEAD_FAMILY, SchemaNames.ATTRIBUTES)
                        : check.ifEquals(
                                SchemaNames.HEAD_FAMILY, SchemaNames.ATTRIBUTES, AttributesCell.encode(before)))
                .build(put);
        return tables.reading(timeline, deadline).checkAndMutate(mutate).handle((result, failure) -> {
            if (failure != null) {
                throw HBaseFailures.ofRead(failure);
            }
            return result.isSuccess();
        });
    }

    @Override
    public CompletableFuture<ChangeOutcome> change(AttributesChange change, Deadline deadline) {
        return change(change, deadline, CHANGE_ATTEMPTS);
    }

    private CompletableFuture<ChangeOutcome> change(AttributesChange change, Deadline deadline, int attempts) {
        if (attempts == 0 || deadline.hasPassed()) {
            return CompletableFuture.failedFuture(new StorageUnavailableException(
                    "the attributes change faster than this change could be carried out", Map.of(), null));
        }
        return find(change.timeline(), deadline).thenCompose(found -> {
            if (found.isEmpty()) {
                return CompletableFuture.completedFuture(new ChangeOutcome.NoSuchTimeline());
            }
            ChangeOutcome outcome = change.applyTo(found.get());
            if (!(outcome instanceof ChangeOutcome.Changed changed)) {
                return CompletableFuture.completedFuture(outcome);
            }
            Attributes before = found.get().attributes();
            Attributes after = changed.description().attributes();
            return replace(change.timeline(), before, after, deadline)
                    .thenCompose(done -> done
                            ? CompletableFuture.completedFuture(outcome)
                            : afterLosing(change, after, deadline, attempts));
        });
    }

    /** Either somebody else was faster, or our own change was carried out and its answer lost on the way. */
    private CompletableFuture<ChangeOutcome> afterLosing(
            AttributesChange change, Attributes after, Deadline deadline, int attempts) {
        return find(change.timeline(), deadline)
                .thenCompose(now -> now.isPresent() && now.get().attributes().equals(after)
                        ? CompletableFuture.completedFuture(new ChangeOutcome.Changed(now.get()))
                        : change(change, deadline, attempts - 1));
    }

    @Override
    public CompletableFuture<TimelineListing> list(ListQuery query, Deadline deadline) {
        Scan scan = new Scan()
                .addFamily(SchemaNames.HEAD_FAMILY)
                .setFilter(ofApp(query))
                .setLimit(query.limit() + 1)
                .setCaching(query.limit() + 1)
                // Many heads of other apps may lie between two of this one: the server answers in time all the same.
                .setMaxResultSize(1024L * 1024);
        query.start().ifPresent(after -> scan.withStartRow(headRow(after), false));
        return tables.reading(TimelineTable.of(query.family()), deadline)
                .scanAll(scan)
                .handle((results, failure) -> {
                    if (failure != null) {
                        throw HBaseFailures.ofRead(failure);
                    }
                    boolean complete = results.size() <= query.limit();
                    List<TimelineDescription> timelines = new ArrayList<>();
                    for (Result result : complete ? results : results.subList(0, query.limit())) {
                        timelines.add(decode(timelineOf(result.getRow()), result));
                    }
                    return new TimelineListing(timelines, complete);
                });
    }

    private static TimelineId timelineOf(byte[] row) {
        try {
            return TimelineKeys.timeline(row);
        } catch (MalformedBatchException e) {
            throw HBaseFailures.ofRead(e);
        }
    }

    /** Any hash, then exactly this app and family. */
    private static FuzzyRowFilter ofApp(ListQuery query) {
        byte[] app = query.app().value().getBytes(UTF_8);
        byte[] key = new byte[RowKeys.HASH_BYTES + 1 + app.length + 1];
        byte[] mask = new byte[key.length];
        java.util.Arrays.fill(mask, 0, RowKeys.HASH_BYTES, (byte) 1);
        key[RowKeys.HASH_BYTES] = (byte) app.length;
        System.arraycopy(app, 0, key, RowKeys.HASH_BYTES + 1, app.length);
        key[key.length - 1] = (byte) family(query.family());
        return new FuzzyRowFilter(List.of(new Pair<>(key, mask)));
    }

    private static int family(TimelineFamily family) {
        return family.code();
    }
}
