package io.tideline.hbase.codec;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.erase.Erasure;
import io.tideline.core.erase.ErasureTarget;
import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationClaim;
import io.tideline.core.operation.OperationId;
import io.tideline.core.operation.OperationProgress;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.operation.OperationState;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import java.time.Instant;
import java.util.Optional;

/**
 * Operations and erasures as records.
 *
 * <pre>
 * OPERATION  1 | kind | app, empty for none | request | state(1) | cancel requested(1) | stage | done(8) | total(8)
 *            | checkpoint | report | problem | holder | until(8) | fence(8) | created(8) | updated(8)
 * ERASURE    1 | what(1): 1 message, 2 user, 3 conversation, 4 app | app | conversation or user | seq(8) | before(8)
 *            | through(8) | sent(8) | complete(1)
 * </pre>
 */
public final class OperationCodec {
    private static final int FORMAT = 1;
    private static final int MESSAGE = 1;
    private static final int USER = 2;
    private static final int CONVERSATION = 3;
    private static final int APP = 4;

    private OperationCodec() {}

    public static Payload encode(Operation operation) {
        OperationRequest request = operation.request();
        OperationClaim claim = operation.claim();
        return new FieldWriter(FORMAT)
                .text(request.kind())
                .text(request.app().map(AppId::value).orElse(""))
                .texts(request.fields())
                .code(operation.state().code())
                .flag(operation.cancelRequested())
                .text(operation.progress().stage())
                .number(operation.progress().done())
                .number(operation.progress().total())
                .texts(operation.checkpoint())
                .texts(operation.report())
                .text(operation.problem())
                .text(claim.holder())
                .number(claim.until().toEpochMilli())
                .number(claim.fence())
                .number(operation.created().toEpochMilli())
                .number(operation.updated().toEpochMilli())
                .done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the value cannot be decoded
     */
    public static Operation decodeOperation(TimelineRecord record) {
        FieldReader reader = new FieldReader("operation", record.value()).format(FORMAT);
        return new Operation(
                new OperationId(record.key().text(0)),
                new OperationRequest(reader.text(), app(reader.text()), reader.texts()),
                state(reader),
                reader.flag(),
                new OperationProgress(reader.text(), reader.number(), reader.number()),
                reader.texts(),
                reader.texts(),
                reader.text(),
                new OperationClaim(reader.text(), time(reader), reader.number()),
                time(reader),
                time(reader));
    }

    private static Optional<AppId> app(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(new AppId(value));
    }

    private static Instant time(FieldReader reader) {
        return Instant.ofEpochMilli(reader.number());
    }

    private static OperationState state(FieldReader reader) {
        int code = reader.code();
        for (OperationState state : OperationState.values()) {
            if (state.code() == code) {
                return state;
            }
        }
        throw reader.corrupt("state " + code);
    }

    public static Payload encode(Erasure erasure) {
        FieldWriter writer = new FieldWriter(FORMAT);
        ErasureTarget target = erasure.target();
        if (target instanceof ErasureTarget.OneMessage message) {
            target(writer, MESSAGE, target, message.conversation().value())
                    .number(message.seq().value());
        } else if (target instanceof ErasureTarget.OneUser user) {
            target(writer, USER, target, user.user().value()).number(0);
        } else if (target instanceof ErasureTarget.OneConversation conversation) {
            target(writer, CONVERSATION, target, conversation.conversation().value())
                    .number(0);
        } else {
            target(writer, APP, target, "").number(0);
        }
        return writer.number(erasure.before().toEpochMilli())
                .number(erasure.through().value())
                .number(erasure.sent().toEpochMilli())
                .flag(erasure.complete())
                .done();
    }

    private static FieldWriter target(FieldWriter writer, int what, ErasureTarget target, String name) {
        return writer.code(what).text(target.app().value()).text(name);
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the value cannot be decoded
     */
    public static Erasure decodeErasure(TimelineRecord record) {
        FieldReader reader = new FieldReader("erasure", record.value()).format(FORMAT);
        int what = reader.code();
        AppId app = new AppId(reader.text());
        String name = reader.text();
        long seq = reader.number();
        ErasureTarget target =
                switch (what) {
                    case MESSAGE -> new ErasureTarget.OneMessage(app, new ConversationId(name), SequenceId.of(seq));
                    case USER -> new ErasureTarget.OneUser(app, new UserId(name));
                    case CONVERSATION -> new ErasureTarget.OneConversation(app, new ConversationId(name));
                    case APP -> new ErasureTarget.OneApp(app);
                    default -> throw reader.corrupt("erasure " + what);
                };
        return new Erasure(
                record.key().text(0),
                target,
                time(reader),
                SequenceId.of(reader.number()),
                time(reader),
                reader.flag());
    }
}
