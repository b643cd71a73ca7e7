package io.tideline.tools.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.TidelineCallException;
import io.tideline.client.TidelineClient;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.store.DiagnosedOnFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.hbase.NamespaceDescriptor;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What {@code serve} says about a cluster that it cannot use, or cannot use fully. */
@ExtendWith(DiagnosedOnFailure.class)
final class ClusterStartIT {
    private static final TimelineName ROOM = Timelines.conversation("start");

    private final SharedCluster shared = SharedCluster.get();

    @TempDir
    private Path temporary;

    @Test
    void serve_siteFile_usesItsCluster() throws Exception {
        Path site = temporary.resolve("hbase-site.xml");
        Files.writeString(site, """
                <configuration>
                    <property><name>hbase.zookeeper.quorum</name><value>localhost</value></property>
                    <property><name>hbase.zookeeper.property.clientPort</name><value>%d</value></property>
                </configuration>
                """.formatted(shared.cluster().zookeeperPort()));

        try (ServeProcess server =
                        ServeProcess.start(0, "--hbase-site", site.toString(), "--sequencer-jar", shared.firstJar());
                TidelineClient client = server.client()) {
            assertThat(server.storage()).isEqualTo("cluster of " + site);
            long seq = Timelines.append(client, ROOM, "m1").getSeq();
            assertThat(Timelines.append(client, ROOM, "m2").getSeq()).isEqualTo(seq + 1);

            server.jvm().terminate();
            assertThat(server.jvm().awaitExit(5)).isZero();
        }
    }

    @Test
    void serve_nobodyAtTheQuorum_saysSoAndEnds() throws Exception {
        String nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = "localhost:" + free.getLocalPort();
        }

        try (ChildJvm server = ServeProcess.launch("--port", "0", "--hbase-quorum", nobody)) {
            assertThat(server.awaitExit(60)).isEqualTo(3);
            assertThat(server.messages()).singleElement().asString().contains("cannot be reached", nobody);
        }
    }

    @Test
    void serve_sequencerOnNoClassPath_saysSoAndEnds() throws Exception {
        assertCannotBeLoaded();
    }

    @Test
    void serve_sequencerJarThatIsMissing_saysSoAndEnds() throws Exception {
        assertCannotBeLoaded("--sequencer-jar", shared.cluster().hdfsUri() + "/tideline/none.jar");
    }

    private void assertCannotBeLoaded(String... options) throws Exception {
        List<String> all =
                new ArrayList<>(List.of("--port", "0", "--hbase-quorum", shared.quorum(), "--namespace", "nojar"));
        all.addAll(List.of(options));

        try (ChildJvm server = ServeProcess.launch(all.toArray(String[]::new))) {
            assertThat(server.awaitExit(90)).isEqualTo(3);
            assertThat(server.messages())
                    .singleElement()
                    .asString()
                    .contains("cannot load the sequencer", "--sequencer-jar");
        }
    }

    @Test
    void serve_tableWithoutSequencer_refusesAppendsAndReads() throws Exception {
        createBareTable("bare");

        try (ServeProcess server = shared.serve("--namespace", "bare", "--regions", "1");
                TidelineClient client = server.client()) {
            assertThat(server.jvm().errors()).contains("the sequencer is missing from the table");
            assertThatThrownBy(() -> Timelines.append(client, ROOM, "m1"))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(TidelineCallException.class, failure -> {
                        assertThat(failure.code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
                        assertThat(failure.reason()).isEqualTo("SCHEMA_MISMATCH");
                    });
            assertThat(Timelines.readAll(client, ROOM)).isEmpty();
        }
    }

    /** A table as somebody may have made it by hand. */
    private void createBareTable(String namespace) throws IOException {
        try (Connection connection = ConnectionFactory.createConnection(shared.configuration());
                Admin admin = connection.getAdmin()) {
            admin.createNamespace(NamespaceDescriptor.create(namespace).build());
            admin.createTable(TableDescriptorBuilder.newBuilder(TableName.valueOf(namespace, "hot"))
                    .setColumnFamilies(Arrays.asList(
                            ColumnFamilyDescriptorBuilder.of(SchemaNames.HEAD_FAMILY),
                            ColumnFamilyDescriptorBuilder.of(SchemaNames.ENTRY_FAMILY),
                            ColumnFamilyDescriptorBuilder.of(SchemaNames.DEDUPE_FAMILY)))
                    .build());
        }
    }
}
