package io.tideline.tools.bench;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;

/** What the benchmarks of one run share. One thread uses it. */
final class BenchContext {
    private final BenchSettings settings;
    private final TidelineLoad tideline;
    private final MessagingLoad messaging;
    private final Payloads payloads;
    private final PlainHBase plain;
    private final CpuMeter cpu;
    private final PrintWriter progress;
    private final String hbaseQuorum;
    private final Optional<Path> hbaseDirectory;
    private OptionalDouble unaryPerSecond = OptionalDouble.empty();

    BenchContext(
            BenchSettings settings,
            TidelineLoad tideline,
            Payloads payloads,
            PlainHBase plain,
            CpuMeter cpu,
            PrintWriter progress,
            String hbaseQuorum,
            Optional<Path> hbaseDirectory) {
        this.settings = settings;
        this.tideline = tideline;
        this.messaging = tideline.messaging();
        this.payloads = payloads;
        this.plain = plain;
        this.cpu = cpu;
        this.progress = progress;
        this.hbaseQuorum = hbaseQuorum;
        this.hbaseDirectory = hbaseDirectory;
    }

    /** "host:port" of ZooKeeper. */
    String hbaseQuorum() {
        return hbaseQuorum;
    }

    /** Of the HBase that was started for this run; empty for one that runs elsewhere. */
    Optional<Path> hbaseDirectory() {
        return hbaseDirectory;
    }

    BenchSettings settings() {
        return settings;
    }

    TidelineLoad tideline() {
        return tideline;
    }

    MessagingLoad messaging() {
        return messaging;
    }

    Payloads payloads() {
        return payloads;
    }

    PlainHBase plain() {
        return plain;
    }

    ServerHeap serverHeap() {
        return new ServerHeap(
                tideline.client().operator(),
                Optional.ofNullable(cpu.processes().get(BenchProcesses.SERVER)));
    }

    Rounds rounds() {
        return new Rounds(settings, cpu, this::say);
    }

    void say(String line) {
        progress.println(line);
        progress.flush();
    }

    /** What unary appends have reached in this run, if they were measured. */
    OptionalDouble unaryPerSecond() {
        return unaryPerSecond;
    }

    void unaryPerSecond(double measured) {
        unaryPerSecond = OptionalDouble.of(measured);
    }
}
