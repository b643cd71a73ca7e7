package io.tideline.hbase.sequencer;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellBuilderFactory;
import org.apache.hadoop.hbase.CellBuilderType;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.CoprocessorEnvironment;
import org.apache.hadoop.hbase.DoNotRetryIOException;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.KeyValue;
import org.apache.hadoop.hbase.client.Append;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.coprocessor.ObserverContext;
import org.apache.hadoop.hbase.coprocessor.RegionCoprocessor;
import org.apache.hadoop.hbase.coprocessor.RegionCoprocessorEnvironment;
import org.apache.hadoop.hbase.coprocessor.RegionObserver;
import org.apache.hadoop.hbase.regionserver.InternalScanner;
import org.apache.hadoop.hbase.regionserver.Region;
import org.apache.hadoop.hbase.regionserver.ScanType;
import org.apache.hadoop.hbase.regionserver.Store;
import org.apache.hadoop.hbase.regionserver.compactions.CompactionLifeCycleTracker;
import org.apache.hadoop.hbase.regionserver.compactions.CompactionRequest;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.util.EnvironmentEdgeManager;
import org.apache.hadoop.hbase.wal.WALEdit;
import org.jspecify.annotations.Nullable;

/**
 * Takes over every {@code Append} that is marked as a carrier: its one cell is an {@link AppendBatch}, its result one
 * cell with a {@link BatchAnswer}. Other Appends pass untouched. And takes over every {@code Get} that is marked as a
 * {@link FeedQuestion}, a {@link HeadsQuestion} or a {@link PageQuestion}: its result is one cell with the answer.
 *
 * <p>Compactions of entries leave out what was {@linkplain ReleasedCell let go}. In a table without ids for deduplication
 * that is all it does: nothing is appended there.
 *
 * <p>An {@code Append} and not an endpoint, because it goes through the region server's write queue, quotas, size checks
 * and memstore back-pressure, and needs no protobuf. HBase creates one instance for each opening of a region.
 *
 * <p>Nothing but an {@code IOException} ever leaves this class: HBase aborts the region server on anything else.
 */
public final class SequencerObserver implements RegionCoprocessor, RegionObserver {
    /** Table or site setting: heads kept in memory, for each region. */
    public static final String CACHED_HEADS_KEY = "tideline.sequencer.cached.heads";

    /** About 3 MiB. */
    private static final int CACHED_HEADS_DEFAULT = 16_384;

    /** Table or site setting: bits of each filter of seen ids; rounded down to a power of two. */
    public static final String FILTER_BITS_KEY = "tideline.sequencer.filter.bits";

    /** 1 MiB, for a million ids. */
    private static final int FILTER_BITS_DEFAULT = 1 << 23;

    /** Table or site setting: how many such filters a region may have, when it has that many ids within the window. */
    public static final String FILTERS_KEY = "tideline.sequencer.filters";

    private static final int FILTERS_DEFAULT = 16;

    /** Table or site setting: records that guards ask about kept in memory, for each region. */
    public static final String CACHED_RECORDS_KEY = "tideline.sequencer.cached.records";

    /** About 3 MiB: conversations that are written to, and who writes to them. */
    private static final int CACHED_RECORDS_DEFAULT = 16_384;

    /** Table or site setting: moves of timelines remembered for the change feed, for each region. */
    public static final String FEED_CHANGES_KEY = "tideline.sequencer.feed.changes";

    private static final int FEED_CHANGES_DEFAULT = 16_384;

    private @Nullable Region region;
    private @Nullable SequencerMetrics metrics;
    private @Nullable RegionSequencer sequencer;
    private @Nullable DedupeFilterLoader loader;

    @Override
    public Optional<RegionObserver> getRegionObserver() {
        return Optional.of(this);
    }

    // CoprocessorEnvironment is raw in HBase's own signature.
    @SuppressWarnings("rawtypes")
    @Override
    public void start(CoprocessorEnvironment environment) throws IOException {
        if (!(environment instanceof RegionCoprocessorEnvironment regionEnvironment)) {
            throw new IOException("the sequencer belongs on a table (expected: a table's descriptor names it)");
        }
        Region opened = regionEnvironment.getRegion();
        region = opened;
        metrics = new SequencerMetrics(regionEnvironment.getMetricRegistryForRegionServer());
        if (opened.getTableDescriptor().hasColumnFamily(SchemaNames.DEDUPE_FAMILY)) {
            startSequencer(opened, metrics, environment.getConfiguration());
        }
    }

    private void startSequencer(Region opened, SequencerMetrics reports, Configuration configuration) {
        int window = opened.getTableDescriptor()
                .getColumnFamily(SchemaNames.DEDUPE_FAMILY)
                .getTimeToLive();
        DedupeFilter filter = new DedupeFilter(
                powerOfTwo(configuration, FILTER_BITS_KEY, FILTER_BITS_DEFAULT),
                Math.max(1, configuration.getInt(FILTERS_KEY, FILTERS_DEFAULT)),
                Duration.ofSeconds(window),
                EnvironmentEdgeManager::currentTime);
        loader = new DedupeFilterLoader(opened, filter);
        RegionMemory memory = new RegionMemory(
                new HeadCache(configuration.getInt(CACHED_HEADS_KEY, CACHED_HEADS_DEFAULT)),
                new RecordCache(configuration.getInt(CACHED_RECORDS_KEY, CACHED_RECORDS_DEFAULT)),
                filter,
                new ChangeRing(
                        powerOfTwo(configuration, FEED_CHANGES_KEY, FEED_CHANGES_DEFAULT),
                        () -> ThreadLocalRandom.current().nextLong()));
        sequencer = new RegionSequencer(opened, memory, reports);
    }

