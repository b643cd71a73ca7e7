package io.tideline.hbase.archive;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.hbase.archive.job.JobRunner;
import io.tideline.hbase.sequencer.SchemaNames;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.SnapshotDescription;
import org.apache.hadoop.hbase.mapreduce.TableMapReduceUtil;
import org.apache.hadoop.hbase.util.CommonFSUtils;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.MapFile;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Counters;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.mapreduce.lib.output.SequenceFileOutputFormat;

/**
 * The MapReduce job of a batch: plan, snapshot of the warm table, one map for each of its regions, and what they report.
 * HBase's servers are not asked for a single entry. Blocks.
 */
final class ArchiveJob {
    private static final String ROOT = "hbase.rootdir";
    private static final String SNAPSHOT = "tideline-archive-";
    private static final String PLAN = "plan";
    private static final String REPORTS = "reports";
    private static final int REPORTED_AT_ONCE = 5000;

    private final Configuration configuration;
    private final Connection connection;
    private final FileLayout layout;
    private final ArchiveConfig config;
    private final TableName warm;
    private final ArchivePlanner planner;

    ArchiveJob(
            Configuration configuration,
            Connection connection,
            FileLayout layout,
            ArchiveConfig config,
            TableName warm,
            ArchivePlanner planner) {
        this.configuration = configuration;
        this.connection = connection;
        this.layout = layout;
        this.config = config;
        this.warm = warm;
        this.planner = planner;
    }

    /**
     * What came of it.
     *
     * @param files that were written
     * @param timelines of which something was written
     * @param entries that were written
     * @param holes timelines of which an entry is missing
     */
    record Outcome(Set<String> files, long timelines, long entries, long holes) {
        static final Outcome NOTHING = new Outcome(Set.of(), 0, 0, 0);
    }

    /**
     * Plans, and writes files that nothing refers to yet.
     *
     * @param author with whom their names begin
     */
    Outcome run(String batch, String author, Instant now, WriterSession session) throws IOException {
        FileSystem files = layout.fileSystem();
        Path home = layout.job(batch);
        files.delete(home, true);
        files.mkdirs(home);
        // States are read before the snapshot is taken: what is changed after them fails its commit.
        long planned = writePlan(new Path(home, PLAN), now, session);
        if (planned == 0) {
            return Outcome.NOTHING;
        }
        String snapshot = SNAPSHOT + UUID.randomUUID();
        Path restored = restoreDirectory(snapshot);
        try (Admin admin = connection.getAdmin()) {
            admin.snapshot(snapshot, warm);
            try {
                Job job = job(batch, author, snapshot, restored);
                Counters counters = submit(job, session.progress());
                Set<String> written = new TreeSet<>();
                reports(
                        batch,
                        some -> some.forEach(moved -> written.add(moved.slice().file())));
                return new Outcome(
                        written,
                        counted(counters, ArchiveMapper.Count.TIMELINES),
                        counted(counters, ArchiveMapper.Count.ENTRIES),
                        counted(counters, ArchiveMapper.Count.HOLES));
            } finally {
                admin.deleteSnapshot(snapshot);
                restored.getFileSystem(configuration).delete(restored, true);
            }
        }
    }

    private long writePlan(Path path, Instant now, WriterSession session) throws IOException {
        try (MapFile.Writer writer = new MapFile.Writer(
                layout.configuration(),
                path,
                MapFile.Writer.keyClass(BytesWritable.class),
                MapFile.Writer.valueClass(BytesWritable.class))) {
            return planner.plan(
                    now,
                    (prefix, timeline, entry) ->
                            writer.append(new BytesWritable(prefix), new BytesWritable(entry.encode())),
                    session.progress(),
                    session::problem);
        }
    }

    /** Beside HBase's root directory and never in it: HBase would take what it finds there for its own. */
    private Path restoreDirectory(String snapshot) throws IOException {
        String[] sources = configuration.getPropertySources(ROOT);
        if (sources != null && List.of(sources).contains("hbase-default.xml")) {
            throw new IllegalArgumentException(
                    ROOT + ": missing (expected: in hbase-site.xml, since jobs read HBase's files)");
        }
        Path root = CommonFSUtils.getRootDir(configuration);
        return new Path(root.getParent(), root.getName() + "-restored/" + snapshot);
    }

