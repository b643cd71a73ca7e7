package io.tideline.hbase.archive.job;

import java.io.IOException;
import org.apache.hadoop.mapreduce.MapContext;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.lib.map.WrappedMapper;

/** Ends a mapper, between two records, when the tasks of its job are stopped: an interrupt alone may go unnoticed. */
final class StoppableInput<K, V, L, W> extends WrappedMapper<K, V, L, W> {
    private final LocalTasks tasks;

    StoppableInput(LocalTasks tasks) {
        this.tasks = tasks;
    }

    Mapper<K, V, L, W>.Context around(MapContext<K, V, L, W> context) {
        return new WrappedMapper<K, V, L, W>.Context(context) {
            @Override
            public boolean nextKeyValue() throws IOException, InterruptedException {
                tasks.throwIfStopped();
                return super.nextKeyValue();
            }
        };
    }
}
