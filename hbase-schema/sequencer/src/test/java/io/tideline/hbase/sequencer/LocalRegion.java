package io.tideline.hbase.sequencer;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Append;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.RegionInfo;
import org.apache.hadoop.hbase.client.RegionInfoBuilder;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.TableDescriptor;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.coprocessor.ObserverContextImpl;
import org.apache.hadoop.hbase.coprocessor.RegionCoprocessorEnvironment;
import org.apache.hadoop.hbase.metrics.MetricRegistries;
import org.apache.hadoop.hbase.metrics.MetricRegistry;
import org.apache.hadoop.hbase.metrics.MetricRegistryInfo;
import org.apache.hadoop.hbase.regionserver.ChunkCreator;
import org.apache.hadoop.hbase.regionserver.HRegion;
import org.apache.hadoop.hbase.regionserver.MemStoreLAB;
import org.apache.hadoop.hbase.regionserver.Region;
import org.apache.hadoop.hbase.regionserver.RegionCoprocessorHost;
import org.apache.hadoop.hbase.regionserver.RegionScanner;
import org.apache.hadoop.hbase.util.EnvironmentEdgeManager;
import org.apache.hadoop.hbase.wal.WALEdit;
import org.apache.hadoop.hbase.wal.WALFactory;

/** A real region with a real log, and no cluster around it. */
final class LocalRegion implements AutoCloseable {
    /** What happens to a write, around the write itself. */
    interface WriteFault {
        void around(IOAction write) throws IOException;
    }

    interface IOAction {
        void run() throws IOException;
    }

    static final int DEDUPE_SECONDS = 600;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Configuration configuration = HBaseConfiguration.create();
    private final TableDescriptor table;
    private final RegionInfo info;
    private final org.apache.hadoop.fs.Path root;
    private final WALFactory logs;
    private final MetricRegistry metrics;
    private HRegion region;
    private SequencerObserver observer;
    private volatile WriteFault fault = IOAction::run;

    /** With more room than a test has ids. */
    static DedupeFilter filter() {
        return new DedupeFilter(1 << 16, 1, Duration.ofSeconds(DEDUPE_SECONDS), EnvironmentEdgeManager::currentTime);
    }

    LocalRegion(Path directory) throws IOException {
        this(directory, new byte[0]);
    }

    /** @param endKey the first row after the region */
    LocalRegion(Path directory, byte[] endKey) throws IOException {
        this(directory, endKey, true);
    }

    /** Of a table as it was before activity was noted. */
    static LocalRegion withoutActivity(Path directory) throws IOException {
        return new LocalRegion(directory, new byte[0], false);
    }

    private LocalRegion(Path directory, byte[] endKey, boolean notesActivity) throws IOException {
        configuration.set("fs.file.impl", RawLocalFileSystem.class.getName());
        configuration.set("hbase.rootdir", directory.toUri().toString());
        // RawLocalFileSystem flushes to the operating system, and does not say so.
        configuration.setBoolean("hbase.unsafe.stream.capability.enforce", false);
        configuration.setInt(SequencerObserver.FILTER_BITS_KEY, 1 << 16);
        if (ChunkCreator.getInstance() == null) {
            ChunkCreator.initialize(MemStoreLAB.CHUNK_SIZE_DEFAULT, false, 0, 0, 0, null, 0.1f);
        }
        root = new org.apache.hadoop.fs.Path(directory.toUri());
        TableDescriptorBuilder families = TableDescriptorBuilder.newBuilder(TableName.valueOf("t"))
                .setColumnFamily(ColumnFamilyDescriptorBuilder.of(SchemaNames.HEAD_FAMILY))
                .setColumnFamily(ColumnFamilyDescriptorBuilder.of(SchemaNames.ENTRY_FAMILY))
                .setColumnFamily(ColumnFamilyDescriptorBuilder.of(SchemaNames.RECORD_FAMILY))
                .setColumnFamily(ColumnFamilyDescriptorBuilder.of(SchemaNames.TASK_FAMILY))
                .setColumnFamily(ColumnFamilyDescriptorBuilder.newBuilder(SchemaNames.DEDUPE_FAMILY)
                        .setTimeToLive(DEDUPE_SECONDS)
                        .build())
                .setCoprocessor(SchemaNames.OBSERVER_CLASS);
        if (notesActivity) {
            families.setColumnFamily(ColumnFamilyDescriptorBuilder.of(SchemaNames.ACTIVITY_FAMILY));
        }
        table = families.build();
        info = RegionInfoBuilder.newBuilder(table.getTableName())
                .setEndKey(endKey)
                .build();
        logs = new WALFactory(configuration, "server-" + NUMBER.incrementAndGet());
        metrics = MetricRegistries.global()
                .create(new MetricRegistryInfo("test-" + NUMBER.incrementAndGet(), "", "", "test", false));
        region = HRegion.createHRegion(info, root, configuration, table, logs.getWAL(info));
        observer = newObserver();
    }

