package io.tideline.hbase.archive.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tideline.core.archive.ArchiveProgress;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.mapred.LocalJobRunner;
import org.apache.hadoop.mapreduce.Job;
import org.junit.jupiter.api.Test;

final class LocalJobRunnerIT extends JobRunnerContract {
    /** Hadoop's pings of a task are three seconds apart. */
    private static final long END_LIMIT_MILLIS = 20_000;

    /** With a file system such as an embedded HBase has, whose class Hadoop's runner does not take. */
    @Override
    Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.setInt("mapreduce.local.map.tasks.maximum", 2);
        configuration.setClass("fs.file.impl", RawLocalFileSystem.class, RawLocalFileSystem.class);
        return configuration;
    }

    @Override
    String hadoop() {
        return "3.4.2";
    }

    @Test
    void run_mapperFailsQuotingContent_messageHasOnlyThePlace() {
        assertThatThrownBy(() -> runner().run(job(LinesMapper.Behaviour.FAIL_WITH_CONTENT), ArchiveProgress.NONE))
                .isInstanceOf(JobFailedException.class)
                .hasMessageContaining("java.lang.IllegalStateException at io.tideline")
                .hasMessageNotContaining(LinesMapper.SECRET);
    }

    /** The second one finds the job stopped when it begins. */
    @Test
    void run_mapsOneAfterTheOtherAndTheFirstFails_leavesNothing() throws Exception {
        Job job = job(LinesMapper.Behaviour.FAIL);
        LocalJobRunner.setLocalMaxRunningMaps(job, 1);

        assertThatThrownBy(() -> runner().run(job, ArchiveProgress.NONE)).isInstanceOf(JobFailedException.class);

        assertNothingIsLeft(false);
    }

    @Override
    void assertNothingIsLeft(boolean succeeded) {
        super.assertNothingIsLeft(succeeded);
        assertThat(files(shared())).isEmpty();
        assertThat(files(output())).noneMatch(file -> file.endsWith(".crc"));
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("LocalJobRunner Map Task Executor")
                        || thread.getName().equals("communication thread"))
                .allSatisfy(thread -> {
                    thread.join(END_LIMIT_MILLIS);
                    assertThat(thread.isAlive()).isFalse();
                });
    }
}
