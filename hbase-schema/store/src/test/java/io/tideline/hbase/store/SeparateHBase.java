package io.tideline.hbase.store;

import com.codahale.metrics.MetricRegistry;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.testcluster.SeparateCluster;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;

/** One cluster of processes of their own, started by the first test that needs it, for all tests of this JVM. */
final class SeparateHBase {
    private static final SeparateHBase INSTANCE = new SeparateHBase();

    private final SeparateCluster cluster;
    private final HBaseStorage storage;

    private SeparateHBase() {
        try {
            cluster = SeparateCluster.start(2, List.of(Path.of(System.getProperty("tideline.sequencer.classes"))));
        } catch (Exception e) {
            throw new IllegalStateException("the cluster did not start", e);
        }
        storage = HBaseStorage.open(
                configuration(cluster), SchemaConfig.embedded(), HBaseStorage.SchemaMode.CREATE, new MetricRegistry());
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    }

    private void stop() {
        storage.close();
        try {
            cluster.close();
        } catch (Exception e) {
            throw new IllegalStateException("the cluster did not stop", e);
        }
    }

    private static Configuration configuration(SeparateCluster cluster) {
        Configuration configuration = HBaseConfiguration.create();
        configuration.set("hbase.zookeeper.quorum", "localhost");
        configuration.setInt("hbase.zookeeper.property.clientPort", cluster.zookeeperPort());
        return configuration;
    }

    static HBaseStorage storage() {
        return INSTANCE.storage;
    }

    static SeparateCluster cluster() {
        return INSTANCE.cluster;
    }

    static Configuration configuration() {
        return configuration(INSTANCE.cluster);
    }
}