    Region region() {
        return (Region) Proxy.newProxyInstance(
                LocalRegion.class.getClassLoader(), new Class<?>[] {Region.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("mutateRowsWithLocks")) {
                        return invoke(method, arguments);
                    }
                    fault.around(() -> invoke(method, arguments));
                    return null;
                });
    }

    private Object invoke(java.lang.reflect.Method method, Object[] arguments) throws IOException {
        try {
            return method.invoke(region, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on writes go through {@code newFault}. */
    void failWritesBy(WriteFault newFault) {
        fault = newFault;
    }

    void healWrites() {
        fault = IOAction::run;
    }

    MetricRegistry metrics() {
        return metrics;
    }

    /** As HBase makes one for every opening of a region. */
    private SequencerObserver newObserver() throws IOException {
        SequencerObserver opened = new SequencerObserver();
        Region served = region();
        opened.start((RegionCoprocessorEnvironment) Proxy.newProxyInstance(
                LocalRegion.class.getClassLoader(),
                new Class<?>[] {RegionCoprocessorEnvironment.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getRegion" -> served;
                    case "getConfiguration" -> configuration;
                    case "getMetricRegistryForRegionServer" -> metrics;
                    default -> throw new UnsupportedOperationException(method.getName());
                }));
        opened.postOpen(new ObserverContextImpl<>(null));
        return opened;
    }

    /** What a client sends, through the observer, as HBase would hand it over. */
    List<BatchAnswer.ItemAnswer> send(byte[] batch) throws IOException {
        byte[] answer = sendForBytes(batch);
        return BatchAnswer.decode(answer, 0, answer.length);
    }

    byte[] sendForBytes(byte[] batch) throws IOException {
        Append carrier =
                new Append(new byte[] {0}).addColumn(SchemaNames.CARRIER_FAMILY, SchemaNames.CARRIER_QUALIFIER, batch);
        carrier.setAttribute(SchemaNames.CARRIER_ATTRIBUTE, new byte[] {1});
        Result result = observer.preAppend(new ObserverContextImpl<>(null, true), carrier, new WALEdit());
        return result.value();
    }

    /** What a client asks about the region's changes, through the observer. */
    FeedAnswer ask(FeedQuestion question) throws IOException {
        Get get = new Get(new byte[] {0});
        get.setAttribute(SchemaNames.FEED_ATTRIBUTE, question.encode());
        List<Cell> result = new ArrayList<>();
        observer.preGetOp(new ObserverContextImpl<>(null, true), get, result);
        byte[] answer = CellUtil.cloneValue(result.get(0));
        return FeedAnswer.decode(answer, 0, answer.length);
    }

    /** What a client asks about a range of entries, through the observer. */
    byte[] ask(byte[] row, PageQuestion question) throws IOException {
        Get get = new Get(row);
        get.setAttribute(SchemaNames.PAGE_ATTRIBUTE, question.encode());
        List<Cell> result = new ArrayList<>();
        observer.preGetOp(new ObserverContextImpl<>(null, true), get, result);
        return CellUtil.cloneValue(result.get(0));
    }

    /** What a client asks about many heads, through the observer. */
    List<HeadsAnswer.HeadRow> ask(HeadsQuestion question) throws IOException {
        Get get = new Get(new byte[] {0});
        get.setAttribute(SchemaNames.HEADS_ATTRIBUTE, question.encode());
        List<Cell> result = new ArrayList<>();
        observer.preGetOp(new ObserverContextImpl<>(null, true), get, result);
        byte[] answer = CellUtil.cloneValue(result.get(0));
        return HeadsAnswer.decode(answer, 0, answer.length);
    }

    List<BatchAnswer.ItemAnswer> send(BatchBuilder batch) throws IOException {
        return send(batch.encode());
    }

    /** Past the sequencer, as something broken would. */
    void put(byte[] row, byte[] family, byte[] qualifier, byte[] value) throws IOException {
        region.put(new org.apache.hadoop.hbase.client.Put(row).addColumn(family, qualifier, value));
    }

    void flush() throws IOException {
        region.flush(true);
    }

    /** With the observer in its place, as HBase calls it; a minor one takes the flushed files once there are three. */
    void compact(boolean major) throws IOException {
        region.setCoprocessorHost(new RegionCoprocessorHost(region, null, configuration));
        region.compact(major);
    }

    void closeRegion() throws IOException {
        observer.preClose(new ObserverContextImpl<>(null), false);
        region.close();
    }

    /** Closes and opens again, as a move does. */
    void reopen() throws IOException {
        closeRegion();
        region = HRegion.openHRegion(root, info, table, logs.getWAL(info), configuration);
        observer = newObserver();
    }

    HeadCell head(byte[] prefix) throws IOException {
        byte[] value = region.get(new Get(RowKeys.headRow(prefix))).getValue(SchemaNames.HEAD_FAMILY, SchemaNames.HEAD);
        return HeadCell.decode(value);
    }

    /** The cells of one row. */
    List<Cell> row(byte[] row) throws IOException {
        return region.get(new Get(row)).listCells();
    }

    /** The entry cells of a timeline, in order. */
    List<Cell> entries(byte[] prefix) throws IOException {
        return scan(new Scan()
                .addFamily(SchemaNames.ENTRY_FAMILY)
                .withStartRow(RowKeys.headRow(prefix))
                .withStopRow(RowKeys.afterKind(prefix, RowKeys.KIND_ENTRY)));
    }

    /** Whatever the entries' files and memstore hold of a timeline, delete markers and versions that are hidden included. */
    List<Cell> rawEntries(byte[] prefix) throws IOException {
        return scan(new Scan()
                .addFamily(SchemaNames.ENTRY_FAMILY)
                .withStartRow(RowKeys.headRow(prefix))
                .withStopRow(RowKeys.afterKind(prefix, RowKeys.KIND_ENTRY))
                .setRaw(true)
                .readAllVersions());
    }

    List<Cell> everything() throws IOException {
        return scan(new Scan());
    }

    private List<Cell> scan(Scan scan) throws IOException {
        List<Cell> cells = new ArrayList<>();
        try (RegionScanner scanner = region.getScanner(scan)) {
            boolean more = true;
            while (more) {
                more = scanner.next(cells);
            }
        }
        return cells;
    }

    @Override
    public void close() throws IOException {
        region.close();
        logs.close();
    }
}
