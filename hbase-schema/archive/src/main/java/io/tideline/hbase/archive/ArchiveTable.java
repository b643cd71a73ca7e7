package io.tideline.hbase.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.error.CorruptDataException;
import io.tideline.hbase.archive.CatalogOperations.PendingCommit;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.parquet.ParquetUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Iceberg table, as one who reads it or its one writer sees it. Blocks; for one thread. */
final class ArchiveTable {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveTable.class);
    private static final String VERSION_HINT = "version-hint.text";

    private final FileLayout layout;
    private final CatalogOperations operations;
    private final BaseTable table;
    /** Of the writer's; null for those who only read. */
    private final @Nullable Writing writing;

    /** What the writer may change. */
    private record Writing(DirectoryOwner owner, long fence, Consumer<String> problems) {}

    private ArchiveTable(FileLayout layout, CatalogOperations operations, @Nullable Writing writing) {
        this.layout = layout;
        this.operations = operations;
        this.table = new BaseTable(operations, "entries");
        this.writing = writing;
    }

    /** Opens it for reading; null when there is none yet. */
    static @Nullable ArchiveTable find(Catalog catalog, FileLayout layout) {
        CatalogOperations operations = new CatalogOperations(catalog, layout, 0);
        return operations.refresh() == null ? null : new ArchiveTable(layout, operations, null);
    }

    /**
     * Opens it for the writer with a fence, and makes it when there is none.
     *
     * @param problems hears of what keeps no task from going on
     * @throws CorruptDataException when the directory is not that of the catalog, or has a newer state than the catalog
     */
    static ArchiveTable openOrCreate(Catalog catalog, FileLayout layout, long fence, Consumer<String> problems)
            throws IOException {
        // First: what is missing in a directory that is not there says nothing about the table.
        DirectoryOwner owner = DirectoryOwner.of(catalog, layout, fence);
        CatalogOperations operations = new CatalogOperations(catalog, layout, fence);
        if (operations.refresh() == null) {
            layout.fileSystem().mkdirs(layout.data());
            operations.commit(
                    null,
                    TableMetadata.newTableMetadata(
                            FileSchema.SCHEMA,
                            FileSchema.SPEC,
                            SortOrder.unsorted(),
                            layout.root().toString(),
                            FileSchema.PROPERTIES));
        }
        ArchiveTable opened = new ArchiveTable(layout, operations, new Writing(owner, fence, problems));
        opened.requireNewest();
        return opened;
    }

    /**
     * Whether it is as new as the directory. The hint is written after each commit, so it is never ahead of the catalog,
     * unless that has gone back, or the table has changed since it was opened.
     */
    boolean isNewest() throws IOException {
        return published(layout) <= version();
    }

    private static long published(FileLayout layout) throws IOException {
        try (FSDataInputStream in = layout.fileSystem().open(new Path(layout.metadata(), VERSION_HINT))) {
            return Long.parseLong(new String(in.readAllBytes(), UTF_8).strip());
        } catch (FileNotFoundException | NumberFormatException e) {
            return 0;
        }
    }

    private void requireNewest() throws IOException {
        long published = published(layout);
        if (published > version()) {
            throw new CorruptDataException(
                    "the archive's directory has a newer state than HBase's table of the archive; nothing was changed"
                            + " (expected: both from the same time)",
                    Map.of(
                            "directory",
                            layout.root().toString(),
                            "version",
                            Long.toString(published),
                            "catalog",
                            Long.toString(version())),
                    null);
        }
    }

    private Writing writing() {
        Writing by = writing;
        if (by == null) {
            throw new IllegalStateException("opened for reading");
        }
        return by;
    }

    /** How names of files begin that this writer writes. */
    String author() {
        return writing().owner().author(writing().fence());
    }

    /** Live files by their names. */
    Map<String, DataFile> live() {
        Map<String, DataFile> files = new TreeMap<>();
        if (table.currentSnapshot() == null) {
            return files;
        }
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            for (FileScanTask task : tasks) {
                files.put(name(task.file()), task.file().copyWithoutStats());
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String name(DataFile file) {
        return new Path(file.location()).getName();
    }

    @Nullable Snapshot currentSnapshot() {
        return table.currentSnapshot();
    }

    /** How often the table was changed. */
    long version() {
        Snapshot current = table.currentSnapshot();
        return current == null ? 0 : current.sequenceNumber();
    }

    /** Names of what a snapshot has brought and taken away. */
    record Change(Set<String> added, Set<String> removed) {}

    /** Empty sets for a snapshot that is not there any more. */
    Change change(long snapshotId) {
        Change change = new Change(new HashSet<>(), new HashSet<>());
        Snapshot snapshot = table.snapshot(snapshotId);
        if (snapshot != null) {
            snapshot.addedDataFiles(table.io()).forEach(file -> change.added().add(name(file)));
            snapshot.removedDataFiles(table.io())
                    .forEach(file -> change.removed().add(name(file)));
        }
        return change;
    }

    /**
     * Adds the files of a batch.
     *
     * @return the snapshot's id
     */
    long append(String batch, Collection<String> files) throws IOException {
        operations.next(new PendingCommit(Catalog.Pending.ARCHIVE, batch));
        try {
            AppendFiles append = table.newAppend().set("tideline.batch-id", batch);
            for (String file : files) {
                append = append.appendFile(dataFile(file));
            }
            append.commit();
        } finally {
            operations.next(null);
        }
        return published();
    }

    /** Puts files in the place of others. */
    long replace(String name, Collection<DataFile> removed, Collection<String> added) throws IOException {
        operations.next(new PendingCommit(Catalog.Pending.REWRITE, name));
        try {
            OverwriteFiles overwrite = table.newOverwrite().set("tideline.rewrite-id", name);
            for (DataFile file : removed) {
                overwrite = overwrite.deleteFile(file);
            }
            for (String file : added) {
                overwrite = overwrite.addFile(dataFile(file));
            }
            overwrite.commit();
        } finally {
            operations.next(null);
        }
        return published();
    }

    private DataFile dataFile(String file) {
        InputFile input = table.io().newInputFile(layout.data(file).toString());
        PartitionData partition = new PartitionData(FileSchema.SPEC.partitionType());
        partition.set(0, FileLayout.bucket(file));
        return DataFiles.builder(FileSchema.SPEC)
                .withInputFile(input)
                .withFormat("parquet")
                .withPartition(partition)
                .withMetrics(ParquetUtil.fileMetrics(input, MetricsConfig.forTable(table)))
                .build();
    }

    /**
     * Lets engines that know nothing of HBase open the directory as a table of its own: they find the newest metadata by the
     * names that Iceberg's file-based catalog uses. Both files change in one step each, for there may be one of them reading.
     * No task depends on it but for the check that the catalog has not gone back, so none fails for it.
     */
    private long published() {
        long version = version();
        try {
            if (!operations.isWriter()) {
                throw WriterSession.replaced();
            }
            FileSystem files = layout.fileSystem();
            Path metadata = layout.metadata();
            Path current = new Path(operations.currentMetadataLocation());
            Path named = new Path(metadata, "v" + version + ".metadata.json");
            layout.copy(current, named);
            layout.write(new Path(metadata, VERSION_HINT), Long.toString(version));
            for (FileStatus old : files.listStatus(metadata, path -> isNamed(path, version))) {
                files.delete(old.getPath(), false);
            }
        } catch (IOException e) {
            LOG.warn("other engines do not see the newest state of the archive", e);
            writing()
                    .problems()
                    .accept("other engines do not see the newest state of the archive until the next commit: "
                            + e.getClass().getSimpleName());
        }
        Snapshot current = table.currentSnapshot();
        return current == null ? 0 : current.snapshotId();
    }

    private static boolean isNamed(Path path, long newest) {
        return path.getName().matches("v\\d+\\.metadata\\.json|\\.v\\d+\\.metadata\\.json\\.new")
                && !path.getName().equals("v" + newest + ".metadata.json");
    }

    /** Forgets all states but the current one. */
    void expireOldStates() {
        if (table.currentSnapshot() == null) {
            return;
        }
        table.expireSnapshots()
                .expireOlderThan(System.currentTimeMillis() + 1)
                .retainLast(1)
                .cleanExpiredFiles(true)
                .commit();
        published();
    }

    /**
     * Deletes files that are in the directory and not in the table, and that a writer of this catalog has written: what dead
     * processes and replaced states have left. Only for the writer, with nothing under way.
     *
     * @return the names of what was deleted, with their sizes
     * @throws CorruptDataException when the directory is not, or not any more, that of the catalog
     */
    Map<String, Long> sweep() throws IOException {
        Writing by = writing();
        by.owner().require();
        Map<String, Long> deleted = new LinkedHashMap<>();
        Set<String> live = live().keySet();
        FileSystem files = layout.fileSystem();
        FileStatus[] present;
        try {
            present = files.listStatus(layout.data());
        } catch (FileNotFoundException e) {
            return deleted;
        }
        for (FileStatus file : present) {
            String name = file.getPath().getName();
            if (!live.contains(name)
                    && by.owner().hasWritten(name, by.fence())
                    && files.delete(file.getPath(), false)) {
                deleted.put(name, file.getLen());
            }
        }
        return deleted;
    }
}
