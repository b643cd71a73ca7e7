package io.tideline.hbase.codec;

import io.tideline.core.conversation.UserId;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.PersonalMessage;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Events of conversations as entries: the kind says which, the payload is {@code format(1)=1} and the fields in the order
 * of the record. A personal message's payload is {@code format(1)=1 | follows(8) | content}.
 */
public final class EventCodec {
    private static final int FORMAT = 1;

    private EventCodec() {}

    /** The entry's kind. */
    public static MessageKind kind(ConversationEvent event) {
        return new MessageKind(ConversationEvent.KIND_PREFIX + name(event));
    }

    private static String name(ConversationEvent event) {
        if (event instanceof ConversationEvent.Created) {
            return "created";
        } else if (event instanceof ConversationEvent.Joined) {
            return "joined";
        } else if (event instanceof ConversationEvent.Left) {
            return "left";
        } else if (event instanceof ConversationEvent.RoleChanged) {
            return "role";
        } else if (event instanceof ConversationEvent.SettingsChanged) {
            return "settings";
        } else if (event instanceof ConversationEvent.DiffusionSwitched) {
            return "diffusion";
        } else if (event instanceof ConversationEvent.Dissolved) {
            return "dissolved";
        } else if (event instanceof ConversationEvent.Recalled) {
            return "recalled";
        } else if (event instanceof ConversationEvent.Edited) {
            return "edited";
        } else if (event instanceof ConversationEvent.Deleted) {
            return "deleted";
        } else if (event instanceof ConversationEvent.Reacted) {
            return "reacted";
        }
        return "hidden";
    }

    /** The entry's payload. */
    public static Payload encode(ConversationEvent event) {
        FieldWriter writer = new FieldWriter(FORMAT);
        if (event instanceof ConversationEvent.Created created) {
            writer.code(created.kind().code());
            ConversationCodec.settings(writer, created.settings())
                    .code(created.diffusion().code());
        } else if (event instanceof ConversationEvent.Joined joined) {
            writer.count(joined.users().size());
            joined.users().forEach(user -> writer.text(user.value()));
            writer.code(joined.role().level());
        } else if (event instanceof ConversationEvent.Left left) {
            writer.text(left.user().value());
        } else if (event instanceof ConversationEvent.RoleChanged changed) {
            writer.text(changed.user().value()).code(changed.role().level());
        } else if (event instanceof ConversationEvent.SettingsChanged changed) {
            ConversationCodec.settings(writer, changed.settings());
        } else if (event instanceof ConversationEvent.DiffusionSwitched switched) {
            writer.code(switched.diffusion().code());
        } else {
            encodeChange(writer, event);
        }
        return writer.done();
    }

    private static void encodeChange(FieldWriter writer, ConversationEvent event) {
        if (event instanceof ConversationEvent.Recalled recalled) {
            writer.number(recalled.target().value());
        } else if (event instanceof ConversationEvent.Edited edited) {
            writer.number(edited.target().value()).text(edited.kind().value()).payload(edited.payload());
        } else if (event instanceof ConversationEvent.Deleted deleted) {
            writer.number(deleted.target().value());
        } else if (event instanceof ConversationEvent.Reacted reacted) {
            writer.number(reacted.target().value()).text(reacted.reaction()).flag(reacted.added());
        } else if (event instanceof ConversationEvent.Hidden hidden) {
            writer.number(hidden.target().value());
        }
    }

    /**
     * The event that an entry of this kind is; empty when it is a message.
     *
     * @throws io.tideline.core.error.CorruptDataException when it is an event that cannot be decoded
     */
    public static Optional<ConversationEvent> decode(MessageKind kind, Payload payload) {
        if (!kind.value().startsWith(ConversationEvent.KIND_PREFIX)) {
            return Optional.empty();
        }
        String name = kind.value().substring(ConversationEvent.KIND_PREFIX.length());
        FieldReader reader = new FieldReader("event " + name, payload).format(FORMAT);
        return Optional.of(reader.valid(() -> event(name, reader)));
    }

    /**
     * The event that the entry is, if it is one that can be read; any other entry is a message, whatever its kind says. For
     * those who show or hand on what others have appended: one entry that is not the service's own, which plain appends
     * were once free to make, must not stand in the way of all the others.
     */
    public static Optional<ConversationEvent> readable(Entry entry) {
        try {
            return decode(entry.kind(), entry.payload());
        } catch (CorruptDataException e) {
            return Optional.empty();
        }
    }

    private static ConversationEvent event(String name, FieldReader reader) {
        return switch (name) {
            case "created" ->
                new ConversationEvent.Created(
                        ConversationCodec.kind(reader),
                        ConversationCodec.settings(reader),
                        ConversationCodec.diffusion(reader));
            case "joined" -> new ConversationEvent.Joined(users(reader), ConversationCodec.role(reader));
            case "left" -> new ConversationEvent.Left(new UserId(reader.text()));
            case "role" -> new ConversationEvent.RoleChanged(new UserId(reader.text()), ConversationCodec.role(reader));
            case "settings" -> new ConversationEvent.SettingsChanged(ConversationCodec.settings(reader));
            case "diffusion" -> new ConversationEvent.DiffusionSwitched(ConversationCodec.diffusion(reader));
            case "dissolved" -> new ConversationEvent.Dissolved();
            default -> change(name, reader);
        };
    }

    private static ConversationEvent change(String name, FieldReader reader) {
        return switch (name) {
            case "recalled" -> new ConversationEvent.Recalled(seq(reader));
            case "edited" ->
                new ConversationEvent.Edited(seq(reader), new MessageKind(reader.text()), reader.payload());
            case "deleted" -> new ConversationEvent.Deleted(seq(reader));
            case "reacted" -> new ConversationEvent.Reacted(seq(reader), reader.text(), reader.flag());
            case "hidden" -> new ConversationEvent.Hidden(seq(reader));
            default -> throw reader.corrupt("unknown event");
        };
    }

    private static SequenceId seq(FieldReader reader) {
        return SequenceId.of(reader.number());
    }

    private static List<UserId> users(FieldReader reader) {
        int count = reader.count();
        List<UserId> users = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            users.add(new UserId(reader.text()));
        }
        return users;
    }

    public static Payload encode(PersonalMessage message) {
        return new FieldWriter(FORMAT)
                .number(message.follows().value())
                .payload(message.content())
                .done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the payload is no personal message
     */
    public static PersonalMessage decodePersonal(Payload payload) {
        FieldReader reader = new FieldReader("personal message", payload).format(FORMAT);
        return reader.valid(() -> new PersonalMessage(seq(reader), reader.payload()));
    }

    /** The personal message that the entry is; one that is none is its own content and follows nothing. */
    public static PersonalMessage readablePersonal(Entry entry) {
        try {
            return decodePersonal(entry.payload());
        } catch (CorruptDataException e) {
            return new PersonalMessage(SequenceId.NONE, entry.payload());
        }
    }
}
