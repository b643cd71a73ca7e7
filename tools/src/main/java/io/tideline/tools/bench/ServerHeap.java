package io.tideline.tools.bench;

import io.tideline.client.OperatorClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The heap of the server, as it tells itself. */
final class ServerHeap {
    private static final String USED = "jvm.heap.used";
    private static final String MAX = "jvm.heap.max";
    private static final long COLLECTION_SECONDS = 60;
    private static final double KIB = 1024;
    private static final double MIB = 1024 * KIB;

    private final OperatorClient operator;
    private final Optional<ProcessHandle> process;

    /** @param process of a server on this machine that may be told to collect; empty when it runs elsewhere */
    ServerHeap(OperatorClient operator, Optional<ProcessHandle> process) {
        this.operator = operator;
        this.process = process;
    }

    /**
     * What is in use, in bytes.
     *
     * @param max what may be
     * @param collected whether the garbage was collected right before
     */
    record Usage(double used, double max, boolean collected) {
        /** What so many of something have added since {@code before}. */
        String since(Usage before, int count, String what) {
            return String.format(
                    Locale.ROOT,
                    "server heap: %.0f MiB of %.0f in use%s with %,d %s, %.0f before them: %.1f KiB for each",
                    used / MIB,
                    max / MIB,
                    collected ? " after a collection" : ", garbage included,",
                    count,
                    what,
                    before.used / MIB,
                    (used - before.used) / KIB / count);
        }
    }

    Usage read() throws InterruptedException {
        boolean collected = process.isPresent() && collect(process.get());
        Map<String, Double> metrics = TidelineLoad.await(operator.serverInfo()).getMetricsMap();
        return new Usage(metrics.getOrDefault(USED, 0.0), metrics.getOrDefault(MAX, 0.0), collected);
    }

    /** False where there is no JDK to do that with. */
    private static boolean collect(ProcessHandle process) throws InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try {
            Process collection = new ProcessBuilder(jcmd, Long.toString(process.pid()), "GC.run")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return collection.waitFor(COLLECTION_SECONDS, TimeUnit.SECONDS) && collection.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
