package io.tideline.hbase.archive.job;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.MRJobConfig;
import org.apache.hadoop.mapreduce.TaskCompletionEvent;
import org.apache.hadoop.util.ApplicationClassLoader;

/**
 * A job on YARN. Its containers run the cluster's Hadoop; the job's classes come from a loader of their own, in the order
 * of this process's class path, and see of the cluster's libraries only Hadoop and slf4j.
 */
final class YarnRun implements JobRun {
    /**
     * HBase and all else are the job's; Hadoop's own classes and the logging facade, which stands in the signatures of
     * some of them, are the cluster's. HBase has classes in Hadoop's package of metrics, which reach into those that are
     * private there, so that all of the package must come from one loader: the job's.
     */
    private static final String CLUSTERS_CLASSES =
            "-org.apache.hadoop.metrics2.," + ApplicationClassLoader.SYSTEM_CLASSES_DEFAULT + ",org.slf4j.";

    private static final List<String> JVM_FLAGS =
            List.of("--add-opens=", "--add-exports=", "-Dorg.apache.hbase.thirdparty.io.netty.");
    private static final int EVENTS = 1000;
    private static final long STAGING_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long STAGING_POLL_MILLIS = 200;

    private final Job job;
    private boolean succeeded;

    private YarnRun(Job job) {
        this.job = job;
    }

    static YarnRun prepare(Job job, org.apache.hadoop.fs.Path shared) throws IOException {
        Configuration configuration = job.getConfiguration();
        try {
            WatchedMapper.install(job);
        } catch (ClassNotFoundException e) {
            throw new IOException("the job's mapper is not on the class path", e);
        }
        useLocalFileSystemOfHadoop(configuration);
        setClassPath(configuration, shared);
        setJvm(configuration);
        return new YarnRun(job);
    }

    /** The file system class of an embedded HBase is not on the cluster's class path, and its Hadoop casts to its own. */
    private static void useLocalFileSystemOfHadoop(Configuration configuration) {
        String given = configuration.get("fs.file.impl");
        if (given != null && !given.equals(LocalFileSystem.class.getName())) {
            configuration.unset("fs.file.impl");
            configuration.setBoolean("fs.file.impl.disable.cache", true);
        }
    }

    private static void setClassPath(Configuration configuration, org.apache.hadoop.fs.Path shared) throws IOException {
        FileSystem fileSystem = shared.getFileSystem(configuration);
        SharedLibrary library = new SharedLibrary(fileSystem, new org.apache.hadoop.fs.Path(shared, "lib"));
        List<Path> entries = ProcessClassPath.toShip(System.getProperty("java.class.path"));
        List<String> files = new ArrayList<>();
        List<String> links = new ArrayList<>();
        for (org.apache.hadoop.fs.Path jar : library.putAll(entries)) {
            files.add(jar.toUri().toString());
            // Jars would be found as "*", in the order of the directory; links of other names stand in the order given.
            links.add(jar.toUri() + "#lib-" + links.size());
        }
        append(configuration, MRJobConfig.CLASSPATH_FILES, files);
        append(configuration, MRJobConfig.CACHE_FILES, links);
        configuration.setBoolean(MRJobConfig.MAPREDUCE_JOB_CLASSLOADER, true);
        configuration.set(MRJobConfig.MAPREDUCE_JOB_CLASSLOADER_SYSTEM_CLASSES, CLUSTERS_CLASSES);
    }

    private static void append(Configuration configuration, String key, List<String> values) {
        configuration.set(
                key,
                Stream.concat(Stream.of(configuration.getTrimmedStrings(key)), values.stream())
                        .collect(Collectors.joining(",")));
    }

    /** The containers may reach into the JDK as this process may. */
    private static void setJvm(Configuration configuration) {
        String flags = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> JVM_FLAGS.stream().anyMatch(argument::startsWith))
                .collect(Collectors.joining(" "));
        // Nodes before Hadoop 3.4 do not know the mark that stands for such flags, and try to read a file of its name.
        configuration.setBoolean(MRJobConfig.MAPREDUCE_JVM_ADD_OPENS_JAVA_OPT, false);
        String child = configuration.get("mapred.child.java.opts", "");
        configuration.set(MRJobConfig.MAP_JAVA_OPTS, configuration.get(MRJobConfig.MAP_JAVA_OPTS, child) + " " + flags);
        configuration.set(
                MRJobConfig.MR_AM_COMMAND_OPTS,
                configuration.get(MRJobConfig.MR_AM_COMMAND_OPTS, MRJobConfig.DEFAULT_MR_AM_COMMAND_OPTS) + " "
                        + flags);
        String javaHome = configuration.get(JobRunner.CONTAINER_JAVA_HOME);
        if (javaHome != null) {
            configuration.set(MRJobConfig.MAP_ENV + ".JAVA_HOME", javaHome);
            configuration.set(MRJobConfig.MR_AM_ENV + ".JAVA_HOME", javaHome);
        }
    }

    @Override
    public void kill(Job running) throws IOException {
        running.killJob();
    }

    @Override
    public void succeeded() {
        succeeded = true;
    }

    @Override
    public String failure(Job failed) throws IOException, InterruptedException {
        for (TaskCompletionEvent event : failed.getTaskCompletionEvents(0, EVENTS)) {
            if (event.getStatus() == TaskCompletionEvent.Status.FAILED
                    || event.getStatus() == TaskCompletionEvent.Status.TIPFAILED) {
                String diagnostics = String.join("\n", failed.getTaskDiagnostics(event.getTaskAttemptId()));
                if (!diagnostics.isBlank()) {
                    return event.getTaskAttemptId() + ": " + FailureSummary.of(diagnostics);
                }
            }
        }
        return FailureSummary.of(failed.getStatus().getFailureInfo());
    }

    /** The application master takes its files away, but not when it was killed before it began. */
    @Override
    public void close() throws IOException, InterruptedException {
        String staging = job.getConfiguration().get(MRJobConfig.MAPREDUCE_JOB_DIR);
        if (staging == null || succeeded) {
            return;
        }
        org.apache.hadoop.fs.Path directory = new org.apache.hadoop.fs.Path(staging);
        FileSystem fileSystem = directory.getFileSystem(job.getConfiguration());
        long end = System.nanoTime() + STAGING_LIMIT_NANOS;
        while (fileSystem.exists(directory) && System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(STAGING_POLL_MILLIS);
        }
        fileSystem.delete(directory, true);
    }
}
