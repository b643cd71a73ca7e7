package io.tideline.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.tools.CliFixture;
import io.tideline.tools.CliFixture.Run;
import io.tideline.tools.command.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ArchiveLocationTest {
    @TempDir
    private Path data;

    private StorageLocation.Embedded embedded() {
        return new StorageLocation.Embedded(data, false);
    }

    private void assertRefused(String location, String how) {
        assertThatExceptionOfType(ArchiveLocation.RefusedException.class)
                .isThrownBy(() -> ArchiveLocation.parse(location).requireApartFrom(embedded()))
                .withMessageStartingWith("--archive: ")
                .withMessageContaining(how);
    }

    private static void assertRefused(String location, Configuration hbase) {
        assertThatExceptionOfType(ArchiveLocation.RefusedException.class)
                .isThrownBy(() -> ArchiveLocation.parse(location).requireApartFrom(hbase));
    }

    @Test
    void default_liesNextToHBasesRoot() {
        ArchiveLocation location = ArchiveLocation.besides(embedded());

        location.requireApartFrom(embedded());
        assertThat(Path.of(location.directory())).isEqualTo(data.resolve("archive"));
    }

    @Test
    void placesOfEmbeddedHBase_areRefused() {
        assertRefused(data.resolve("hbase").toString(), " is ");
        assertRefused(data.resolve("hbase") + "/", " is ");
        assertRefused(data.resolve("hbase").resolve("archive").toString(), "inside");
        assertRefused(
                data.resolve("archive")
                        .resolve("..")
                        .resolve("hbase")
                        .resolve("x")
                        .toString(),
                "inside");
        assertRefused(data.resolve("zookeeper").toUri().toString(), " is ");
        assertRefused(data.resolve("tmp").resolve("x").toString(), "inside");
        assertRefused(data.toString(), "around");
        assertRefused("/", "around");
        assertRefused("file:///", "around");
        // A name that only begins alike is another directory.
        ArchiveLocation.parse(data.resolve("hbase-archive").toString()).requireApartFrom(embedded());
        ArchiveLocation.parse("hdfs://cluster" + data.resolve("hbase")).requireApartFrom(embedded());
    }

    @Test
    void links_areLookedThrough(@TempDir Path elsewhere) throws IOException {
        Files.createDirectories(data.resolve("hbase"));
        Path link = Files.createSymbolicLink(elsewhere.resolve("link"), data.resolve("hbase"));
        Path up = Files.createSymbolicLink(elsewhere.resolve("up"), data);

        assertRefused(link.toString(), "is");
        assertRefused(link.resolve("cold").resolve("files").toString(), "inside");
        assertRefused(up.toString(), "around");
        ArchiveLocation.parse(up.resolve("archive").toString()).requireApartFrom(embedded());
    }

    @ParameterizedTest
    @CsvSource({
        "hdfs://cluster/hbase, hdfs://cluster/hbase",
        "hdfs://cluster/hbase, hdfs://cluster/hbase/archive",
        "hdfs://cluster/hbase, hdfs://cluster/",
        "hdfs://cluster/hbase, hdfs:///hbase/x",
        "hdfs://cluster/hbase, hdfs://namenode:8020/hbase/x",
        "hdfs://cluster/hbase, HDFS://cluster/x/../hbase",
        "/hbase, hdfs://cluster/hbase/x",
        "s3a://bucket/hbase, s3a://bucket",
    })
    void rootsOfClusters_areRefused(String root, String location) {
        Configuration hbase = new Configuration(false);
        hbase.set("fs.defaultFS", "hdfs://cluster");
        hbase.set("hbase.rootdir", root);

        assertRefused(location, hbase);
    }

    @Test
    void logsOfClusters_areRefusedToo_otherPlacesAreNot() {
        Configuration hbase = new Configuration(false);
        hbase.set("hbase.rootdir", "s3a://bucket/hbase");
        hbase.set("hbase.wal.dir", "hdfs://cluster/wal");

        assertRefused("hdfs://cluster/wal/cold", hbase);
        ArchiveLocation.parse("hdfs://cluster/tideline/archive").requireApartFrom(hbase);
        ArchiveLocation.parse("s3a://other/hbase/archive").requireApartFrom(hbase);
        ArchiveLocation.parse("s3a://bucket/hbase2").requireApartFrom(hbase);
        ArchiveLocation.parse("/hbase").requireApartFrom(hbase);
        ArchiveLocation.parse("/hbase").requireApartFrom(new Configuration(false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "s3a:bucket",
                "hdfs://c/x?y=1",
                "hdfs://c/x#y",
                "hdfs://c/a b",
                "file://host/x",
                "file:x"
            })
    void whatIsNoPlace_isRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ArchiveLocation.parse(text))
                .withMessageStartingWith("archive: ");
    }

    @Test
    void serve_withNoPlace_doesNotStart() {
        Run run = CliFixture.runAlone("serve", "--port", "0", "--archive", "s3a:bucket");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--archive: 's3a:bucket'");
    }
}
