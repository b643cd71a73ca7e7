package io.tideline.store.export;

import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationProgress;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.store.Deadline;
import io.tideline.store.StorePorts;
import io.tideline.store.export.ExportTarget.Part;
import io.tideline.store.operation.OperationHandler;
import io.tideline.store.operation.OperationStep;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * Carries out exports: a file for each part, {@code manifest.json} last. Memory: one page. When another server goes on that
 * has not the files, it starts over.
 */
public final class ExportHandler implements OperationHandler {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final ExportSource source;
    private final InstantSource clock;
    private final Optional<ExportDirectory> directory;
    private final Executor files;

    /**
     * Writes below a directory.
     *
     * @param directory empty: exports are refused
     * @param files blocks while files are written
     */
    public ExportHandler(StorePorts ports, Optional<Path> directory, Executor files) {
        this.source = new ExportSource(ports);
        this.clock = ports.clock();
        this.directory = directory.map(ExportDirectory::new);
        this.files = files;
    }

    @Override
    public String kind() {
        return ExportRequests.KIND;
    }

    @Override
    public void check(OperationRequest request) {
        ExportRequests.target(request);
        if (directory.isEmpty()) {
            throw new IllegalArgumentException(
                    "export: not possible here (expected: a server with an export directory)");
        }
        ExportRequests.path(request).ifPresent(directory.get()::check);
    }

    @Override
    public CompletableFuture<OperationStep> step(Operation operation, Control control) {
        if (directory.isEmpty()) {
            return CompletableFuture.completedFuture(
                    new OperationStep.Failed("this server has no export directory", operation.report()));
        }
        Step step = new Step(operation, directory.get());
        return CompletableFuture.supplyAsync(step::open, files).thenCompose(opened -> opened.take());
    }

    /** One step; the checkpoint: part, cursor, and of each file its length, lines, and seqs. */
    private final class Step {
        private final Operation operation;
        private final ExportDirectory root;
        private final ExportTarget target;
        private final String path;
        private Map<String, String> state;
        private Path home = Path.of("");

        Step(Operation operation, ExportDirectory root) {
            this.operation = operation;
            this.root = root;
            this.target = ExportRequests.target(operation.request());
            this.path = ExportRequests.path(operation.request())
                    .orElse(operation.id().value());
            this.state = new HashMap<>(operation.checkpoint());
        }

        /** Blocks. */
        Step open() {
            home = root.create(path);
            boolean whole = target.parts().stream()
                    .allMatch(part -> ExportDirectory.length(home.resolve(part.file())) >= number("bytes", part));
            if (!whole) {
                state = new HashMap<>();
            }
            return this;
        }

        private long number(String what, Part part) {
            return Long.parseLong(state.getOrDefault(what + "." + part.name(), "0"));
        }

        private void set(String what, Part part, long value) {
            state.put(what + "." + part.name(), Long.toString(value));
        }

        CompletableFuture<OperationStep> take() {
            int at = Integer.parseInt(state.getOrDefault("part", "0"));
            if (at == target.parts().size()) {
                return CompletableFuture.supplyAsync(this::finish, files);
            }
            Part part = target.parts().get(at);
            ExportCursor cursor =
                    new ExportCursor(state.getOrDefault("name", ""), Long.parseLong(state.getOrDefault("seq", "0")));
            return source.read(target, part, cursor, Deadline.after(REQUEST_TIMEOUT))
                    .thenApplyAsync(page -> written(at, part, page), files);
        }

        private OperationStep written(int at, Part part, ExportPage page) {
            long before = number("bytes", part);
            set("bytes", part, ExportDirectory.append(home.resolve(part.file()), before, page.lines()));
            set("lines", part, number("lines", part) + page.lines().size());
            if (page.firstSeq() > 0) {
                set("first", part, number("first", part) == 0 ? page.firstSeq() : number("first", part));
                set("last", part, page.lastSeq());
            }
            ExportCursor next = page.next().orElse(ExportCursor.BEGIN);
            state.put("part", Integer.toString(page.next().isPresent() ? at : at + 1));
            state.put("name", next.name());
            state.put("seq", Long.toString(next.seq()));
            return new OperationStep.More(progress(part.file()), state, report(), Duration.ZERO);
        }

        private OperationProgress progress(String stage) {
            long lines = target.parts().stream()
                    .mapToLong(part -> number("lines", part))
                    .sum();
            return new OperationProgress(stage, lines, 0);
        }

        private Map<String, String> report() {
            Map<String, String> report = new TreeMap<>();
            report.put("directory", home.toString());
            for (Part part : target.parts()) {
                report.put("lines." + part.file(), Long.toString(number("lines", part)));
            }
            return report;
        }

        /** Blocks. */
        private OperationStep finish() {
            List<String> described =
                    target.parts().stream().map(this::described).toList();
            String manifest = new JsonLine()
                    .put("format", "tideline-export-1")
                    .put("operation", operation.id().value())
                    .put("app", target.app().value())
                    .put("request", operation.request().fields())
                    .put("started", operation.created())
                    .put("created", clock.instant())
                    .putRaw("files", described.stream().collect(Collectors.joining(",", "[", "]")))
                    .end();
            ExportDirectory.write(home.resolve("manifest.json"), manifest + "\n");
            return new OperationStep.Done(progress("done"), report());
        }

        private String described(Part part) {
            Path file = home.resolve(part.file());
            JsonLine line = new JsonLine()
                    .put("name", part.file())
                    .put("lines", number("lines", part))
                    .put("bytes", number("bytes", part))
                    .put("sha256", ExportDirectory.sha256(file));
            if (number("last", part) > 0) {
                line.put("firstSeq", number("first", part)).put("lastSeq", number("last", part));
            }
            return line.end();
        }
    }
}
