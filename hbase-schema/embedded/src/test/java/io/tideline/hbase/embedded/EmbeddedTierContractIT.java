package io.tideline.hbase.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.tier.TableTier;
import io.tideline.core.tier.TierContract;
import io.tideline.core.tier.WarmTier;
import io.tideline.core.tier.WatermarkStore;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.store.HBaseStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.CompactionState;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The tiers on HBase in the same process, with real flushes and major compactions. */
final class EmbeddedTierContractIT implements TierContract {
    private static final long LOOK_NANOS = 20_000_000;
    private static final long MOST_NANOS = 3_000_000_000L;

    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;
    private static HBaseStorage storage;

    @BeforeAll
    static void start() {
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory));
        storage = HBaseStorage.open(
                hbase.clientConfiguration(),
                SchemaConfig.embedded(),
                HBaseStorage.SchemaMode.CREATE,
                new MetricRegistry());
    }

    @AfterAll
    static void stop() {
        storage.close();
        hbase.close();
    }

    @Override
    public TimelineStore store() {
        return storage.store();
    }

    @Override
    public TableTier hot() {
        return storage.hot();
    }

    @Override
    public WarmTier warm() {
        return storage.warm();
    }

    @Override
    public WatermarkStore watermarks() {
        return storage.watermarks();
    }

    @Override
    public void compact(TimelineId timeline) {
        byte[] row = RowKeys.headRow(RowKeys.prefix(
                timeline.app().value().getBytes(UTF_8),
                timeline.family().code(),
                timeline.name().getBytes(UTF_8)));
        try (Connection connection = ConnectionFactory.createConnection(hbase.clientConfiguration());
                Admin admin = connection.getAdmin()) {
            for (TimelineTable each : List.of(TimelineTable.HOT, TimelineTable.WARM)) {
                byte[] region = connection
                        .getRegionLocator(each.name("tideline"))
                        .getRegionLocation(row)
                        .getRegion()
                        .getRegionName();
                admin.flushRegion(region);
                long before = admin.getLastMajorCompactionTimestampForRegion(region);
                admin.majorCompactRegion(region, SchemaNames.ENTRY_FAMILY);
                awaitCompaction(admin, region, before);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where there is no file there is nothing to wait for, so this ends in any case: tests look at what it has done. */
    private static void awaitCompaction(Admin admin, byte[] region, long before) throws IOException {
        long deadline = System.nanoTime() + MOST_NANOS;
        while (System.nanoTime() < deadline
                && (admin.getCompactionStateForRegion(region) != CompactionState.NONE
                        || admin.getLastMajorCompactionTimestampForRegion(region) <= before)) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
