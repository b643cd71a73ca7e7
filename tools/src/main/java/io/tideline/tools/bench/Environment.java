package io.tideline.tools.bench;

import io.grpc.ManagedChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.util.VersionInfo;
import org.jspecify.annotations.Nullable;

/**
 * What the figures were measured with.
 *
 * @param facts names and values, in the order in which they are shown
 * @param jvmFlags by process
 */
record Environment(Map<String, String> facts, Map<String, List<String>> jvmFlags) {

    /** Of this process and the ones it has started. */
    static Environment of(Map<String, List<String>> childFlags, String serverVersion, Instant date) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("date", date.toString());
        facts.put("tideline", serverVersion);
        facts.put("commit", commit());
        facts.put("hbase", VersionInfo.getVersion());
        facts.put("jdk", System.getProperty("java.vm.name") + " " + Runtime.version());
        facts.put("grpc", orUnknown(ManagedChannel.class.getPackage().getImplementationVersion()));
        facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("cpu", cpu());
        facts.put(
                "loadAverage",
                Double.toString(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        facts.put("benchHeapMiB", Long.toString(Runtime.getRuntime().maxMemory() >> 20));
        Map<String, List<String>> flags = new LinkedHashMap<>(childFlags);
        flags.put("bench", ManagementFactory.getRuntimeMXBean().getInputArguments());
        return new Environment(facts, flags);
    }

    /** Figures of a load generator that the optimizing compiler never sees would be figures of the generator. */
    static boolean compilesFully() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .noneMatch(argument -> argument.startsWith("-XX:TieredStopAtLevel=") && !argument.endsWith("=4"));
    }

    /** Whether other work takes more than a quarter of the machine. Only to be asked before the run has begun. */
    static boolean isBusy() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()
                > Runtime.getRuntime().availableProcessors() / 4.0;
    }

    private static String orUnknown(@Nullable String text) {
        return text == null || text.isBlank() ? "unknown" : text;
    }

    private static String commit() {
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=12")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader output = git.inputReader(StandardCharsets.UTF_8)) {
                String line = output.readLine();
                return git.waitFor(5, TimeUnit.SECONDS) && git.exitValue() == 0 ? orUnknown(line) : "unknown";
            }
        } catch (IOException e) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }

    private static String cpu() {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return System.getProperty("os.arch");
        }
        try (var lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
