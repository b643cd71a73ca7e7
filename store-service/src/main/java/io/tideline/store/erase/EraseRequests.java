package io.tideline.store.erase;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.erase.ErasureTarget;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Erasures as requests of operations: {@code target} is message, user, conversation or app. */
public final class EraseRequests {
    /** The kind of operation. */
    public static final String KIND = "erase";

    static final String INTENT = "intent";

    private static final String PURGE = "purge";

    private EraseRequests() {}

    /**
     * An erasure of its own.
     *
     * @param purge whether it ends only when what was replaced has left the storage's files
     */
    public static OperationRequest of(ErasureTarget target, boolean purge) {
        return of(target, Optional.empty(), purge);
    }

    /** @param intent that of an earlier erasure, to be carried out again */
    static OperationRequest of(ErasureTarget target, Optional<String> intent, boolean purge) {
        Map<String, String> fields = new HashMap<>();
        if (target instanceof ErasureTarget.OneMessage message) {
            fields.put("target", "message");
            fields.put("conversation", message.conversation().value());
            fields.put("seq", message.seq().toString());
        } else if (target instanceof ErasureTarget.OneUser user) {
            fields.put("target", "user");
            fields.put("user", user.user().value());
        } else if (target instanceof ErasureTarget.OneConversation conversation) {
            fields.put("target", "conversation");
            fields.put("conversation", conversation.conversation().value());
        } else {
            fields.put("target", "app");
        }
        intent.ifPresent(id -> fields.put(INTENT, id));
        if (purge) {
            fields.put(PURGE, "true");
        }
        return new OperationRequest(KIND, Optional.of(target.app()), fields);
    }

    static boolean purges(OperationRequest request) {
        return request.find(PURGE).isPresent();
    }

    /**
     * The target of a request.
     *
     * @throws IllegalArgumentException when the request names none
     */
    static ErasureTarget target(OperationRequest request) {
        AppId app = request.app()
                .orElseThrow(() -> new IllegalArgumentException("app: missing (expected: the app to erase in)"));
        String target = request.field("target");
        return switch (target) {
            case "message" ->
                new ErasureTarget.OneMessage(app, conversation(request), SequenceId.of(number(request.field("seq"))));
            case "user" -> new ErasureTarget.OneUser(app, new UserId(request.field("user")));
            case "conversation" -> new ErasureTarget.OneConversation(app, conversation(request));
            case "app" -> new ErasureTarget.OneApp(app);
            default ->
                throw new IllegalArgumentException("target: unknown (expected: message, user, conversation or app)");
        };
    }

    private static ConversationId conversation(OperationRequest request) {
        return new ConversationId(request.field("conversation"));
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("seq: no number (expected: 1 or more)", e);
        }
    }
}
