package io.tideline.api.server.translate;

import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.TimelineName;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.DeviceId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.operation.OperationId;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one request of the messaging services, as values of the core. A field that is wrong is noted and read as a
 * stand-in of no meaning, so that one answer names all of them: {@link #check} comes before any use. Not thread safe.
 */
public final class RequestFields {
    private static final AppId ANY_APP = new AppId("any");
    private static final ConversationId ANY_CONVERSATION = new ConversationId("0");
    private static final UserId ANY_USER = new UserId("any");
    private static final DeviceId ANY_DEVICE = new DeviceId("any");
    private static final TimelineId ANY_TIMELINE = TimelineId.conversation("any", "any");
    private static final OperationId ANY_OPERATION = new OperationId("any");
    private static final ClientMessageId ANY_NAME = new ClientMessageId("any");

    private final FieldViolations violations = new FieldViolations();

    /**
     * Goes on when all fields were acceptable.
     *
     * @throws io.tideline.api.server.status.CallFailure INVALID_ARGUMENT otherwise
     */
    public void check() {
        violations.throwIfAny();
    }

    /** Notes that a field is wrong. */
    public void add(String path, String description) {
        violations.add(path, description);
    }

    /** What {@code make} makes of the fields read so far; its refusal is the call's. */
    public <T> T whole(java.util.function.Supplier<T> make) {
        check();
        try {
            return make.get();
        } catch (IllegalArgumentException e) {
            violations.addAsWorded(e, "request");
            violations.throwIfAny();
            throw e;
        }
    }

    public AppId app(String value) {
        return made("app", value, AppId::new, ANY_APP);
    }

    public ConversationId conversation(String value) {
        return conversation("conversation_id", value);
    }

    public ConversationId conversation(String path, String value) {
        return made(path, value, ConversationId::new, ANY_CONVERSATION);
    }

    public UserId user(String path, String value) {
        return made(path, value, UserId::new, ANY_USER);
    }

    /** A user who may be left out. */
    public Optional<UserId> userIfAny(String path, String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(user(path, value));
    }

    /** Users, no one twice. */
    public List<UserId> users(String path, List<String> values, int min, int max) {
        if (values.size() < min || values.size() > max) {
            add(path, path + ": " + values.size() + " (expected: " + min + ".." + max + ")");
            return List.of();
        }
        List<UserId> users = new ArrayList<>(values.size());
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < values.size(); i++) {
            String item = path + "[" + i + "]";
            if (!seen.add(values.get(i))) {
                add(item, path + ": named twice (expected: once)");
            }
            users.add(user(item, values.get(i)));
        }
        return users;
    }

    /** The name of an operation. */
    public OperationId operation(String value) {
        return made("operation_id", value, OperationId::new, ANY_OPERATION);
    }

    /** The name of an operation, a new one when the caller has left it out. */
    public OperationId operationOrNew(String value, String kind) {
        return value.isEmpty() ? new OperationId(kind + "-" + UUID.randomUUID()) : operation(value);
    }

    /** The name of a timeline that has tiers: of a conversation or a personal one. */
    public TimelineId timelineWithTiers(String path, boolean present, TimelineName name) {
        @Nullable TimelineId named = Requests.timeline(path, present, name, violations);
        if (named == null) {
            return ANY_TIMELINE;
        }
        if (named.family() != TimelineFamily.CONVERSATION && named.family() != TimelineFamily.PERSONAL) {
            add(path + ".family", path + ".family: " + named.family() + " (expected: one with tiers)");
        }
        return named;
    }

    /** The name of a timeline of this app, of any family. */
    public TimelineId timeline(AppId app, String path, boolean present, TimelineName name) {
        @Nullable TimelineId named = Requests.timeline(path, present, name, violations);
        if (named == null) {
            return ANY_TIMELINE;
        }
        if (!named.app().equals(app)) {
            add(path + ".app", path + ".app: another one (expected: that of the request)");
        }
        return named;
    }

    /** The id of a timeline of the family of conversations, which need not be a conversation. */
    public TimelineId timelineOfConversations(AppId app, String path, String id) {
        return made(path, id, value -> new TimelineId(app, TimelineFamily.CONVERSATION, value), ANY_TIMELINE);
    }

    public DeviceId device(String value) {
        return made("device", value, DeviceId::new, ANY_DEVICE);
    }

    /** A name that its giver may leave out. */
    public Optional<ClientMessageId> nameIfAny(String path, String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(made(path, value, ClientMessageId::new, ANY_NAME));
    }

    /** A seq of 1 or more. */
    public SequenceId seq(String path, long value) {
        return Requests.seq(path, value, violations);
    }

    /** A seq, 0 for none. */
    public SequenceId seqOrNone(String path, long value) {
        return Requests.known(path, value, violations);
    }

    /** A number for which 0 stands for {@code otherwise}. */
    public int number(String path, int value, int otherwise, int max) {
        if (value == 0) {
            return otherwise;
        }
        if (value < 0 || value > max) {
            add(path, path + ": " + value + " (expected: 1.." + max + ")");
            return otherwise;
        }
        return value;
    }

    /** A message on its way in. */
    public io.tideline.store.message.OutgoingMessage message(String path, boolean present, OutgoingMessage message) {
        if (!present) {
            add(path, path + ": missing (expected: a message)");
        }
        String dot = path.isEmpty() ? "" : path + ".";
        ClientMessageId id =
                made(dot + "client_message_id", message.getClientMessageId(), ClientMessageId::new, ANY_NAME);
        MessageKind kind = made(dot + "kind", message.getKind(), MessageKind::new, new MessageKind(""));
        int size = message.getPayload().size();
        Payload payload = Payload.takeOver(new byte[0]);
        if (size > Payload.MAX_BYTES) {
            add(dot + "payload", "payload: " + size + " bytes (expected: 0.." + Payload.MAX_BYTES + ")");
        } else {
            payload = Payload.takeOver(message.getPayload().toByteArray());
        }
        try {
            return new io.tideline.store.message.OutgoingMessage(id, kind, payload, message.getNotice());
        } catch (IllegalArgumentException e) {
            add(dot + "kind", String.valueOf(e.getMessage()));
            return new io.tideline.store.message.OutgoingMessage(ANY_NAME, new MessageKind(""), payload);
        }
    }

    /** What a token of a list says, or a note. */
    public <T> Optional<T> position(String token, Function<String, Optional<T>> read) {
        if (token.isEmpty()) {
            return Optional.empty();
        }
        Optional<T> position = read.apply(token);
        if (position.isEmpty()) {
            add("page_token", "page_token: altered or of another request (expected: one of this request)");
        }
        return position;
    }

    private <T> T made(String path, String value, Function<String, T> make, T standIn) {
        try {
            return make.apply(value);
        } catch (IllegalArgumentException e) {
            violations.add(path, e.getMessage());
            return standIn;
        }
    }
}
