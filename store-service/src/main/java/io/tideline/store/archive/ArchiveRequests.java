package io.tideline.store.archive;

import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.operation.OperationId;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tasks of the archive as requests of operations: {@code task} is run, verify, restore, expire or compact. They are of the
 * whole installation, since its files are: no app's operators see or start them.
 */
public final class ArchiveRequests {
    /** The kind of operation. */
    public static final String KIND = "archive";

    private static final String TASK = "task";
    private static final String DRY_RUN = "dryRun";
    private static final String REBUILD = "rebuildLocator";
    private static final String APP = "timeline.app";
    private static final String FAMILY = "timeline.family";
    private static final String NAME = "timeline.name";
    private static final String FROM = "from";

    private ArchiveRequests() {}

    /** Moves what is due; its batch is named as the operation is. */
    public static OperationRequest run(boolean dryRun) {
        return of("run", flag(DRY_RUN, dryRun));
    }

    /**
     * Reads and compares.
     *
     * @param timeline empty for all files
     * @param rebuild whether the locator is repaired
     */
    public static OperationRequest verify(Optional<TimelineId> timeline, boolean rebuild) {
        Map<String, String> fields = flag(REBUILD, rebuild);
        timeline.ifPresent(named -> put(fields, named));
        return of("verify", fields);
    }

    /**
     * Brings entries back into the warm table.
     *
     * @param from 1 or more
     */
    public static OperationRequest restore(TimelineId timeline, SequenceId from, boolean dryRun) {
        Map<String, String> fields = flag(DRY_RUN, dryRun);
        put(fields, timeline);
        fields.put(FROM, from.toString());
        return of("restore", fields);
    }

    public static OperationRequest expire(boolean dryRun) {
        return of("expire", flag(DRY_RUN, dryRun));
    }

    public static OperationRequest compact(boolean dryRun) {
        return of("compact", flag(DRY_RUN, dryRun));
    }

    private static OperationRequest of(String task, Map<String, String> fields) {
        fields.put(TASK, task);
        return new OperationRequest(KIND, Optional.empty(), fields);
    }

    private static Map<String, String> flag(String name, boolean value) {
        Map<String, String> fields = new HashMap<>();
        if (value) {
            fields.put(name, "true");
        }
        return fields;
    }

    private static void put(Map<String, String> fields, TimelineId timeline) {
        fields.put(APP, timeline.app().value());
        fields.put(FAMILY, timeline.family().name());
        fields.put(NAME, timeline.name());
    }

    /**
     * What a request asks for.
     *
     * @param id of the operation, so that a repeat after a crash is of the same batch
     * @throws IllegalArgumentException when the request names no task
     */
    static ArchiveTask task(OperationId id, OperationRequest request) {
        if (request.app().isPresent()) {
            throw new IllegalArgumentException(
                    "app: " + request.app().get() + " (expected: none, the archive is the installation's)");
        }
        boolean dryRun = isSet(request, DRY_RUN);
        return switch (request.field(TASK)) {
            case "run" -> new ArchiveTask.Run(id.value(), dryRun);
            case "verify" ->
                new ArchiveTask.Verify(request.find(NAME).map(named -> timeline(request)), isSet(request, REBUILD));
            case "restore" -> new ArchiveTask.Restore(timeline(request), from(request), dryRun);
            case "expire" -> new ArchiveTask.Expire(dryRun);
            case "compact" -> new ArchiveTask.Compact(dryRun);
            default ->
                throw new IllegalArgumentException("task: unknown (expected: run, verify, restore, expire or compact)");
        };
    }

    private static boolean isSet(OperationRequest request, String name) {
        String value = request.find(name).orElse("false");
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException(name + ": neither true nor false (expected: one of them)");
        }
        return value.equals("true");
    }

    private static TimelineId timeline(OperationRequest request) {
        String family = request.field(FAMILY);
        return new TimelineId(
                new AppId(request.field(APP)),
                Arrays.stream(TimelineFamily.values())
                        .filter(known -> known.name().equals(family))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(
                                FAMILY + ": unknown (expected: CONVERSATION or PERSONAL)")),
                request.field(NAME));
    }

    private static SequenceId from(OperationRequest request) {
        try {
            return SequenceId.of(Long.parseLong(request.field(FROM)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(FROM + ": no number (expected: 1 or more)", e);
        }
    }
}
