package io.tideline.hbase.codec;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.message.InboxEvent;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;

/** Events of inboxes as entries: {@code format(1)=1 | conversation | seq(8)}, a reference then {@code kind | preview}. */
public final class InboxCodec {
    private static final int FORMAT = 1;
    private static final String REFERENCE = "tideline.reference";
    private static final String PERSONAL = "tideline.personal";
    private static final String MEMBERSHIP = "tideline.membership";

    private InboxCodec() {}

    /** The entry's kind. */
    public static MessageKind kind(InboxEvent event) {
        if (event instanceof InboxEvent.Reference) {
            return new MessageKind(REFERENCE);
        }
        return new MessageKind(event instanceof InboxEvent.Personal ? PERSONAL : MEMBERSHIP);
    }

    /** The entry's payload. */
    public static Payload encode(InboxEvent event) {
        FieldWriter writer = new FieldWriter(FORMAT).text(event.conversation().value());
        if (event instanceof InboxEvent.Reference reference) {
            writer.number(reference.seq().value())
                    .text(reference.kind().value())
                    .payload(reference.preview());
        } else if (event instanceof InboxEvent.Personal personal) {
            writer.number(personal.seq().value());
        } else if (event instanceof InboxEvent.MembershipChanged changed) {
            writer.number(changed.seq().value());
        }
        return writer.done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the entry is no inbox event
     */
    public static InboxEvent decode(MessageKind kind, Payload payload) {
        FieldReader reader = new FieldReader("inbox event", payload).format(FORMAT);
        return reader.valid(() -> event(kind, reader));
    }

    private static InboxEvent event(MessageKind kind, FieldReader reader) {
        ConversationId conversation = new ConversationId(reader.text());
        SequenceId seq = SequenceId.of(reader.number());
        return switch (kind.value()) {
            case REFERENCE ->
                new InboxEvent.Reference(conversation, seq, new MessageKind(reader.text()), reader.payload());
            case PERSONAL -> new InboxEvent.Personal(conversation, seq);
            case MEMBERSHIP -> new InboxEvent.MembershipChanged(conversation, seq);
            default -> throw reader.corrupt("unknown event");
        };
    }
}
