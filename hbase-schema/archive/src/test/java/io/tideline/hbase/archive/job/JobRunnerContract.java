package io.tideline.hbase.archive.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tideline.core.archive.ArchiveProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Counter;
import org.apache.hadoop.mapreduce.Counters;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.lib.input.FileInputFormat;
import org.apache.hadoop.mapreduce.lib.input.TextInputFormat;
import org.apache.hadoop.mapreduce.lib.output.NullOutputFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What holds for a job wherever it runs. */
@Timeout(120)
abstract class JobRunnerContract {
    private static final int LINES = 1000;
    private static final int MAPS = 2;

    @TempDir
    private Path directory;

    abstract Configuration configuration();

    /** The version of the Hadoop that runs the tasks. */
    abstract String hadoop();

    @Test
    void run_job_writesWithOurLibraries() throws Exception {
        Progress progress = new Progress();

        Counters counters = runner().run(job(LinesMapper.Behaviour.WORK), progress);

        assertThat(counters.findCounter("lines", "written").getValue()).isEqualTo(LINES);
        assertThat(names(counters, "versions"))
                .containsExactlyInAnyOrder(
                        "avro 1.12.0", "jackson 2.19.2", "hbase 2.6.4-hadoop3", "hadoop " + hadoop());
        assertThat(files(output()))
                .filteredOn(file -> !file.endsWith(".crc"))
                .hasSize(2 * MAPS)
                .filteredOn(file -> file.endsWith(".parquet"))
                .hasSize(MAPS);
        assertThat(progress.last).isEqualTo("map 1000/1000");
        assertNothingIsLeft(true);
    }

    @Test
    void run_mapperFails_throwsItsCause() {
        assertThatThrownBy(() -> runner().run(job(LinesMapper.Behaviour.FAIL), ArchiveProgress.NONE))
                .isInstanceOf(JobFailedException.class)
                .hasMessageContaining("_m_00000")
                .hasMessageContaining("java.io.IOException: no space left in this test at io.tideline")
                .hasMessageContaining("LinesMapper.run");
        assertNothingIsLeft(false);
    }

    @Test
    void run_stopRequested_killsTheJob() {
        Progress progress = new Progress();
        progress.stopWhenThere = output().resolve(LinesMapper.STARTED);

        assertThatThrownBy(() -> runner().run(job(LinesMapper.Behaviour.NEVER_END), progress))
                .isInstanceOf(JobStoppedException.class);
        assertNothingIsLeft(false);
    }

    void assertNothingIsLeft(boolean succeeded) {
        assertThat(files(work())).isEmpty();
    }

    JobRunner runner() {
        return new JobRunner(work(), new org.apache.hadoop.fs.Path(shared().toUri()));
    }

    Path shared() {
        return directory.resolve("shared");
    }

    private Path work() {
        return directory.resolve("work");
    }

    Path output() {
        return directory.resolve("output");
    }

    Job job(LinesMapper.Behaviour behaviour) throws IOException {
        Path input = directory.resolve("lines.txt");
        List<String> lines =
                IntStream.range(0, LINES).mapToObj("line %06d"::formatted).toList();
        Files.write(input, lines, UTF_8);
        Job job = Job.getInstance(configuration(), "lines");
        job.setInputFormatClass(TextInputFormat.class);
        FileInputFormat.addInputPath(job, new org.apache.hadoop.fs.Path(input.toUri()));
        FileInputFormat.setMaxInputSplitSize(job, Files.size(input) / MAPS + 1);
        job.setMapperClass(LinesMapper.class);
        job.setNumReduceTasks(0);
        job.setOutputFormatClass(NullOutputFormat.class);
        job.getConfiguration().setEnum(LinesMapper.BEHAVIOUR, behaviour);
        job.getConfiguration().set(LinesMapper.OUTPUT, output().toUri().toString());
        job.setMaxMapAttempts(1);
        return job;
    }

    static List<String> files(Path root) {
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).map(Path::toString).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> names(Counters counters, String group) {
        return StreamSupport.stream(counters.getGroup(group).spliterator(), false)
                .map(Counter::getName)
                .toList();
    }

    private static final class Progress implements ArchiveProgress {
        private volatile String last = "";
        private volatile Path stopWhenThere = Path.of("never");

        @Override
        public void at(String stage, long done, long total) {
            last = stage + " " + done + "/" + total;
        }

        @Override
        public boolean isStopRequested() {
            return Files.exists(stopWhenThere);
        }
    }
}