    private Job job(String batch, String author, String snapshot, Path restored) throws IOException {
        Path home = layout.job(batch);
        Configuration ours = new Configuration(configuration);
        ours.set(ArchiveMapper.LOCATION, config.location());
        ours.set(ArchiveMapper.PLAN, new Path(home, PLAN).toString());
        ours.set(ArchiveMapper.AUTHOR, author + "-" + batch);
        ours.setLong(ArchiveMapper.FILE_BYTES, config.fileBytes());
        // Two attempts of a task would write the same twice, and only one would be heard.
        ours.setBoolean("mapreduce.map.speculative", false);
        // A region that is only read needs no chunks to write into, and where no server runs there are none.
        ours.setBoolean("hbase.hregion.memstore.mslab.enabled", false);
        Job job = Job.getInstance(ours, "tideline archive " + batch);
        Scan scan = new Scan().addFamily(SchemaNames.ENTRY_FAMILY).setCacheBlocks(false);
        TableMapReduceUtil.initTableSnapshotMapperJob(
                snapshot, scan, ArchiveMapper.class, Text.class, BytesWritable.class, job, false, restored);
        job.setNumReduceTasks(0);
        job.setOutputKeyClass(Text.class);
        job.setOutputValueClass(BytesWritable.class);
        job.setOutputFormatClass(SequenceFileOutputFormat.class);
        FileOutputFormat.setOutputPath(job, new Path(home, REPORTS));
        return job;
    }

    private static long counted(Counters counters, ArchiveMapper.Count what) {
        return counters.findCounter(what).getValue();
    }

    private Counters submit(Job job, ArchiveProgress progress) throws IOException {
        // Where tasks leave what they need while they last; libraries for other machines lie beside the data.
        java.nio.file.Path local = java.nio.file.Path.of(configuration.get("hadoop.tmp.dir", ""), "archive-jobs");
        try {
            return new JobRunner(local, layout.root()).run(job, progress);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Takes some of what a job has reported: whole timelines, those of one timeline in order. */
    interface Reports {
        void take(List<Moved> moved) throws IOException;
    }

    /**
     * Goes through what a job has reported that has run to its end; it stays until {@link #forget}. Memory: some thousands
     * of stretches.
     *
     * @throws FileNotFoundException when it has not, or was forgotten
     */
    void reports(String batch, Reports reports) throws IOException {
        Path directory = new Path(layout.job(batch), REPORTS);
        FileSystem files = layout.fileSystem();
        if (!files.exists(new Path(directory, "_SUCCESS"))) {
            throw new FileNotFoundException("the job has no report");
        }
        for (FileStatus part :
                files.listStatus(directory, path -> path.getName().startsWith("part-"))) {
            report(part.getPath(), reports);
        }
    }

    private void report(Path part, Reports reports) throws IOException {
        List<Moved> some = new ArrayList<>();
        try (SequenceFile.Reader reader =
                new SequenceFile.Reader(layout.configuration(), SequenceFile.Reader.file(part))) {
            Text file = new Text();
            BytesWritable value = new BytesWritable();
            while (reader.next(file, value)) {
                Moved moved = Moved.decode(value.copyBytes());
                if (some.size() >= REPORTED_AT_ONCE
                        && !some.get(some.size() - 1)
                                .slice()
                                .timeline()
                                .equals(moved.slice().timeline())) {
                    reports.take(some);
                    some = new ArrayList<>();
                }
                some.add(moved);
            }
        }
        if (!some.isEmpty()) {
            reports.take(some);
        }
    }

    void forget(String batch) throws IOException {
        layout.fileSystem().delete(layout.job(batch), true);
    }

    /** Removes what jobs of dead processes have left. Only for the writer. */
    void sweep() throws IOException {
        layout.fileSystem().delete(layout.jobs(), true);
        try (Admin admin = connection.getAdmin()) {
            for (SnapshotDescription snapshot : admin.listSnapshots()) {
                if (snapshot.getName().startsWith(SNAPSHOT) && warm.equals(snapshot.getTableName())) {
                    admin.deleteSnapshot(snapshot.getName());
                    Path restored = restoreDirectory(snapshot.getName());
                    restored.getFileSystem(configuration).delete(restored, true);
                }
            }
        }
    }
}
