package io.tideline.hbase.archive.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.hbase.testcluster.SeparateYarn;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class YarnJobRunnerIT extends JobRunnerContract {
    /** One for all jobs, as of a server: the second finds its libraries there. */
    @TempDir
    private static Path libraries;

    private static SeparateYarn yarn;

    @BeforeAll
    @Timeout(130)
    static void start() {
        yarn = SeparateYarn.start();
    }

    @AfterAll
    static void stop() {
        yarn.close();
        assertThat(yarn.process().isAlive()).isFalse();
    }

    @Override
    Path shared() {
        return libraries;
    }

    @Override
    Configuration configuration() {
        Configuration embedded = new Configuration();
        embedded.setClass("fs.file.impl", RawLocalFileSystem.class, RawLocalFileSystem.class);
        return JobRunner.withSites(embedded, yarn.configuration());
    }

    /** The cluster's, not ours. */
    @Override
    String hadoop() {
        return "3.3.5";
    }

    /** What a job that succeeded has there, its application master takes away some seconds later. */
    @Override
    void assertNothingIsLeft(boolean succeeded) {
        super.assertNothingIsLeft(succeeded);
        Path jobs = Path.of(configuration().get("yarn.app.mapreduce.am.staging-dir"))
                .resolve(System.getProperty("user.name"))
                .resolve(".staging");
        if (!succeeded) {
            assertThat(files(jobs)).isEmpty();
        }
        assertThat(files(shared()))
                .isNotEmpty()
                .filteredOn(file -> !file.endsWith(".crc"))
                .allMatch(file -> file.matches(".*/lib/[^/]+-[0-9a-f]{16}\\.jar"));
    }
}
