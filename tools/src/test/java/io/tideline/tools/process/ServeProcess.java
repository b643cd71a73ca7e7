package io.tideline.tools.process;

import io.tideline.client.TidelineClient;
import io.tideline.client.TidelineClientConfig;
import io.tideline.tools.TidelineCli;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code tideline serve} that has said READY. */
final class ServeProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("READY grpc=127\\.0\\.0\\.1:(\\d+) storage=\"(.+)\" .*");
    private static final int START_LIMIT_SECONDS = 120;

    private final ChildJvm jvm;
    private final int port;
    private final String storage;
    private final Duration startTime;

    private ServeProcess(ChildJvm jvm, int port, String storage, Duration startTime) {
        this.jvm = jvm;
        this.port = port;
        this.storage = storage;
        this.startTime = startTime;
    }

    /** Starts {@code serve} and returns at once: for starts that are to fail. */
    static ChildJvm launch(String... options) {
        return launch(List.of(), options);
    }

    static ChildJvm launch(List<String> jvmOptions, String... options) {
        List<String> arguments = new ArrayList<>(List.of("serve"));
        arguments.addAll(List.of(options));
        return ChildJvm.start(jvmOptions, TidelineCli.class.getName(), arguments);
    }

    static ServeProcess start(int port, String... options) throws Exception {
        return start(List.of(), port, options);
    }

    static ServeProcess start(List<String> jvmOptions, int port, String... options) throws Exception {
        long begin = System.nanoTime();
        List<String> all = new ArrayList<>(List.of("--port", Integer.toString(port)));
        all.addAll(List.of(options));
        ChildJvm jvm = launch(jvmOptions, all.toArray(String[]::new));
        try {
            Matcher ready = READY.matcher(jvm.firstLine(START_LIMIT_SECONDS));
            if (!ready.matches()) {
                throw new IllegalStateException("not ready: " + jvm.firstLine(1));
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            System.err.printf("process %d: ready after %d ms (%s)%n", jvm.pid(), took.toMillis(), ready.group(2));
            return new ServeProcess(jvm, Integer.parseInt(ready.group(1)), ready.group(2), took);
        } catch (Exception | Error e) {
            jvm.close();
            throw e;
        }
    }

    static ServeProcess embedded(int port, Path directory) throws Exception {
        return start(port, "--data", directory.toString());
    }

    ChildJvm jvm() {
        return jvm;
    }

    int port() {
        return port;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    String storage() {
        return storage;
    }

    /** From the start of the JVM to READY. */
    Duration startTime() {
        return startTime;
    }

    /** A client that outlasts restarts of the server. */
    TidelineClient client() {
        return TidelineClient.connect(patient());
    }

    TidelineClientConfig patient() {
        return TidelineClientConfig.of(address()).withRetryFor(Duration.ofMinutes(2));
    }

    @Override
    public void close() {
        jvm.close();
    }
}
