package io.tideline.hbase.archive.job;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;

/**
 * Jars on a file system that the nodes of a cluster reach, each under the hash of its content: {@code NAME-HASH.jar}. One
 * that is there is never written again, so processes share them and a job that runs keeps its own while a newer version of
 * this program is at work. Nothing is deleted here: what no running job uses may be deleted at any time.
 */
final class SharedLibrary {
    private static final int HASH_CHARS = 16;

    private final FileSystem fileSystem;
    private final org.apache.hadoop.fs.Path directory;

    SharedLibrary(FileSystem fileSystem, org.apache.hadoop.fs.Path directory) {
        this.fileSystem = fileSystem;
        this.directory = fileSystem.makeQualified(directory);
    }

    /** The place of a jar, or of a directory packed as one, after it has been copied there if need be. */
    org.apache.hadoop.fs.Path put(Path entry) throws IOException {
        if (Files.isDirectory(entry)) {
            byte[] packed = packed(entry);
            return put(name(entry), hash(InputStreamSource.of(packed)), InputStreamSource.of(packed));
        }
        InputStreamSource content = () -> Files.newInputStream(entry);
        return put(name(entry), hash(content), content);
    }

    private org.apache.hadoop.fs.Path put(String name, String hash, InputStreamSource content) throws IOException {
        org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(directory, name + "-" + hash + ".jar");
        if (fileSystem.exists(target)) {
            return target;
        }
        org.apache.hadoop.fs.Path unfinished =
                new org.apache.hadoop.fs.Path(directory, "." + name + "-" + UUID.randomUUID());
        try {
            try (InputStream in = content.open();
                    OutputStream out = fileSystem.create(unfinished, false)) {
                in.transferTo(out);
            }
            if (!fileSystem.rename(unfinished, target) && !fileSystem.exists(target)) {
                throw new IOException("cannot be renamed to: " + target);
            }
        } finally {
            fileSystem.delete(unfinished, false);
        }
        return target;
    }

    private static String name(Path entry) {
        String file = String.valueOf(entry.getFileName());
        return file.endsWith(".jar") ? file.substring(0, file.length() - ".jar".length()) : file;
    }

    private static String hash(InputStreamSource content) throws IOException {
        try (DigestInputStream in = new DigestInputStream(content.open(), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest()).substring(0, HASH_CHARS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Without times and in order, so that the same classes give the same bytes. Directories of classes are small. */
    private static byte[] packed(Path directory) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Stream<Path> files = Files.walk(directory);
                JarOutputStream jar = new JarOutputStream(bytes)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                JarEntry entry = new JarEntry(directory
                        .relativize(file)
                        .toString()
                        .replace(file.getFileSystem().getSeparator(), "/"));
                entry.setTime(0);
                jar.putNextEntry(entry);
                Files.copy(file, jar);
                jar.closeEntry();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return bytes.toByteArray();
    }

    /** All of them, in the same order. */
    List<org.apache.hadoop.fs.Path> putAll(List<Path> entries) throws IOException {
        List<org.apache.hadoop.fs.Path> places = new ArrayList<>();
        for (Path entry : entries) {
            places.add(put(entry));
        }
        return places;
    }

    private interface InputStreamSource {
        InputStream open() throws IOException;

        static InputStreamSource of(byte[] bytes) {
            return () -> new ByteArrayInputStream(bytes);
        }
    }
}
