package io.tideline.hbase.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.timeline.TimelineId;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/**
 * Where things lie below the archive's directory: {@code data} has the files of entries, {@code metadata} Iceberg's, {@code
 * jobs} what a job needs while it lasts.
 */
final class FileLayout {
    /** Stands for the timeline of no row yet. */
    static final TimelineId NO_TIMELINE = TimelineId.conversation("none", "none");

    private static final String SUFFIX = ".parquet";
    private static final Pattern AUTHOR = Pattern.compile("b\\d\\d-([0-9a-f]{16})-(\\d{1,18})-.*\\.parquet");

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

    Path metadata() {
        return new Path(root, "metadata");
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

    /**
     * A name that no file has: the bucket, the author, the batch, and something random.
     *
     * @param author and what it writes, as one
     */
    static String newFile(int bucket, String author) {
        return String.format(Locale.ROOT, "b%02d-%s-%s%s", bucket, author, UUID.randomUUID(), SUFFIX);
    }

    /** The bucket in a name that {@link #newFile} has made. */
    static int bucket(String file) {
        return Integer.parseInt(file.substring(1, 3));
    }

    /** Who has written a file. */
    record Author(String owner, long fence) {}

    /** The author in a name; empty in those of files from before names had one. */
    static Optional<Author> author(String file) {
        Matcher matcher = AUTHOR.matcher(file);
        return matcher.matches()
                ? Optional.of(new Author(matcher.group(1), Long.parseLong(matcher.group(2))))
                : Optional.empty();
    }

    /** Writes a small file in one step: it has its old content, or the new one. */
    void write(Path file, String text) throws IOException {
        Path temporary = temporary(file);
        try (FSDataOutputStream out = fileSystem().create(temporary, true)) {
            out.write(text.getBytes(UTF_8));
        }
        move(temporary, file);
    }

    /** The same with the content of another file. */
    void copy(Path from, Path file) throws IOException {
        Path temporary = temporary(file);
        FileUtil.copy(fileSystem(), from, fileSystem(), temporary, false, true, configuration);
        move(temporary, file);
    }

    private static Path temporary(Path file) {
        return new Path(file.getParent(), "." + file.getName() + ".new");
    }

    private void move(Path from, Path to) throws IOException {
        // A local one replaces a file, others refuse unless they are told to; in one step, as far as they can.
        if (!fileSystem().rename(from, to)) {
            FileContext.getFileContext(root.toUri(), configuration).rename(from, to, Options.Rename.OVERWRITE);
        }
    }
}
