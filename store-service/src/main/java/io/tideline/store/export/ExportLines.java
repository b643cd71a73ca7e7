package io.tideline.store.export;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.Membership;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.InboxEvent;
import io.tideline.core.message.MessageView;
import io.tideline.core.message.PersonalMessage;
import io.tideline.core.message.ReactionCount;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.hbase.codec.EventCodec;
import io.tideline.hbase.codec.InboxCodec;
import java.util.Optional;

/** Values as lines of an export. */
final class ExportLines {
    private ExportLines() {}

    static String conversation(Conversation conversation) {
        return new JsonLine()
                .put("conversationId", conversation.id().value())
                .put("kind", conversation.kind().name())
                .put("createdBy", conversation.createdBy().value())
                .put("createdAt", conversation.createdAt())
                .put("memberCount", conversation.memberCount())
                .put("dissolved", conversation.dissolved())
                .put("attributes", conversation.settings().attributes())
                .end();
    }

    static JsonLine member(Membership member) {
        return new JsonLine()
                .put("user", member.user().value())
                .put("role", member.role().name())
                .put("joinedSeq", member.joined().value())
                .put("visibleFromSeq", member.visibleFrom().value())
                .put("leftSeq", member.left().value());
    }

    /** An entry as it was sent. */
    static String entry(String conversation, Entry entry) {
        JsonLine line = begun(conversation, entry);
        Optional<ConversationEvent> event = event(entry);
        if (event.orElse(null) instanceof ConversationEvent.Edited edited) {
            return line.put("edits", edited.target().value())
                    .put(edited.payload())
                    .end();
        }
        if (event.orElse(null) instanceof ConversationEvent.Reacted reacted) {
            return line.put("reactsTo", reacted.target().value())
                    .put("reaction", reacted.reaction())
                    .put("added", reacted.added())
                    .end();
        }
        return event.isPresent() ? line.end() : line.put(entry.payload()).end();
    }

    /** An entry as it shows now. */
    static String view(String conversation, MessageView view) {
        JsonLine line = begun(conversation, view.entry());
        if (view.event().isPresent()) {
            return line.put("event", view.event().get().getClass().getSimpleName())
                    .end();
        }
        view.change().ifPresent(change -> line.put("state", change.getClass().getSimpleName())
                .put("changedSeq", change.at().value()));
        line.put(view.entry().payload());
        if (!view.reactions().isEmpty()) {
            JsonLine counts = new JsonLine();
            for (ReactionCount reaction : view.reactions()) {
                counts.put(reaction.reaction(), reaction.count());
            }
            line.putRaw("reactions", counts.end());
        }
        return line.end();
    }

    static String gap(String conversation, Gap gap) {
        return new JsonLine()
                .put("conversationId", conversation)
                .put("gapFromSeq", gap.from().value())
                .put("gapToSeq", gap.to().value())
                .put("type", gap.type().name())
                .end();
    }

    static String personal(String conversation, Entry entry) {
        JsonLine line = begun(conversation, entry);
        if (event(entry).orElse(null) instanceof ConversationEvent.Hidden hidden) {
            return line.put("hides", hidden.target().value()).end();
        }
        try {
            PersonalMessage message = EventCodec.decodePersonal(entry.payload());
            return line.put("follows", message.follows().value())
                    .put(message.content())
                    .end();
        } catch (CorruptDataException e) {
            // A back end has appended it by itself.
            return line.put(entry.payload()).end();
        }
    }

    static String inbox(Entry entry) {
        JsonLine line = new JsonLine()
                .put("inboxSeq", entry.seq().value())
                .put("serverTime", entry.serverTime())
                .put("sender", entry.sender().value())
                .put("kind", entry.kind().value());
        try {
            InboxEvent event = InboxCodec.decode(entry.kind(), entry.payload());
            line.put("conversationId", event.conversation().value());
            if (event instanceof InboxEvent.Reference reference) {
                line.put("seq", reference.seq().value()).put(reference.preview());
            } else if (event instanceof InboxEvent.Personal personal) {
                line.put("personalSeq", personal.seq().value());
            } else if (event instanceof InboxEvent.MembershipChanged changed) {
                line.put("seq", changed.seq().value());
            }
        } catch (CorruptDataException | IllegalArgumentException e) {
            // A back end has appended it by itself.
            line.put(entry.payload());
        }
        return line.end();
    }

    private static JsonLine begun(String conversation, Entry entry) {
        return new JsonLine()
                .put("conversationId", conversation)
                .put("seq", entry.seq().value())
                .put("messageId", entry.messageId().value())
                .put("serverTime", entry.serverTime())
                .put("sender", entry.sender().value())
                .put("clientMessageId", entry.clientMessageId().value())
                .put("kind", entry.kind().value());
    }

    private static Optional<ConversationEvent> event(Entry entry) {
        try {
            return EventCodec.decode(entry.kind(), entry.payload());
        } catch (CorruptDataException e) {
            return Optional.empty();
        }
    }
}
