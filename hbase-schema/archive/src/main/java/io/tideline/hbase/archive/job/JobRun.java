package io.tideline.hbase.archive.job;

import java.io.IOException;
import org.apache.hadoop.mapreduce.Job;

/** Where one job runs. Closing returns when nothing of it is at work any more, and takes its files away. */
sealed interface JobRun extends AutoCloseable permits LocalRun, YarnRun {
    void kill(Job job) throws IOException;

    void succeeded();

    /** In one line, of a job that has failed. */
    String failure(Job job) throws IOException, InterruptedException;

    @Override
    void close() throws IOException, InterruptedException;
}
