package io.tideline.tools.process;

import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.store.RegionChanges;
import io.tideline.hbase.testcluster.SeparateCluster;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.ServerName;
import org.jspecify.annotations.Nullable;

/**
 * One HBase of two region servers on HDFS for all tests of this JVM, without Tideline on its class path: the sequencer
 * comes from a jar in HDFS, as in production.
 */
final class SharedCluster {
    private static @Nullable SharedCluster current;

    private final SeparateCluster cluster;
    private final URI firstJar;
    private final URI secondJar;

    private SharedCluster() {
        cluster = SeparateCluster.start(2, List.of());
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::close));
        Path jar = sequencerJar();
        firstJar = cluster.putJar(jar, "/tideline/sequencer-1.jar");
        secondJar = cluster.putJar(jar, "/tideline/sequencer-2.jar");
    }

    /** The cluster, or another one when a test has failed on it: what is broken must not fail the rest as well. */
    static synchronized SharedCluster get() {
        @Nullable SharedCluster known = current;
        if (known != null && known.cluster.wasDiagnosed()) {
            known.cluster.close();
            known = null;
        }
        if (known == null) {
            known = new SharedCluster();
            current = known;
        }
        return known;
    }

    SeparateCluster cluster() {
        return cluster;
    }

    String firstJar() {
        return firstJar.toString();
    }

    String secondJar() {
        return secondJar.toString();
    }

    String quorum() {
        return "localhost:" + cluster.zookeeperPort();
    }

    Configuration configuration() {
        Configuration configuration = HBaseConfiguration.create();
        configuration.set("hbase.zookeeper.quorum", "localhost");
        configuration.setInt("hbase.zookeeper.property.clientPort", cluster.zookeeperPort());
        // A test that HBase does not answer fails within minutes: the defaults are a minute a call and 20 in all.
        configuration.setInt("hbase.rpc.timeout", 20_000);
        configuration.setInt("hbase.client.operation.timeout", 90_000);
        return configuration;
    }

    /** A server on this cluster, in the namespace that {@link RegionChanges} works on. */
    ServeProcess serve(String... options) throws Exception {
        return serveOn(0, options);
    }

    ServeProcess serveOn(int port, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("--hbase-quorum", quorum(), "--sequencer-jar", firstJar()));
        all.addAll(List.of(options));
        return ServeProcess.start(port, all.toArray(String[]::new));
    }

    /** The number that {@link SeparateCluster} knows the region server of a timeline by. */
    int regionServerOf(RegionChanges changes, TimelineId timeline) throws IOException {
        ServerName server = changes.serverOf(timeline);
        return cluster.regionServers().stream()
                .filter(process -> process.port() == server.getPort())
                .findFirst()
                .orElseThrow()
                .index();
    }

    /** The jar that the build has made, or one of its classes when those are on the class path as a directory. */
    private static Path sequencerJar() {
        try {
            Path code = Path.of(SchemaNames.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Files.isDirectory(code) ? jarOf(code) : code;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path jarOf(Path classes) throws IOException {
        Path jar = Files.createTempFile("sequencer", ".jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream output = new JarOutputStream(file);
                Stream<Path> paths = Files.walk(classes)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                output.putNextEntry(new JarEntry(classes.relativize(path).toString()));
                Files.copy(path, output);
            }
        }
        jar.toFile().deleteOnExit();
        return jar;
    }
}
