package io.tideline.hbase.archive;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.iceberg.BaseMetastoreTableOperations;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/** Iceberg's view of the {@link Catalog}: where the metadata lies, and how it is replaced. */
final class CatalogOperations extends BaseMetastoreTableOperations {
    private final Catalog catalog;
    private final HadoopFileIO io;
    /** 0 for those who only read. */
    private final long fence;

    private volatile @Nullable PendingCommit next;

    /** What the next commit is, told to the catalog in the same step. */
    record PendingCommit(String kind, String name) {}

    CatalogOperations(Catalog catalog, FileLayout layout, long fence) {
        this.catalog = catalog;
        this.io = new HadoopFileIO(layout.configuration());
        this.fence = fence;
    }

    /** Names the next commit; null for one without consequences. */
    void next(@Nullable PendingCommit commit) {
        next = commit;
    }

    /** Whether commits of this one would still be taken. */
    boolean isWriter() throws IOException {
        return catalog.isWriter(fence);
    }

    @Override
    protected String tableName() {
        return "entries";
    }

    @Override
    public FileIO io() {
        return io;
    }

    @Override
    @SuppressWarnings("NullAway") // Iceberg is without annotations: no location means no table.
    protected void doRefresh() {
        try {
            refreshFromMetadataLocation(catalog.state().metadata());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void doCommit(TableMetadata base, TableMetadata metadata) {
        if (fence == 0) {
            throw new CommitFailedException("who has no lease may not write");
        }
        String before = base == null ? null : currentMetadataLocation();
        String location = writeNewMetadataIfRequired(base == null, metadata);
        PendingCommit named = next;
        Catalog.Pending pending = named == null
                ? null
                : new Catalog.Pending(
                        named.kind(), named.name(), metadata.currentSnapshot().snapshotId());
        boolean done;
        try {
            done = catalog.commit(fence, before, location, pending);
        } catch (IOException e) {
            if (checkCommitStatus(location, metadata) == CommitStatus.SUCCESS) {
                return;
            }
            throw new CommitStateUnknownException(e);
        }
        if (!done) {
            io.deleteFile(location);
            throw new CommitFailedException("another process has become the writer of the archive");
        }
    }
}
