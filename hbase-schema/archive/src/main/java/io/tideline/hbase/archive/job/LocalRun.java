package io.tideline.hbase.archive.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.mapreduce.Job;

/** A job inside this process. All that Hadoop's local runner writes goes into one directory. */
final class LocalRun implements JobRun {
    private static final Duration END_LIMIT = Duration.ofSeconds(60);

    private final Path directory;
    private final LocalTasks tasks;

    private LocalRun(Path directory, LocalTasks tasks) {
        this.directory = directory;
        this.tasks = tasks;
    }

    static LocalRun prepare(Job job, Path parent) throws IOException {
        Files.createDirectories(parent);
        Path directory = Files.createTempDirectory(parent, "job-");
        Configuration configuration = job.getConfiguration();
        configuration.set("hadoop.tmp.dir", directory.resolve("tmp").toString());
        configuration.set(
                "mapreduce.cluster.local.dir", directory.resolve("local").toString());
        configuration.set(
                "mapreduce.jobtracker.system.dir", directory.resolve("system").toString());
        configuration.set(
                "mapreduce.jobtracker.staging.root.dir",
                directory.resolve("staging").toString());
        // The runner casts what it gets for file: to LocalFileSystem, and the cache may hold another class.
        configuration.setClass("fs.file.impl", PlainLocalFileSystem.class, PlainLocalFileSystem.class);
        configuration.setBoolean("fs.file.impl.disable.cache", true);
        LocalTasks tasks = LocalTasks.open(String.valueOf(directory.getFileName()));
        LocalRun run = new LocalRun(directory, tasks);
        try {
            WatchedMapper.install(job, String.valueOf(directory.getFileName()));
        } catch (ClassNotFoundException e) {
            run.close();
            throw new IOException("the job's mapper is not on the class path", e);
        }
        return run;
    }

    @Override
    public void kill(Job job) throws IOException {
        tasks.stop();
        job.killJob();
    }

    @Override
    public void succeeded() {
        // Its files go in any case.
    }

    @Override
    public String failure(Job job) {
        return tasks.firstFailure().orElse("outside of its mappers, see the log");
    }

    /** Hadoop calls a job killed while the threads of its maps are still being interrupted. */
    @Override
    public void close() throws IOException {
        tasks.stop();
        boolean interrupted = false;
        boolean idle = false;
        try {
            idle = tasks.awaitIdle(END_LIMIT);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        tasks.close();
        FileUtil.fullyDelete(directory.toFile());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!idle) {
            throw new IOException("a map task did not end in " + END_LIMIT.toSeconds() + " s");
        }
    }
}
