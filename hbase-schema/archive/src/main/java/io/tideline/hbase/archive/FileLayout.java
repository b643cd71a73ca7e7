package io.tideline.hbase.archive;

import io.tideline.core.timeline.TimelineId;
import java.io.IOException;
import java.util.Locale;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Where things lie below the archive's directory: {@code data} has the files of entries, {@code metadata} Iceberg's, {@code
 * jobs} what a job needs while it lasts.
 */
final class FileLayout {
    /** Stands for the timeline of no row yet. */
    static final TimelineId NO_TIMELINE = TimelineId.conversation("none", "none");

    private static final String SUFFIX = ".parquet";

    private final Configuration configuration;
    private final Path root;

    /**
     * Names things below a directory.
     *
     * @param location absolute, with a scheme
     */
    FileLayout(Configuration configuration, String location) {
        this.configuration = configuration;
        this.root = new Path(location);
    }

    Configuration configuration() {
        return configuration;
    }

    FileSystem fileSystem() throws IOException {
        return root.getFileSystem(configuration);
    }

    Path root() {
        return root;
    }

    Path data() {
        return new Path(root, "data");
    }

    Path data(String file) {
        return new Path(data(), file);
    }

    Path jobs() {
        return new Path(root, "jobs");
    }

    Path job(String batch) {
        return new Path(jobs(), batch);
    }

    /** A name that no file has: the bucket, the batch, and something random. */
    static String newFile(int bucket, String batch) {
        return String.format(Locale.ROOT, "b%02d-%s-%s%s", bucket, batch, UUID.randomUUID(), SUFFIX);
    }

    /** The bucket in a name that {@link #newFile} has made. */
    static int bucket(String file) {
        return Integer.parseInt(file.substring(1, 3));
    }

    static boolean isOurs(String file) {
        return file.matches("b\\d\\d-.*\\.parquet");
    }
}
