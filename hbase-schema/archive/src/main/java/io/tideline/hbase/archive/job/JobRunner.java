package io.tideline.hbase.archive.job;

import io.tideline.core.archive.ArchiveProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Counters;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.JobStatus;
import org.apache.hadoop.mapreduce.MRConfig;
import org.apache.hadoop.mapreduce.MRJobConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs jobs without a reduce phase where their configuration's {@code mapreduce.framework.name} says: {@code local} (the
 * default) inside this process, as many maps at a time as {@code mapreduce.local.map.tasks.maximum} allows, or {@code yarn}.
 *
 * <p>Whatever the job names as its jar is replaced: tasks get the class path of this process. On YARN it is copied once to
 * {@code lib} in the shared directory, jar by jar under the hash of its content, and stands in the containers before and
 * apart from that of the cluster's Hadoop, which runs the application master.
 *
 * <p>May be used by any number of threads; a job is for one run.
 */
public final class JobRunner {
    /** Where the JDK 17 of the containers is, when the cluster's own setting is another; names a path on the nodes. */
    public static final String CONTAINER_JAVA_HOME = "tideline.archive.container.java-home";

    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final List<String> SITES =
            List.of("core-site.xml", "hdfs-site.xml", "yarn-site.xml", "mapred-site.xml");
    private static final String STAGE = "map";
    private static final long THOUSANDTHS = 1000;
    private static final long POLL_MILLIS = 200;

    private final Path local;
    private final org.apache.hadoop.fs.Path shared;

    /**
     * @param local for the files of jobs inside this process, each in a directory of its own that goes with the job
     * @param shared for the libraries of jobs on YARN; every node must reach it
     */
    public JobRunner(Path local, org.apache.hadoop.fs.Path shared) {
        this.local = local.toAbsolutePath();
        this.shared = shared;
    }

    /**
     * A copy of a configuration with what the {@code core-}, {@code hdfs-}, {@code yarn-} and {@code mapred-site.xml} of a
     * directory say; values that were set in the given one by a program stay.
     *
     * @throws IllegalArgumentException when the directory has no {@code yarn-site.xml}
     */
    public static Configuration withSites(Configuration base, Path directory) {
        if (!Files.isRegularFile(directory.resolve("yarn-site.xml"))) {
            throw new IllegalArgumentException("directory: " + directory + " (expected: one with a yarn-site.xml)");
        }
        Configuration configuration = new Configuration(base);
        for (String site : SITES) {
            Path file = directory.resolve(site);
            if (Files.isRegularFile(file)) {
                configuration.addResource(new org.apache.hadoop.fs.Path(file.toUri()));
            }
        }
        return configuration;
    }

    /**
     * Runs a job to its end and tells how far its maps are, as thousandths of all. When a stop is requested or this thread
     * is interrupted, the job is killed, and this returns after its end.
     *
     * @param job not yet submitted; its configuration is changed
     * @return the job's counters
     * @throws JobFailedException with the first failure
     * @throws JobStoppedException when the job was killed
     * @throws IOException when it could not be submitted, or the cluster does not answer any more
     * @throws IllegalArgumentException when the configuration names another framework, or the job has a reduce phase
     */
    public Counters run(Job job, ArchiveProgress progress) throws IOException, InterruptedException {
        Configuration configuration = job.getConfiguration();
        if (job.getNumReduceTasks() != 0) {
            throw new IllegalArgumentException("job: has a reduce phase (expected: 0 reduce tasks)");
        }
        if (progress.isStopRequested()) {
            throw new JobStoppedException("stopped before the job began");
        }
        configuration.unset(MRJobConfig.JAR);
        configuration.unset("tmpjars");
        // Or Hadoop warns that this is not a program of its command line.
        configuration.setBoolean(Job.USED_GENERIC_PARSER, true);
        String framework = configuration.get(MRConfig.FRAMEWORK_NAME, MRConfig.LOCAL_FRAMEWORK_NAME);
        return switch (framework) {
            case MRConfig.LOCAL_FRAMEWORK_NAME -> runHere(job, progress);
            case MRConfig.YARN_FRAMEWORK_NAME -> runOnYarn(job, progress);
            default ->
                throw new IllegalArgumentException(
                        MRConfig.FRAMEWORK_NAME + ": " + framework + " (expected: local or yarn)");
        };
    }

    private Counters runHere(Job job, ArchiveProgress progress) throws IOException, InterruptedException {
        try (LocalRun run = LocalRun.prepare(job, local)) {
            return runToEnd(job, progress, run);
        }
    }

    private Counters runOnYarn(Job job, ArchiveProgress progress) throws IOException, InterruptedException {
        try (YarnRun run = YarnRun.prepare(job, shared)) {
            return runToEnd(job, progress, run);
        }
    }

    private static Counters runToEnd(Job job, ArchiveProgress progress, JobRun run)
            throws IOException, InterruptedException {
        try {
            job.submit();
            LOG.info("Job {} began", job.getJobID());
            await(job, progress, run);
            JobStatus.State state = job.getStatus().getState();
            LOG.info("Job {} ended: {}", job.getJobID(), state);
            return switch (state) {
                case SUCCEEDED -> {
                    run.succeeded();
                    yield job.getCounters();
                }
                case KILLED -> throw new JobStoppedException(job.getJobID() + ": killed");
                default -> throw new JobFailedException(job.getJobID() + ": " + run.failure(job));
            };
        } catch (ClassNotFoundException e) {
            throw new IOException("a class of the job is not on the class path", e);
        } finally {
            job.close();
        }
    }

    private static void await(Job job, ArchiveProgress progress, JobRun run) throws IOException, InterruptedException {
        boolean stopping = false;
        boolean complete = false;
        try {
            while (!job.isComplete()) {
                progress.at(STAGE, Math.round(job.mapProgress() * THOUSANDTHS), THOUSANDTHS);
                if (!stopping && progress.isStopRequested()) {
                    stopping = true;
                    run.kill(job);
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
            complete = true;
        } finally {
            if (!complete && !stopping) {
                // The thread was interrupted, or whoever hears of the progress failed.
                run.kill(job);
            }
        }
        progress.at(STAGE, Math.round(job.mapProgress() * THOUSANDTHS), THOUSANDTHS);
    }
}
