package io.tideline.api.server.operations;

import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.v1.EraseRequest;
import io.tideline.api.v1.ExportRequest;
import io.tideline.api.v1.OtherRequest;
import io.tideline.api.v1.StartOperationRequest;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.erase.ErasureTarget;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.store.erase.EraseRequests;
import io.tideline.store.export.ExportRequests;
import java.util.Map;
import java.util.Optional;

/** Requests to start operations, as values of the core. */
final class OperationRequests {
    private static final OperationRequest NOTHING = new OperationRequest("nothing", Optional.empty(), Map.of());

    private static final int MAX_FORMAT_CHARS = 16;

    private OperationRequests() {}

    /** The app that a request is about, valid or not; empty for the whole installation. */
    static String app(StartOperationRequest request) {
        return switch (request.getRequestCase()) {
            case ERASE -> request.getErase().getApp();
            case EXPORT -> request.getExport().getApp();
            case OTHER -> request.getOther().getApp();
            case REQUEST_NOT_SET -> "";
        };
    }

    static OperationRequest of(StartOperationRequest request, RequestFields fields) {
        return switch (request.getRequestCase()) {
            case ERASE -> erase(request.getErase(), fields);
            case EXPORT -> export(request.getExport(), fields);
            case OTHER -> other(request.getOther(), fields);
            case REQUEST_NOT_SET -> {
                fields.add("request", "request: missing (expected: erase, export or other)");
                yield NOTHING;
            }
        };
    }

    private static OperationRequest erase(EraseRequest erase, RequestFields fields) {
        AppId app = fields.app(erase.getApp());
        if (!erase.getConfirmed()) {
            fields.add("erase.confirmed", "confirmed: false (expected: true, since there is no way back)");
        }
        return switch (erase.getTargetCase()) {
            case MESSAGE -> {
                ConversationId conversation = fields.conversation(
                        "erase.message.conversation_id", erase.getMessage().getConversationId());
                SequenceId seq =
                        fields.seq("erase.message.seq", erase.getMessage().getSeq());
                yield EraseRequests.of(
                        new ErasureTarget.OneMessage(app, conversation, seq.isNone() ? SequenceId.FIRST : seq),
                        erase.getPurge());
            }
            case USER ->
                EraseRequests.of(
                        new ErasureTarget.OneUser(app, fields.user("erase.user", erase.getUser())), erase.getPurge());
            case CONVERSATION_ID ->
                EraseRequests.of(
                        new ErasureTarget.OneConversation(
                                app, fields.conversation("erase.conversation_id", erase.getConversationId())),
                        erase.getPurge());
            case WHOLE_APP -> {
                if (!erase.getWholeApp()) {
                    fields.add("erase.whole_app", "whole_app: false (expected: true)");
                }
                yield EraseRequests.of(new ErasureTarget.OneApp(app), erase.getPurge());
            }
            case TARGET_NOT_SET -> {
                fields.add("erase.target", "target: missing (expected: message, user, conversation_id or whole_app)");
                yield NOTHING;
            }
        };
    }

    private static OperationRequest export(ExportRequest export, RequestFields fields) {
        AppId app = fields.app(export.getApp());
        Optional<String> path = Optional.of(export.getPath()).filter(given -> !given.isEmpty());
        Optional<String> format = Optional.of(export.getFormat()).filter(given -> !given.isEmpty());
        if (export.getFormat().length() > MAX_FORMAT_CHARS) {
            fields.add("export.format", "format: too long (expected: jsonl, or another that the server has)");
            return NOTHING;
        }
        if (export.getPath().length() > OperationRequest.MAX_CHARS) {
            fields.add("export.path", "path: too long (expected: 0.." + OperationRequest.MAX_CHARS + " characters)");
            return NOTHING;
        }
        return switch (export.getTargetCase()) {
            case USER -> {
                UserId user = fields.user("export.user", export.getUser());
                yield ExportRequests.user(app, user, path, format);
            }
            case CONVERSATION_ID ->
                ExportRequests.conversation(
                        app, fields.conversation("export.conversation_id", export.getConversationId()), path, format);
            case TARGET_NOT_SET -> {
                fields.add("export.target", "target: missing (expected: user or conversation_id)");
                yield NOTHING;
            }
        };
    }

    private static OperationRequest other(OtherRequest other, RequestFields fields) {
        try {
            Optional<AppId> app = other.getApp().isEmpty() ? Optional.empty() : Optional.of(fields.app(other.getApp()));
            return new OperationRequest(other.getKind(), app, other.getFieldsMap());
        } catch (IllegalArgumentException e) {
            fields.add("other", String.valueOf(e.getMessage()));
            return NOTHING;
        }
    }
}
