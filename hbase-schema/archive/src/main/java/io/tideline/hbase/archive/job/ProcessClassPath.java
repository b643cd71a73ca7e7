package io.tideline.hbase.archive.job;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** What of a process's class path is to be on that of a container, in the same order. */
final class ProcessClassPath {
    /**
     * Hadoop and what it logs with come from the cluster: its classes meet those of the job, and a class that two loaders
     * have is two classes.
     */
    private static final List<String> THE_CLUSTERS_OWN =
            List.of("hadoop-", "slf4j-", "logback-", "log4j-", "reload4j-");

    /** All the same, for its metrics: see {@link YarnRun}. */
    private static final String HADOOP_COMMON = "hadoop-common-";

    private ProcessClassPath() {}

    /**
     * Jars, also those that the manifests of others name, and directories with classes. A directory without classes is
     * configuration, perhaps with secrets, and stays here.
     *
     * @param classPath as in the system property {@code java.class.path}; what does not exist is passed over
     */
    static List<Path> toShip(String classPath) throws IOException {
        Set<Path> entries = new LinkedHashSet<>();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            if (!entry.isEmpty()) {
                addWithManifest(Path.of(entry).toAbsolutePath().normalize(), entries);
            }
        }
        List<Path> shipped = new ArrayList<>();
        for (Path entry : entries) {
            String name = String.valueOf(entry.getFileName());
            boolean clusters =
                    !name.startsWith(HADOOP_COMMON) && THE_CLUSTERS_OWN.stream().anyMatch(name::startsWith);
            if (!clusters && (Files.isDirectory(entry) ? hasClasses(entry) : hasEntries(entry))) {
                shipped.add(entry);
            }
        }
        return shipped;
    }

    private static void addWithManifest(Path entry, Set<Path> entries) throws IOException {
        if (!Files.exists(entry) || !entries.add(entry) || Files.isDirectory(entry)) {
            return;
        }
        try (JarFile jar = new JarFile(entry.toFile())) {
            Manifest manifest = jar.getManifest();
            String more = manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            if (more == null) {
                return;
            }
            for (String relative : more.strip().split("\\s+", -1)) {
                URI uri = entry.toUri().resolve(relative);
                if ("file".equals(uri.getScheme())) {
                    addWithManifest(Path.of(uri), entries);
                }
            }
        }
    }

    /** A jar with nothing but a manifest is a list of others, and names paths that are valid here only. */
    private static boolean hasEntries(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream().anyMatch(entry -> !entry.getName().startsWith("META-INF"));
        }
    }

    private static boolean hasClasses(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.anyMatch(file -> file.toString().endsWith(".class"));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
