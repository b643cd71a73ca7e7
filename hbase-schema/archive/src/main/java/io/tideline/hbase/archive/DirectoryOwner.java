package io.tideline.hbase.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.error.CorruptDataException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whose a directory is: an id in its file {@code OWNER} and the same one in the catalog. Without both nothing is written and,
 * above all, nothing is swept: a catalog that was lost, and one that was never of this directory, know of no file in it.
 *
 * <p>Order: the id stands in the catalog first, then in the directory, and only then there is a table. Each step may be taken
 * again. A table from before there were owners gets one when it is opened, if the directory has none. Blocks; only for the
 * writer.
 */
final class DirectoryOwner {
    private static final String FILE = "OWNER";
    private static final int ID_BYTES = 8;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final FileLayout layout;
    private final String id;

    private DirectoryOwner(FileLayout layout, String id) {
        this.layout = layout;
        this.id = id;
    }

    /**
     * Compares directory and catalog, and makes the id where neither has ever had a table.
     *
     * @throws CorruptDataException when the directory is another's, has an archive that the catalog does not know, or is not
     *     where the catalog says
     */
    static DirectoryOwner of(Catalog catalog, FileLayout layout, long fence) throws IOException {
        Catalog.State state = catalog.state();
        requirePlace(state.metadata(), layout);
        Optional<String> mark = mark(layout);
        boolean isNew = state.metadata() == null;
        if (mark.isPresent() ? isNew && hasFiles(layout, layout.data()) : isNew && isUsed(layout)) {
            throw foreign(layout, mark.orElse(""), state.owner());
        }
        if (mark.isEmpty() && (isNew || state.owner() == null && hasFiles(layout, layout.metadata()))) {
            return made(catalog, layout, fence, state.owner());
        }
        DirectoryOwner owner = new DirectoryOwner(layout, Objects.requireNonNullElse(state.owner(), "none"));
        owner.require();
        return owner;
    }

    /** Metadata lies two steps below the table's directory. */
    private static void requirePlace(@Nullable String metadata, FileLayout layout) {
        if (metadata == null) {
            return;
        }
        Path place = place(metadata);
        if (!layout.root().equals(place)) {
            throw new CorruptDataException(
                    "the archive of this installation lies elsewhere; nothing was changed",
                    Map.of(
                            "location",
                            String.valueOf(place),
                            "configured",
                            layout.root().toString()),
                    null);
        }
    }

    private static Path place(String metadata) {
        return new Path(metadata).getParent().getParent();
    }

    /** Whether directory and catalog say the same, for who changes nothing; else {@link #of} says what is wrong. */
    static boolean isOf(Catalog.State state, FileLayout layout) throws IOException {
        String metadata = state.metadata();
        String owner = state.owner();
        return metadata != null
                && owner != null
                && layout.root().equals(place(metadata))
                && mark(layout).equals(Optional.of(owner));
    }

    private static DirectoryOwner made(Catalog catalog, FileLayout layout, long fence, @Nullable String known)
            throws IOException {
        String id = known == null ? newId() : known;
        if (known == null && !catalog.own(fence, id)) {
            throw WriterSession.replaced();
        }
        layout.fileSystem().mkdirs(layout.root());
        layout.write(file(layout), id);
        DirectoryOwner owner = new DirectoryOwner(layout, id);
        // Another installation may have begun in the same moment.
        owner.require();
        return owner;
    }

    private static String newId() {
        byte[] random = new byte[ID_BYTES];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static Path file(FileLayout layout) {
        return new Path(layout.root(), FILE);
    }

    private static Optional<String> mark(FileLayout layout) throws IOException {
        try (FSDataInputStream in = layout.fileSystem().open(file(layout))) {
            return Optional.of(new String(in.readAllBytes(), UTF_8).strip());
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    private static boolean isUsed(FileLayout layout) throws IOException {
        return hasFiles(layout, layout.data()) || hasFiles(layout, layout.metadata());
    }

    private static boolean hasFiles(FileLayout layout, Path directory) throws IOException {
        try {
            return layout.fileSystem().listStatus(directory).length > 0;
        } catch (FileNotFoundException e) {
            return false;
        }
    }

    private static CorruptDataException foreign(FileLayout layout, String mark, @Nullable String expected) {
        return new CorruptDataException(
                "the archive's directory is of another installation, or of this one before it lost its catalog;"
                        + " nothing was changed (expected: an empty directory, or the HBase tables that belong to it)",
                Map.of(
                        "directory",
                        layout.root().toString(),
                        FILE,
                        mark.isEmpty() ? "none" : mark,
                        "catalog",
                        Objects.requireNonNullElse(expected, "none")),
                null);
    }

    /** @throws CorruptDataException when the directory is not, or not any more, that of the catalog */
    void require() throws IOException {
        String mark = mark(layout).orElse("");
        if (!mark.equals(id)) {
            throw foreign(layout, mark, id);
        }
    }

    /** Stands in the names of all files that a writer with a fence writes. */
    String author(long fence) {
        return id + "-" + fence;
    }

    /** Whether a file was written by a writer of this catalog with that fence or an earlier one. */
    boolean hasWritten(String file, long fence) {
        return FileLayout.author(file)
                .filter(author -> author.owner().equals(id) && author.fence() <= fence)
                .isPresent();
    }
}
