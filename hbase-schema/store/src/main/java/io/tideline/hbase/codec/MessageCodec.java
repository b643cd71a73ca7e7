package io.tideline.hbase.codec;

import io.tideline.core.conversation.UserId;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.MessageChange;
import io.tideline.core.message.MessageDecoder;
import io.tideline.core.message.PersonalMessage;
import io.tideline.core.message.Reaction;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import java.time.Instant;
import java.util.Optional;

/**
 * What becomes of messages, as records. The seq at which it happened is the record's version.
 *
 * <pre>
 * CHANGE          1 | what(1): 1 edited, 2 recalled, 3 deleted | by | when(8) | edited: kind, payload
 * REACTION        1 | active(1)
 * DISCOUNT        1
 * HIDDEN          1
 * FANOUT_TASK     1
 * USER_PERSONAL   1
 * PERSONAL_PLACE  1
 * </pre>
 */
public final class MessageCodec implements MessageDecoder {
    /** The value of records whose being there says everything. */
    public static final Payload PRESENT = new FieldWriter(1).done();

    private static final int FORMAT = 1;
    private static final int EDITED = 1;
    private static final int RECALLED = 2;
    private static final int DELETED = 3;

    public static Payload encode(MessageChange change) {
        FieldWriter writer = new FieldWriter(FORMAT).code(code(change));
        writer.text(change.by().value()).number(change.when().toEpochMilli());
        if (change instanceof MessageChange.Edited edited) {
            writer.text(edited.kind().value()).payload(edited.payload());
        }
        return writer.done();
    }

    private static int code(MessageChange change) {
        if (change instanceof MessageChange.Edited) {
            return EDITED;
        }
        return change instanceof MessageChange.Recalled ? RECALLED : DELETED;
    }

    public static Payload encodeReaction(boolean active) {
        return new FieldWriter(FORMAT).flag(active).done();
    }

    @Override
    public Optional<ConversationEvent> event(Entry entry) {
        return EventCodec.readable(entry);
    }

    @Override
    public PersonalMessage personal(Entry entry) {
        return EventCodec.readablePersonal(entry);
    }

    @Override
    public MessageChange change(TimelineRecord record) {
        FieldReader reader = new FieldReader("change of a message", record.value()).format(FORMAT);
        int code = reader.code();
        UserId by = new UserId(reader.text());
        Instant when = Instant.ofEpochMilli(reader.number());
        SequenceId at = SequenceId.of(record.version());
        return switch (code) {
            case EDITED -> new MessageChange.Edited(by, at, when, new MessageKind(reader.text()), reader.payload());
            case RECALLED -> new MessageChange.Recalled(by, at, when);
            case DELETED -> new MessageChange.Deleted(by, at, when);
            default -> throw reader.corrupt("change " + code);
        };
    }

    @Override
    public Reaction reaction(TimelineRecord record) {
        FieldReader reader = new FieldReader("reaction", record.value()).format(FORMAT);
        return new Reaction(
                MessageDecoder.target(record),
                new UserId(record.key().text(1)),
                record.key().text(2),
                reader.flag(),
                SequenceId.of(record.version()));
    }
}
