package io.tideline.store.export;

import io.tideline.core.export.ExportFormat;
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
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Carries out exports: a file for each part, {@code manifest.json} last. Memory: one page. When another server goes on that
 * has not the files, it starts over.
 *
 * <p>Formats that cannot be added to, page by page, are made of the whole lines of a part, a part at a time, when all have
 * been read; the lines are deleted at the end.
 */
public final class ExportHandler implements OperationHandler {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final ExportSource source;
    private final InstantSource clock;
    private final Optional<ExportDirectory> directory;
    private final Map<String, ExportFormat> formats;
    private final Executor files;

    /**
     * Writes below a directory.
     *
     * @param directory empty: exports are refused
     * @param formats besides JSON lines
     * @param files blocks while files are written
     */
    public ExportHandler(StorePorts ports, Optional<Path> directory, List<ExportFormat> formats, Executor files) {
        this.source = new ExportSource(ports);
        this.clock = ports.clock();
        this.directory = directory.map(ExportDirectory::new);
        this.formats = formats.stream().collect(Collectors.toMap(ExportFormat::name, Function.identity()));
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
        format(request);
    }

    /**
     * What the lines are to be made into; empty to leave them.
     *
     * @throws IllegalArgumentException when it is unknown here
     */
    private Optional<ExportFormat> format(OperationRequest request) {
        String name = ExportRequests.format(request);
        Optional<ExportFormat> format = Optional.ofNullable(formats.get(name));
        if (format.isEmpty() && !name.equals(ExportRequests.JSON_LINES)) {
            String known = Stream.concat(
                            Stream.of(ExportRequests.JSON_LINES),
                            formats.keySet().stream().sorted())
                    .collect(Collectors.joining(", "));
            throw new IllegalArgumentException("format: unknown here (expected: one of " + known + ")");
        }
        return format;
    }

    @Override
    public CompletableFuture<OperationStep> step(Operation operation, Control control) {
        if (directory.isEmpty()) {
            return CompletableFuture.completedFuture(
                    new OperationStep.Failed("this server has no export directory", operation.report()));
        }
        Step step = new Step(operation, directory.get(), format(operation.request()));
        return CompletableFuture.supplyAsync(step::open, files).thenCompose(opened -> opened.take());
    }

    /** One step; the checkpoint: part, cursor, parts in their format, and of each file its length, lines, and seqs. */
    private final class Step {
        private final Operation operation;
        private final ExportDirectory root;
        private final ExportTarget target;
        private final String path;
        private final Optional<ExportFormat> format;
        private Map<String, String> state;
        private Path home = Path.of("");

        Step(Operation operation, ExportDirectory root, Optional<ExportFormat> format) {
            this.operation = operation;
            this.root = root;
            this.format = format;
            this.target = ExportRequests.target(operation.request());
            this.path = ExportRequests.path(operation.request())
                    .orElse(operation.id().value());
            this.state = new HashMap<>(operation.checkpoint());
        }

        /** Blocks. */
        Step open() {
            home = root.create(path);
            if (!target.parts().stream().allMatch(this::isThere)) {
                state = new HashMap<>();
            }
            return this;
        }

        private boolean isThere(Part part) {
            return isConverted(part)
                    ? ExportDirectory.length(home.resolve(file(part))) == number("converted", part)
                    : ExportDirectory.length(home.resolve(part.file())) >= number("bytes", part);
        }

        private boolean isConverted(Part part) {
            return state.containsKey("converted." + part.name());
        }

        private String file(Part part) {
            return format.map(part::file).orElse(part.file());
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
                return CompletableFuture.supplyAsync(this::convertOrFinish, files);
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

        /** Blocks. */
        private OperationStep convertOrFinish() {
            Optional<Part> next = format.isEmpty()
                    ? Optional.empty()
                    : target.parts().stream().filter(part -> !isConverted(part)).findFirst();
            return next.isEmpty() ? finish() : convert(next.get(), format.orElseThrow());
        }

        private OperationStep convert(Part part, ExportFormat into) {
            Path file = home.resolve(part.file(into));
            long rows = ExportDirectory.convert(home.resolve(part.file()), into, ExportColumns.of(part), file);
            if (rows != number("lines", part)) {
                return new OperationStep.Failed(
                        part.file(into) + ": " + rows + " rows (expected: " + number("lines", part) + ")", report());
            }
            set("converted", part, ExportDirectory.length(file));
            return new OperationStep.More(progress(part.file(into)), state, report(), Duration.ZERO);
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
                report.put("lines." + file(part), Long.toString(number("lines", part)));
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
            if (format.isPresent()) {
                target.parts().forEach(part -> ExportDirectory.delete(home.resolve(part.file())));
            }
            return new OperationStep.Done(progress("done"), report());
        }

        private String described(Part part) {
            Path file = home.resolve(file(part));
            JsonLine line = new JsonLine()
                    .put("name", file(part))
                    .put("lines", number("lines", part))
                    .put("bytes", number(isConverted(part) ? "converted" : "bytes", part))
                    .put("sha256", ExportDirectory.sha256(file));
            if (number("last", part) > 0) {
                line.put("firstSeq", number("first", part)).put("lastSeq", number("last", part));
            }
            return line.end();
        }
    }
}
