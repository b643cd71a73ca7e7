package io.tideline.store.export;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.timeline.AppId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Exports as requests of operations: {@code target} is user or conversation, {@code format} jsonl unless it says more. */
public final class ExportRequests {
    /** The kind of operation. */
    public static final String KIND = "export";

    /** Gzipped lines of JSON. */
    static final String JSON_LINES = "jsonl";

    private static final String PATH = "path";
    private static final String FORMAT = "format";

    private ExportRequests() {}

    /**
     * Of one user.
     *
     * @param path below the server's export directory; empty for one named after the operation
     * @param format empty for JSON lines
     */
    public static OperationRequest user(AppId app, UserId user, Optional<String> path, Optional<String> format) {
        return of(app, Map.of("target", "user", "user", user.value()), path, format);
    }

    /**
     * Of one conversation.
     *
     * @param path below the server's export directory; empty for one named after the operation
     * @param format empty for JSON lines
     */
    public static OperationRequest conversation(
            AppId app, ConversationId conversation, Optional<String> path, Optional<String> format) {
        return of(app, Map.of("target", "conversation", "conversation", conversation.value()), path, format);
    }

    private static OperationRequest of(
            AppId app, Map<String, String> target, Optional<String> path, Optional<String> format) {
        Map<String, String> fields = new HashMap<>(target);
        path.ifPresent(given -> fields.put(PATH, given));
        format.ifPresent(given -> fields.put(FORMAT, given));
        return new OperationRequest(KIND, Optional.of(app), fields);
    }

    /** What is to be exported. @throws IllegalArgumentException when the request does not say */
    static ExportTarget target(OperationRequest request) {
        AppId app = request.app()
                .orElseThrow(() -> new IllegalArgumentException("app: missing (expected: the app to export from)"));
        return switch (request.field("target")) {
            case "user" -> new ExportTarget.OneUser(app, new UserId(request.field("user")));
            case "conversation" ->
                new ExportTarget.OneConversation(app, new ConversationId(request.field("conversation")));
            default -> throw new IllegalArgumentException("target: unknown (expected: user or conversation)");
        };
    }

    static String format(OperationRequest request) {
        return request.find(FORMAT).orElse(JSON_LINES);
    }

    static Optional<String> path(OperationRequest request) {
        return request.find(PATH);
    }
}
