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
import io.tideline.hbase.sequencer.WatermarksCell;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.hbase.client.AsyncTable;
import org.apache.hadoop.hbase.client.CheckAndMutate;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.filter.FuzzyRowFilter;
import org.apache.hadoop.hbase.util.Pair;

/**
 * What is known about timelines, in their head rows. Attributes are one cell, changed by compare-and-put; existence is
 * anything in the family of the heads: a timeline that is created before its first append gets watermarks of 0 there. So a
 * listing scans the heads of all regions, which is as long as there are timelines, and leaves entries and records alone.
 *
 * <p>The first release had the attributes in the family of the heads. They are read from there until they change.
 */
final class HBaseTimelineDirectory implements TimelineDirectory {
    /** Each lost attempt is somebody else's success; the deadline ends it sooner or later. */
    private static final int CHANGE_ATTEMPTS = 200;

    /** @param inPlace whether the attributes stand where they are written now */
    private record Found(TimelineDescription description, boolean inPlace) {}

    /** Lower than that of any watermarks that mean something. */
    private static final long CREATION_TIMESTAMP = 1;

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
                return CompletableFuture.completedFuture(
                        new CreateOutcome.AlreadyExists(existing.get().description()));
            }
            Attributes first = new Attributes(attributes.values(), 1);
            Put put = put(timeline, first)
                    .addColumn(
                            SchemaNames.HEAD_FAMILY,
                            SchemaNames.WATERMARKS,
                            CREATION_TIMESTAMP,
                            new WatermarksCell(0, 0, 0, 0, 0).encode());
            return replace(timeline, Attributes.NONE, put, deadline)
                    .thenCompose(done -> done
                            ? CompletableFuture.completedFuture(
                                    new CreateOutcome.Created(new TimelineDescription(timeline, Head.EMPTY, first)))
                            : create(timeline, attributes, deadline));
        });
    }

    @Override
    public CompletableFuture<Optional<TimelineDescription>> describe(
            TimelineId timeline, SequenceId floor, Deadline deadline) {
        return description(timeline, deadline).thenCompose(found -> {
            SequenceId last =
                    found.map(description -> description.head().last()).orElse(SequenceId.NONE);
            if (!floor.isAfter(last)) {
                return CompletableFuture.completedFuture(found);
            }
            return heads.head(new io.tideline.core.store.HeadQuery(timeline, floor), deadline)
                    .thenApply(Head::last)
                    .thenCompose(fresh -> floor.isAfter(fresh)
                            ? CompletableFuture.failedFuture(HeadReader.behind(floor, fresh))
                            : description(timeline, deadline));
        });
    }

    private CompletableFuture<Optional<TimelineDescription>> description(TimelineId timeline, Deadline deadline) {
        return find(timeline, deadline).thenApply(found -> found.map(Found::description));
    }

    private CompletableFuture<Optional<Found>> find(TimelineId timeline, Deadline deadline) {
        Get get = new Get(headRow(timeline))
                .addFamily(SchemaNames.HEAD_FAMILY)
                .addColumn(SchemaNames.RECORD_FAMILY, SchemaNames.ATTRIBUTES);
        return tables.reading(timeline, deadline).get(get).handle((result, failure) -> {
            if (failure != null) {
                throw HBaseFailures.ofRead(failure);
            }
            return result.isEmpty() ? Optional.empty() : Optional.of(decode(timeline, result, result));
        });
    }

    private static byte[] headRow(TimelineId timeline) {
        return RowKeys.headRow(TimelineKeys.prefix(timeline));
    }

    /** From the head's cells and the attributes' cell, which may be two results. */
    private static Found decode(TimelineId timeline, Result head, Result record) {
        try {
            byte[] inPlace = record.getValue(SchemaNames.RECORD_FAMILY, SchemaNames.ATTRIBUTES);
            byte[] attributes =
                    inPlace != null ? inPlace : head.getValue(SchemaNames.HEAD_FAMILY, SchemaNames.ATTRIBUTES);
            return new Found(
                    new TimelineDescription(
                            timeline,
                            HeadReader.decode(head).orElse(Head.EMPTY),
                            attributes == null ? Attributes.NONE : AttributesCell.decode(attributes)),
                    inPlace != null);
        } catch (MalformedBatchException e) {
            throw HBaseFailures.ofRead(e);
        }
    }

    private static Put put(TimelineId timeline, Attributes attributes) {
        return new Put(headRow(timeline))
                .addColumn(
                        SchemaNames.RECORD_FAMILY,
                        SchemaNames.ATTRIBUTES,
                        attributes.version(),
                        AttributesCell.encode(attributes));
    }

    /** One step: puts where {@code before} stands, or, with version 0, nothing; false when something else stands there. */
    private CompletableFuture<Boolean> replace(TimelineId timeline, Attributes before, Put put, Deadline deadline) {
        CheckAndMutate.Builder check = CheckAndMutate.newBuilder(put.getRow());
        CheckAndMutate mutate = (before.version() == 0
                        ? check.ifNotExists(SchemaNames.RECORD_FAMILY, SchemaNames.ATTRIBUTES)
                        : check.ifEquals(
                                SchemaNames.RECORD_FAMILY, SchemaNames.ATTRIBUTES, AttributesCell.encode(before)))
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
            ChangeOutcome outcome = change.applyTo(found.get().description());
            if (!(outcome instanceof ChangeOutcome.Changed changed)) {
                return CompletableFuture.completedFuture(outcome);
            }
            Attributes before =
                    found.get().inPlace() ? found.get().description().attributes() : Attributes.NONE;
            Attributes after = changed.description().attributes();
            return replace(change.timeline(), before, put(change.timeline(), after), deadline)
                    .thenCompose(done -> done
                            ? CompletableFuture.completedFuture(outcome)
                            : afterLosing(change, after, deadline, attempts));
        });
    }

    /** Either somebody else was faster, or our own change was carried out and its answer lost on the way. */
    private CompletableFuture<ChangeOutcome> afterLosing(
            AttributesChange change, Attributes after, Deadline deadline, int attempts) {
        return description(change.timeline(), deadline)
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
        AsyncTable<?> table = tables.reading(TimelineTable.of(query.family()), deadline);
        return table.scanAll(scan)
                .thenCompose(results -> {
                    boolean complete = results.size() <= query.limit();
                    List<Result> page = complete ? results : results.subList(0, query.limit());
                    return withAttributes(table, page).thenApply(timelines -> new TimelineListing(timelines, complete));
                })
                .handle((listing, failure) -> {
                    if (failure != null) {
                        throw HBaseFailures.ofRead(failure);
                    }
                    return listing;
                });
    }

    /** A second step, since a scan of both families would go through every record of every timeline. */
    private static CompletableFuture<List<TimelineDescription>> withAttributes(
            AsyncTable<?> table, List<Result> heads) {
        List<Get> gets = heads.stream()
                .map(head -> new Get(head.getRow()).addColumn(SchemaNames.RECORD_FAMILY, SchemaNames.ATTRIBUTES))
                .toList();
        return table.getAll(gets).thenApply(records -> {
            List<TimelineDescription> timelines = new ArrayList<>(heads.size());
            for (int i = 0; i < heads.size(); i++) {
                timelines.add(decode(timelineOf(heads.get(i).getRow()), heads.get(i), records.get(i))
                        .description());
            }
            return timelines;
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