    /** Whatever is configured: a region that does not open takes its server down with it. */
    private static int powerOfTwo(Configuration configuration, String key, int otherwise) {
        return Integer.highestOneBit(Math.max(64, configuration.getInt(key, otherwise)));
    }

    @Override
    public void postOpen(ObserverContext<RegionCoprocessorEnvironment> context) {
        if (loader != null) {
            loader.start();
        }
    }

    @Override
    public void preClose(ObserverContext<RegionCoprocessorEnvironment> context, boolean abortRequested) {
        if (loader != null) {
            loader.stop();
        }
    }

    @Override
    public @Nullable Result preAppend(
            ObserverContext<RegionCoprocessorEnvironment> context, Append append, WALEdit edit) throws IOException {
        if (append.getAttribute(SchemaNames.CARRIER_ATTRIBUTE) == null) {
            return null;
        }
        try {
            Result result = carryOut(append);
            context.bypass();
            return result;
        } catch (MalformedBatchException e) {
            throw new DoNotRetryIOException("malformed batch: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            throw new DoNotRetryIOException("sequencer failed", e);
        }
    }

    private Result carryOut(Append append) throws IOException {
        // A copy, because the request's cells may lie in a pooled buffer that is reused once the call is over.
        byte[] value = CellUtil.cloneValue(onlyCell(append));
        AppendBatch batch = AppendBatch.decode(value);
        List<BatchAnswer.ItemAnswer> answers =
                batch.items().isEmpty() ? List.of() : sequencer().append(batch);
        return Result.create(List.<Cell>of(new KeyValue(
                append.getRow(),
                SchemaNames.CARRIER_FAMILY,
                SchemaNames.CARRIER_QUALIFIER,
                BatchAnswer.encode(answers, batch.version()))));
    }

    private RegionSequencer sequencer() throws IOException {
        if (sequencer == null) {
            throw new DoNotRetryIOException("no timeline is appended to in this table");
        }
        return sequencer;
    }

    /** The answer to a question, null when the Get is none. */
    private @Nullable Cell answer(Get get) throws IOException {
        byte @Nullable [] page = get.getAttribute(SchemaNames.PAGE_ATTRIBUTE);
        if (page != null) {
            ByteWriter answer = PageLook.look(served(), get.getRow(), PageQuestion.decode(page));
            return answer(get, SchemaNames.PAGE_QUALIFIER, answer.buffer(), answer.size());
        }
        byte @Nullable [] heads = get.getAttribute(SchemaNames.HEADS_ATTRIBUTE);
        if (heads != null) {
            byte[] answer = HeadsAnswer.encode(HeadsLook.look(served(), HeadsQuestion.decode(heads)));
            return answer(get, SchemaNames.HEADS_QUALIFIER, answer, answer.length);
        }
        byte @Nullable [] changes = get.getAttribute(SchemaNames.FEED_ATTRIBUTE);
        if (changes != null) {
            byte[] answer = sequencer().changes(FeedQuestion.decode(changes)).encode();
            return answer(get, SchemaNames.FEED_QUALIFIER, answer, answer.length);
        }
        return null;
    }

    /** Takes the value over: it is copied only when the response is written. */
    private static Cell answer(Get get, byte[] qualifier, byte[] value, int length) {
        byte[] row = get.getRow();
        return CellBuilderFactory.create(CellBuilderType.SHALLOW_COPY)
                .setRow(row)
                .setFamily(SchemaNames.FEED_FAMILY)
                .setQualifier(qualifier)
                .setType(Cell.Type.Put)
                .setTimestamp(HConstants.LATEST_TIMESTAMP)
                .setValue(value, 0, length)
                .build();
    }

    private Region served() throws IOException {
        if (region == null) {
            throw new DoNotRetryIOException("the observer was not started");
        }
        return region;
    }

    @Override
    public void preGetOp(ObserverContext<RegionCoprocessorEnvironment> context, Get get, List<Cell> result)
            throws IOException {
        try {
            @Nullable Cell answer = answer(get);
            if (answer == null) {
                return;
            }
            result.add(answer);
            context.bypass();
        } catch (MalformedBatchException e) {
            throw new DoNotRetryIOException("malformed question: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            throw new DoNotRetryIOException("sequencer failed", e);
        }
    }

    @Override
    public InternalScanner preCompact(
            ObserverContext<RegionCoprocessorEnvironment> context,
            Store store,
            InternalScanner scanner,
            ScanType scanType,
            CompactionLifeCycleTracker tracker,
            CompactionRequest request) {
        return region != null
                        && metrics != null
                        && Bytes.equals(store.getColumnFamilyDescriptor().getName(), SchemaNames.ENTRY_FAMILY)
                ? new ReleasedEntryDropper(scanner, new ReleaseMarks(region), metrics)
                : scanner;
    }

    private static Cell onlyCell(Append append) throws MalformedBatchException {
        List<Cell> cells = append.getFamilyCellMap().get(SchemaNames.CARRIER_FAMILY);
        if (cells == null || cells.size() != 1 || append.size() != 1) {
            throw new MalformedBatchException("carrier: " + append.size() + " cells (expected: 1 in its own family)");
        }
        return cells.get(0);
    }
}
