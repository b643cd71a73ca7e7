package io.tideline.hbase.archive.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShippedLibrariesTest {
    @TempDir
    private Path directory;

    @Test
    void toShip_classPath_hasOurJarsInOrder() throws IOException {
        Path second = jar("z-1.jar", "a.class");
        Path first = jar("avro-1.12.0.jar", "a.class");
        Path classes = Files.createDirectories(directory.resolve("classes/p"));
        Files.createFile(classes.resolve("A.class"));
        Path configuration = Files.createDirectory(directory.resolve("conf"));
        Files.writeString(configuration.resolve("keys.xml"), "secret");

        List<Path> shipped = ProcessClassPath.toShip(classPath(
                second,
                jar("hadoop-hdfs-client-3.4.2.jar", "a.class"),
                jar("logback-classic-1.5.18.jar", "a.class"),
                configuration,
                first,
                classes.getParent(),
                directory.resolve("missing.jar")));

        assertThat(shipped).containsExactly(second, first, classes.getParent());
    }

    @Test
    void toShip_jarThatListsOthers_isReplacedByThem() throws IOException {
        Path listed = jar("a b.jar", "a.class");
        Path list = directory.resolve("list.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, "a%20b.jar missing.jar");
        new JarOutputStream(Files.newOutputStream(list), manifest).close();

        assertThat(ProcessClassPath.toShip(classPath(list))).containsExactly(listed);
    }

    @Test
    void put_twice_isCopiedOnce() throws IOException {
        Path jar = jar("avro-1.12.0.jar", "a.class");

        Path place = put(jar);
        FileTime longAgo = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(place, longAgo);

        assertThat(put(jar)).isEqualTo(place);
        assertThat(Files.getLastModifiedTime(place)).isEqualTo(longAgo);
        assertThat(place.getFileName().toString()).matches("avro-1.12.0-[0-9a-f]{16}\\.jar");
        assertThat(files()).containsExactly(place);
    }

    @Test
    void put_sameNameOtherContent_isBesideIt() throws IOException {
        Path before = put(jar("avro-1.12.0.jar", "a.class"));
        Path after = put(jar("avro-1.12.0.jar", "b.class"));

        assertThat(files()).containsExactlyInAnyOrder(before, after);
    }

    @Test
    void put_directory_isOneJarWhateverItsTimes() throws IOException {
        Path file = Files.createDirectories(directory.resolve("classes/p")).resolve("A.class");
        Files.writeString(file, "content");
        Path place = put(directory.resolve("classes"));
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));

        assertThat(put(directory.resolve("classes"))).isEqualTo(place);
        try (JarFile jar = new JarFile(place.toFile())) {
            assertThat(jar.stream().map(JarEntry::getName)).containsExactly("p/A.class");
        }
    }

    private Path put(Path entry) throws IOException {
        try (FileSystem fileSystem = FileSystem.newInstanceLocal(new Configuration())) {
            ((LocalFileSystem) fileSystem).setWriteChecksum(false);
            return Path.of(new SharedLibrary(
                            fileSystem, new org.apache.hadoop.fs.Path(library().toUri()))
                    .put(entry)
                    .toUri());
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(library())) {
            return files.toList();
        }
    }

    private Path library() {
        return directory.resolve("shared/lib");
    }

    private Path jar(String name, String entry) throws IOException {
        Path jar = directory.resolve(name);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            JarEntry only = new JarEntry(entry);
            only.setTime(0);
            out.putNextEntry(only);
            out.closeEntry();
        }
        return jar;
    }

    private static String classPath(Path... entries) {
        return Stream.of(entries).map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
