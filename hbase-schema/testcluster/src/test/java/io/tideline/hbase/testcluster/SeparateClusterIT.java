package io.tideline.hbase.testcluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.HRegionLocation;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.RegionInfo;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class SeparateClusterIT {

    private static final byte[] FAMILY = "f".getBytes(UTF_8);
    private static final byte[] QUALIFIER = "q".getBytes(UTF_8);
    private static final byte[] MIDDLE = row(50);
    private static final int ROWS = 100;
    private static final int LIMIT_SECONDS = 40;

    private static SeparateCluster cluster;
    private static Connection connection;

    @BeforeAll
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    static void start() throws IOException {
        cluster = SeparateCluster.start(2, List.of());
        connection = ConnectionFactory.createConnection(clientConfiguration());
    }

    @AfterAll
    static void close_noProcessIsLeft() throws Exception {
        connection.close();
        List<ProcessHandle> processes = processes(cluster);

        cluster.close();

        assertThat(processes).hasSizeGreaterThan(1);
        awaitEnd(processes);
        assertThat(cluster.logs().resolveSibling("data")).doesNotExist();
    }

    /** With a protobuf other than 2.5.0 on the servers' class path this is what never comes back. */
    @Test
    void split_tableWithRows_rowsAreServed() throws Exception {
        TableName table = createTable("split");
        putRows(table);

        try (Admin admin = connection.getAdmin()) {
            RegionInfo region = admin.getRegions(table).get(0);
            admin.splitRegionAsync(region.getRegionName(), MIDDLE).get(LIMIT_SECONDS, TimeUnit.SECONDS);

            assertThat(admin.getRegions(table)).hasSize(2);
        }
        assertRowsAreServed(table);
    }

    @Test
    void merge_twoRegions_rowsAreServed() throws Exception {
        TableName table = createTable("merge", MIDDLE);
        putRows(table);

        try (Admin admin = connection.getAdmin()) {
            byte[][] regions = admin.getRegions(table).stream()
                    .map(RegionInfo::getEncodedNameAsBytes)
                    .toArray(byte[][]::new);
            assertThat(regions).hasDimensions(2, regions[0].length);
            admin.mergeRegionsAsync(regions, false).get(LIMIT_SECONDS, TimeUnit.SECONDS);

            assertThat(admin.getRegions(table)).hasSize(1);
        }
        assertRowsAreServed(table);
    }

    @Test
    void kill_serverOfRegion_rowsAreServedAgain() throws Exception {
        TableName table = createTable("kill");
        putRows(table);
        RegionServerProcess host = hostOf(table);

        cluster.killRegionServer(host.index());
        cluster.startRegionServer();

        assertRowsAreServed(table);
        assertThat(cluster.regionServers()).hasSize(2).doesNotContain(host);
    }

    @Test
    void resume_serverSuspendedPastItsSession_endsItself() throws Exception {
        TableName table = createTable("suspend");
        putRows(table);
        RegionServerProcess host = hostOf(table);
        ProcessHandle process = ProcessHandle.of(host.pid()).orElseThrow();

        cluster.suspendRegionServer(host.index());
        RegionServerProcess replacement = cluster.startRegionServer();
        assertRowsAreServed(table);
        cluster.resumeRegionServer(host.index());

        process.onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertThat(cluster.regionServers()).doesNotContain(host).contains(replacement);
    }

    @Test
    void restartMaster_tableIsThere_nextTableCanBeCreated() throws Exception {
        TableName before = createTable("before-restart");

        cluster.restartMaster();
        TableName after = createTable("after-restart");

        try (Admin admin = connection.getAdmin()) {
            assertThat(admin.listTableNames()).contains(before, after);
        }
    }

    @Test
    void putJar_localFile_isInHdfs(@TempDir Path directory) throws Exception {
        Path jar = Files.writeString(directory.resolve("some.jar"), "content");

        URI uri = cluster.putJar(jar, "/jars/some-1.jar");

        assertThat(uri.toString()).isEqualTo(cluster.hdfsUri() + "/jars/some-1.jar");
        try (FileSystem hdfs = FileSystem.newInstance(uri, new Configuration());
                var in = hdfs.open(new org.apache.hadoop.fs.Path(uri))) {
            assertThat(in.readAllBytes()).isEqualTo("content".getBytes(UTF_8));
        }
    }

    /** A running region server notices by itself; a suspended one cannot, and is ended by the test's side. */
    @Test
    void controlProcess_killed_regionServersEnd() throws Exception {
        ProcessHandle running;
        ProcessHandle suspended;
        try (SeparateCluster other = SeparateCluster.start(2, List.of())) {
            List<RegionServerProcess> servers = other.regionServers();
            running = ProcessHandle.of(servers.get(0).pid()).orElseThrow();
            suspended = ProcessHandle.of(servers.get(1).pid()).orElseThrow();
            other.suspendRegionServer(servers.get(1).index());

            other.controlProcess().destroyForcibly();

            awaitEnd(List.of(running));
            assertThat(suspended.isAlive()).isTrue();
        }
        awaitEnd(List.of(suspended));
    }

    private static List<ProcessHandle> processes(SeparateCluster of) {
        List<ProcessHandle> processes = new ArrayList<>();
        processes.add(of.controlProcess());
        of.regionServers()
                .forEach(server -> processes.add(ProcessHandle.of(server.pid()).orElseThrow()));
        return processes;
    }

    private static void awaitEnd(List<ProcessHandle> processes) throws Exception {
        for (ProcessHandle process : processes) {
            process.onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static RegionServerProcess hostOf(TableName table) throws IOException {
        try (var locator = connection.getRegionLocator(table)) {
            HRegionLocation location = locator.getRegionLocation(new byte[0], true);
            return cluster.regionServers().stream()
                    .filter(server -> server.port() == location.getPort())
                    .findAny()
                    .orElseThrow();
        }
    }

    private static TableName createTable(String name, byte[]... splits) throws IOException {
        TableName table = TableName.valueOf(name);
        try (Admin admin = connection.getAdmin()) {
            admin.createTable(
                    TableDescriptorBuilder.newBuilder(table)
                            .setColumnFamily(ColumnFamilyDescriptorBuilder.of(FAMILY))
                            .build(),
                    splits.length == 0 ? null : splits);
        }
        return table;
    }

    private static void putRows(TableName name) throws IOException {
        List<Put> puts = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            puts.add(new Put(row(i)).addColumn(FAMILY, QUALIFIER, row(i)));
        }
        try (Table table = connection.getTable(name)) {
            table.put(puts);
        }
    }

    private static void assertRowsAreServed(TableName name) throws IOException {
        List<Get> gets = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            gets.add(new Get(row(i)));
        }
        try (Table table = connection.getTable(name)) {
            Result[] results = table.get(gets);
            for (int i = 0; i < ROWS; i++) {
                assertThat(results[i].value()).isEqualTo(row(i));
            }
        }
    }

    private static byte[] row(int i) {
        return String.format("row-%03d", i).getBytes(UTF_8);
    }

    private static Configuration clientConfiguration() {
        Configuration conf = HBaseConfiguration.create();
        conf.set("hbase.zookeeper.quorum", cluster.zookeeperQuorum());
        conf.setInt("hbase.zookeeper.property.clientPort", cluster.zookeeperPort());
        conf.setInt("hbase.client.pause", 20);
        // What a suspended server costs a client, once for meta and once for the table.
        conf.setInt("hbase.rpc.timeout", 2000);
        // Short of the test's limit, so that a failure says what it waited for.
        conf.setInt("hbase.client.operation.timeout", LIMIT_SECONDS * 1000);
        return conf;
    }
}
