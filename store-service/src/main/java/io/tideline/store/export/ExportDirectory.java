package io.tideline.store.export;

import io.tideline.core.export.ExportColumn;
import io.tideline.core.export.ExportFormat;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The directory that exports may write to, and nothing outside of it. Every method but {@link #check} blocks. */
final class ExportDirectory {
    private final Path root;

    ExportDirectory(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /**
     * Looks at the path of an export.
     *
     * @throws IllegalArgumentException when it leads out of the directory, or to the directory itself
     */
    Path check(String path) {
        try {
            Path given = Path.of(path);
            Path resolved = root.resolve(given).normalize();
            if (!given.isAbsolute() && resolved.startsWith(root) && !resolved.equals(root)) {
                return resolved;
            }
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("path: not a path (expected: one below the export directory)", e);
        }
        throw new IllegalArgumentException("path: outside (expected: one below the export directory)");
    }

    /** Makes the directory of an export; a link in it that leads out is refused as well. */
    Path create(String path) {
        Path directory = check(path);
        try {
            Files.createDirectories(root);
            Path existing = directory;
            while (!Files.exists(existing)) {
                // Ends at the root at the latest, which exists.
                existing = Objects.requireNonNull(existing.getParent());
            }
            if (!existing.toRealPath().startsWith(root.toRealPath())) {
                throw new IllegalArgumentException("path: outside (expected: one below the export directory)");
            }
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How long a file is; 0 when there is none. */
    static long length(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Cuts a file to {@code length} and adds lines as one gzip member, forced to the disk.
     *
     * @return the file's length afterwards
     */
    static long append(Path file, long length, List<String> lines) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.truncate(length);
            channel.position(length);
            // Of an empty part there is one empty member, so that the file is a gzip file.
            if (!lines.isEmpty() || length == 0) {
                GZIPOutputStream zip = new GZIPOutputStream(Channels.newOutputStream(channel), 64 * 1024);
                for (String line : lines) {
                    zip.write(line.getBytes(StandardCharsets.UTF_8));
                    zip.write('\n');
                }
                zip.finish();
                zip.flush();
            }
            channel.force(true);
            return channel.size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes the lines of a file in another format, whole or not at all, forced to the disk.
     *
     * @return how many rows it has
     */
    static long convert(Path lines, ExportFormat format, List<ExportColumn> columns, Path file) {
        Path beside = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            long rows;
            try (InputStream in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(lines)))) {
                rows = format.write(in, columns, beside);
            }
            try (FileChannel written = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String sha256(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[64 * 1024];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Writes a file whole or not at all. */
    static void write(Path file, String text) {
        Path beside = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            try (OutputStream out = Files.newOutputStream(beside)) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
