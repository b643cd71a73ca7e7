package io.tideline.hbase.testcluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts the JVMs of the cluster: their input and output are pipes to the caller, their errors go to a file. */
final class ServerJvm {

    private static final String OPTIONS = "jvm.options";

    private ServerJvm() {}

    static Process start(String mainClass, List<String> arguments, String classPath, int heapMegabytes, Path log)
            throws IOException {
        return start(mainClass, arguments, classPath, heapMegabytes, log, Path.of(""));
    }

    /** @param directory the current one of the process */
    static Process start(
            String mainClass, List<String> arguments, String classPath, int heapMegabytes, Path log, Path directory)
            throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options());
        command.add("-Xmx" + heapMegabytes + "m");
        command.add("-cp");
        command.add(classPath);
        command.add(mainClass);
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .directory(directory.toAbsolutePath().toFile())
                .redirectError(log.toFile())
                .start();
    }

    private static List<String> options() {
        try (InputStream resource = ServerJvm.class.getResourceAsStream(OPTIONS)) {
            if (resource == null) {
                throw new IllegalStateException("resource missing: " + OPTIONS);
            }
            String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
            return List.of(text.strip().split("\\s+"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
