package io.tideline.hbase.archive.job;

import java.lang.reflect.Field;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.mapred.Task;
import org.apache.hadoop.mapreduce.MapContext;
import org.apache.hadoop.mapreduce.lib.map.WrappedMapper;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the thread with which a task says every three seconds that it lives. Hadoop ends it with a task that succeeds; with
 * one that fails it goes with the process, and in this process it would stay for ever.
 */
final class TaskPings {
    private static final Logger LOG = LoggerFactory.getLogger(TaskPings.class);

    private TaskPings() {}

    /** At its next ping. Through private fields: a mapper is not given what it would need. */
    static void stop(MapContext<?, ?, ?, ?> context) {
        try {
            Object inner = context instanceof WrappedMapper<?, ?, ?, ?>.Context
                    ? value(WrappedMapper.Context.class, "mapContext", context)
                    : context;
            Object reporter = value(TaskAttemptContextImpl.class, "reporter", inner);
            Object task = value(Task.TaskReporter.class, "this$0", reporter);
            if (value(Task.class, "taskDone", task) instanceof AtomicBoolean done) {
                done.set(true);
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn("The thread of a failed task stays", e);
        }
    }

    private static Object value(Class<?> type, String field, Object of) throws ReflectiveOperationException {
        Field found = type.getDeclaredField(field);
        found.setAccessible(true);
        return found.get(of);
    }
}
