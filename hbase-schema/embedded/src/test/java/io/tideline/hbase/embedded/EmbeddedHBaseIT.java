package io.tideline.hbase.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.RegionInfo;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.client.TableDescriptor;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.io.compress.Compression;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.zookeeper.MiniZooKeeperCluster;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("hbase")
@Timeout(120)
class EmbeddedHBaseIT {

    private static final TableName TABLE = TableName.valueOf("t");

    @TempDir
    private Path directory;

    @Test
    void start_splitAndMergeUnderLoadThenRestart_keepsEveryRow() throws Exception {
        List<String> acknowledged;
        int port;
        try (EmbeddedHBase hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory));
                Connection connection = ConnectionFactory.createConnection(hbase.clientConfiguration())) {
            port = hbase.zookeeperPort();
            createTable(connection);
            acknowledged = splitAndMergeUnderLoad(connection);
        }

        try (EmbeddedHBase hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory));
                Connection connection = ConnectionFactory.createConnection(hbase.clientConfiguration())) {
            assertThat(hbase.zookeeperPort()).isEqualTo(port);
            assertThat(rows(connection)).containsAll(acknowledged);
        }
    }

    @Test
    void start_directoryInUse_isRefusedWithDirectoryAndPid() throws Exception {
        try (ChildHBase child = ChildHBase.start(directory)) {
            assertThatThrownBy(() -> EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory)))
                    .isInstanceOf(EmbeddedHBaseException.class)
                    .hasMessageContaining(directory.toRealPath().toString())
                    .hasMessageContaining("pid " + child.pid());

            assertThat(child.terminate()).isZero();
        }
    }

    @Test
    void start_foreignZooKeeperOnThePort_isRefusedAndFreesTheDirectory() throws Exception {
        MiniZooKeeperCluster foreign = new MiniZooKeeperCluster(new Configuration(false));
        int port = foreign.startup(
                Files.createDirectory(directory.resolve("foreign")).toFile());
        EmbeddedHBaseConfig config =
                EmbeddedHBaseConfig.on(directory.resolve("data")).withZookeeperPort(port);
        try {
            assertThatThrownBy(() -> EmbeddedHBase.start(config))
                    .isInstanceOf(EmbeddedHBaseException.class)
                    .hasMessageContaining("zookeeper port in use: localhost:" + port);
        } finally {
            foreign.shutdown();
        }

        DirectoryLock.acquire(config.directory()).close();
    }

    @Test
    void kill_underLoad_keepsEveryAcknowledgedRow() throws Exception {
        List<String> acknowledged;
        try (ChildHBase child = ChildHBase.start(directory);
                Connection connection = ConnectionFactory.createConnection(child.clientConfiguration())) {
            createTable(connection);
            try (PutLoad load = new PutLoad(connection, TABLE, 8)) {
                load.awaitMoreRows(2_000);
                child.kill();
                acknowledged = load.abandon();
            }
        }

        try (ChildHBase child = ChildHBase.start(directory);
                Connection connection = ConnectionFactory.createConnection(child.clientConfiguration())) {
            assertThat(rows(connection)).containsAll(acknowledged);
            assertThat(child.terminate()).isZero();
        }
    }

    private static void createTable(Connection connection) throws IOException {
        try (Admin admin = connection.getAdmin()) {
            TableDescriptor table = TableDescriptorBuilder.newBuilder(TABLE)
                    .setColumnFamily(ColumnFamilyDescriptorBuilder.newBuilder(PutLoad.FAMILY)
                            .setCompressionType(Compression.Algorithm.SNAPPY)
                            .build())
                    .build();
            admin.createTable(table, new byte[][] {Bytes.toBytes("h"), Bytes.toBytes("p")});
        }
    }

    private static List<String> splitAndMergeUnderLoad(Connection connection) throws Exception {
        try (Admin admin = connection.getAdmin();
                PutLoad load = new PutLoad(connection, TABLE, 8)) {
            load.awaitMoreRows(3_000);
            List<RegionInfo> regions = admin.getRegions(TABLE);
            await(admin.splitRegionAsync(regions.get(0).getRegionName(), Bytes.toBytes("d")));
            // Not the daughters: a region that still refers to its parent's files cannot be merged yet.
            await(admin.mergeRegionsAsync(
                    new byte[][] {regions.get(1).getRegionName(), regions.get(2).getRegionName()}, false));
            assertThat(admin.getRegions(TABLE))
                    .extracting(region -> Bytes.toString(region.getStartKey()))
                    .containsExactly("", "d", "h");
            load.awaitMoreRows(500);
            List<String> acknowledged = load.stop();
            assertThat(load.failures()).isEmpty();
            return acknowledged;
        }
    }

    private static void await(Future<Void> procedure) throws Exception {
        procedure.get(60, TimeUnit.SECONDS);
    }

    private static Set<String> rows(Connection connection) throws IOException {
        Set<String> rows = new HashSet<>();
        try (Table table = connection.getTable(TABLE);
                ResultScanner scanner = table.getScanner(new Scan().setCaching(1_000))) {
            for (Result result : scanner) {
                rows.add(Bytes.toString(result.getRow()));
            }
        }
        return rows;
    }
}
