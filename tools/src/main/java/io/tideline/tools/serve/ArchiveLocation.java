package io.tideline.tools.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.jspecify.annotations.Nullable;

/**
 * Where the archive's files lie. It must be a directory of its own: HBase deletes what it does not know inside its root, and
 * who deletes an old archive must not delete HBase with it.
 *
 * @param directory absolute, of this machine ({@code file:}) or of a Hadoop file system
 */
record ArchiveLocation(URI directory) {
    /** Of two letters or more, so that nobody's drive is taken for one. */
    private static final Pattern WITH_SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

    /** The archive may not lie where it was to lie. */
    static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /** The one of an embedded server that was not told any. */
    static ArchiveLocation besides(StorageLocation.Embedded embedded) {
        return new ArchiveLocation(embedded.directory().resolve("archive").toUri());
    }

    /**
     * A directory, relative or absolute, or a URI with a path.
     *
     * @throws IllegalArgumentException when it is neither
     */
    static ArchiveLocation parse(String text) {
        if (text.isBlank()) {
            throw wrong(text);
        }
        if (!WITH_SCHEME.matcher(text).matches()) {
            return new ArchiveLocation(
                    Path.of(text).toAbsolutePath().normalize().toUri());
        }
        try {
            URI uri = new URI(text).normalize();
            boolean local = "file".equalsIgnoreCase(uri.getScheme());
            boolean whole = !uri.isOpaque() && uri.getRawQuery() == null && uri.getRawFragment() == null;
            boolean placed = local ? uri.getRawAuthority() == null : uri.getRawAuthority() != null;
            // Of hdfs:///x Hadoop's configuration says whose it is.
            if (whole && (placed || !uri.getPath().isEmpty() && !local)) {
                return new ArchiveLocation(uri);
            }
        } catch (URISyntaxException e) {
            // Told below.
        }
        throw wrong(text);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("archive: '" + text
                + "' (expected: a directory, or a URI like hdfs://cluster/tideline/archive or s3a://bucket/archive)");
    }

    /**
     * Goes on when the place is HBase's neither in whole nor in part.
     *
     * @throws RefusedException when it is one of HBase's directories, inside one or around one
     */
    void requireApartFrom(StorageLocation.Embedded embedded) {
        Path data = embedded.directory();
        Stream.of("hbase", "tmp", "zookeeper")
                .map(data::resolve)
                .map(Path::toUri)
                .forEach(this::requireApartFrom);
    }

    /** The same of the HBase that a configuration tells of, as far as it tells where it lies. */
    void requireApartFrom(Configuration hbase) {
        for (String key : List.of("hbase.rootdir", "hbase.wal.dir")) {
            Optional.ofNullable(hbase.get(key))
                    .filter(value -> !value.isBlank())
                    .map(value -> qualified(value, hbase))
                    .ifPresent(this::requireApartFrom);
        }
    }

    private static URI qualified(String path, Configuration hbase) {
        return new org.apache.hadoop.fs.Path(path)
                .makeQualified(FileSystem.getDefaultUri(hbase), new org.apache.hadoop.fs.Path("/"))
                .toUri();
    }

    private void requireApartFrom(URI other) {
        if (!canBeOneFileSystem(directory, other)) {
            return;
        }
        Path mine = place(directory);
        Path theirs = place(other);
        if (mine.startsWith(theirs) || theirs.startsWith(mine)) {
            String how = mine.equals(theirs) ? "is" : mine.startsWith(theirs) ? "lies inside" : "lies around";
            throw new RefusedException("--archive: " + directory + " " + how + " HBase's directory " + other
                    + " (expected: a directory apart from it)");
        }
    }

    /** A cluster of name nodes has more than one name, so names tell only object stores apart. */
    private static boolean canBeOneFileSystem(URI one, URI other) {
        @Nullable String authority = one.getRawAuthority();
        return String.valueOf(one.getScheme()).equalsIgnoreCase(other.getScheme())
                && ("hdfs".equalsIgnoreCase(one.getScheme())
                        || authority == null
                        || other.getRawAuthority() == null
                        || authority.equalsIgnoreCase(other.getRawAuthority()));
    }

    /** As a path to compare; of this machine's, without links. */
    private static Path place(URI uri) {
        Path path = Path.of("/" + uri.getPath()).normalize();
        return "file".equalsIgnoreCase(uri.getScheme()) ? withoutLinks(path) : path;
    }

    private static Path withoutLinks(Path path) {
        @Nullable Path existing = path;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null) {
            return path;
        }
        try {
            return existing.toRealPath().resolve(existing.relativize(path)).normalize();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + existing, e);
        }
    }
}
