package io.tideline.hbase.archive.job;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.util.ReflectionUtils;

/**
 * Runs the job's own mapper and keeps what users wrote out of Hadoop's logs: a failure is passed on as its summary. Inside
 * this process it also tells {@link LocalTasks} how the mapper ends, and ends it when they are stopped.
 */
final class WatchedMapper<K, V, L, W> extends Mapper<K, V, L, W> {
    private static final String TASKS = "tideline.archive.job.tasks";
    private static final String MAPPER = "tideline.archive.job.mapper";

    /** Puts itself before the mapper of a job. */
    static void install(Job job) throws ClassNotFoundException {
        job.getConfiguration().setClass(MAPPER, job.getMapperClass(), Mapper.class);
        job.setMapperClass(WatchedMapper.class);
    }

    /** And tells the tasks of this name, which are in this process. */
    static void install(Job job, String tasks) throws ClassNotFoundException {
        install(job);
        job.getConfiguration().set(TASKS, tasks);
    }

    @Override
    public void run(Context context) throws IOException, InterruptedException {
        String name = context.getConfiguration().get(TASKS, "");
        LocalTasks tasks = name.isEmpty() ? LocalTasks.alone() : LocalTasks.named(name);
        try {
            // In here: a task that comes when another has failed leaves no more behind than that one.
            tasks.begin();
            mapper(context.getConfiguration()).run(new StoppableInput<K, V, L, W>(tasks).around(context));
        } catch (InterruptedException e) {
            fail(context, tasks, "interrupted");
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            String summary = FailureSummary.of(e);
            fail(context, tasks, summary);
            throw new JobFailedException(summary);
        } finally {
            tasks.end();
        }
    }

    private void fail(Context context, LocalTasks tasks, String summary) {
        tasks.failed(context.getTaskAttemptID() + ": " + summary);
        if (!context.getConfiguration().get(TASKS, "").isEmpty()) {
            TaskPings.stop(context);
        }
    }

    @SuppressWarnings("unchecked") // A configuration knows classes without their type arguments.
    private Mapper<K, V, L, W> mapper(Configuration configuration) {
        return ReflectionUtils.newInstance(
                (Class<Mapper<K, V, L, W>>) configuration.getClass(MAPPER, Mapper.class), configuration);
    }
}
