package io.tideline.hbase.archive.job;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.util.ReflectionUtils;

/** Runs the job's own mapper inside this process: tells {@link LocalTasks} how it ends, and ends it when they are stopped. */
final class WatchedMapper<K, V, L, W> extends Mapper<K, V, L, W> {
    private static final String TASKS = "tideline.archive.job.tasks";
    private static final String MAPPER = "tideline.archive.job.mapper";

    /** Puts itself before the mapper of a job. */
    static void install(Job job, String tasks) throws ClassNotFoundException {
        Configuration configuration = job.getConfiguration();
        configuration.setClass(MAPPER, job.getMapperClass(), Mapper.class);
        configuration.set(TASKS, tasks);
        job.setMapperClass(WatchedMapper.class);
    }

    @Override
    public void run(Context context) throws IOException, InterruptedException {
        LocalTasks tasks = LocalTasks.named(context.getConfiguration().get(TASKS));
        tasks.begin();
        try {
            mapper(context.getConfiguration()).run(new StoppableInput<K, V, L, W>(tasks).around(context));
        } catch (InterruptedException e) {
            tasks.failed(context.getTaskAttemptID() + ": interrupted");
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            String summary = FailureSummary.of(e);
            tasks.failed(context.getTaskAttemptID() + ": " + summary);
            // Hadoop logs what it gets, and the exception itself may quote content.
            throw new JobFailedException(summary);
        } finally {
            tasks.end();
        }
    }

    @SuppressWarnings("unchecked") // A configuration knows classes without their type arguments.
    private Mapper<K, V, L, W> mapper(Configuration configuration) {
        return ReflectionUtils.newInstance(
                (Class<Mapper<K, V, L, W>>) configuration.getClass(MAPPER, Mapper.class), configuration);
    }
}
