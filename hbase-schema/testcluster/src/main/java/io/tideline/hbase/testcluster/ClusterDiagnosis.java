package io.tideline.hbase.testcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What can be told of a cluster from outside while it stands still: for a test that failed on a machine which nobody can
 * look at afterwards.
 */
final class ClusterDiagnosis {
    private static final int LOG_LINES = 25;
    private static final int LINE_CHARACTERS = 300;
    private static final int FRAMES = 12;
    private static final long DUMP_SECONDS = 20;

    private ClusterDiagnosis() {}

    /** Disk space, the last warnings of each log, and what the threads wait for that answer calls and run procedures. */
    static List<String> of(Path work, Stream<ProcessHandle> processes) {
        List<String> lines = new ArrayList<>();
        lines.add("disk: " + work.toFile().getUsableSpace() / (1024 * 1024) + " MiB free");
        for (Path log : logs(work.resolve("logs"))) {
            lines.add("---- " + log.getFileName());
            lines.addAll(lastWarnings(log));
        }
        processes.forEach(process -> {
            lines.add("---- process " + process.pid() + (process.isAlive() ? "" : ", has ended"));
            if (process.isAlive()) {
                lines.addAll(waitingThreads(work, process.pid()));
            }
        });
        return lines;
    }

    private static List<Path> logs(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lastWarnings(Path log) {
        try (Stream<String> lines = Files.lines(log)) {
            List<String> found = lines.filter(
                            line -> line.contains(" WARN ") || line.contains(" ERROR ") || line.contains(" FATAL "))
                    .map(line -> line.substring(0, Math.min(LINE_CHARACTERS, line.length())))
                    .toList();
            return found.subList(Math.max(0, found.size() - LOG_LINES), found.size());
        } catch (IOException | UncheckedIOException e) {
            return List.of("unreadable: " + e);
        }
    }

    /** Threads of HBase's handlers and of the master's procedures that are not idle. */
    private static List<String> waitingThreads(Path work, long pid) {
        Path dump = work.resolve("logs/threads-" + pid + ".txt");
        try {
            String jcmd =
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
            Process process = new ProcessBuilder(jcmd, Long.toString(pid), "Thread.print")
                    .redirectErrorStream(true)
                    .redirectOutput(dump.toFile())
                    .start();
            // A suspended JVM does not answer.
            if (!process.waitFor(DUMP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return List.of("no thread dump in " + DUMP_SECONDS + " s");
            }
            return busyThreads(Files.readString(dump));
        } catch (IOException e) {
            return List.of("no thread dump: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of("interrupted");
        }
    }

    private static List<String> busyThreads(String dump) {
        List<String> lines = new ArrayList<>();
        for (String thread : Pattern.compile("\n\n").splitAsStream(dump).toList()) {
            boolean ofInterest =
                    thread.contains(".handler=") || thread.contains("\"PEWorker") || thread.contains("\"RS_");
            boolean idle = thread.contains("RpcHandler.getCallRunner")
                    || thread.contains("AbstractProcedureScheduler.poll")
                    || thread.contains("ThreadPoolExecutor.getTask");
            if (ofInterest && !idle) {
                thread.lines()
                        .limit(FRAMES)
                        .map(line -> line.substring(0, Math.min(LINE_CHARACTERS, line.length())))
                        .forEach(lines::add);
            }
        }
        return lines;
    }
}
