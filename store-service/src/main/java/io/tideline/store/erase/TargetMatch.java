package io.tideline.store.erase;

import io.tideline.core.erase.Erasure;
import io.tideline.core.erase.ErasureTarget;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.InboxEvent;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.EventCodec;
import io.tideline.hbase.codec.InboxCodec;
import java.util.Optional;

/** Which entries an erasure takes: those that hold what was said, and none that only say who came and went. */
final class TargetMatch implements EntryMatch {
    private static final String MESSAGE = "message";

    private final Erasure erasure;
    private final ErasureTarget target;

    TargetMatch(Erasure erasure) {
        this.erasure = erasure;
        this.target = erasure.target();
    }

    @Override
    public Verdict of(TimelineId timeline, Entry entry) {
        return switch (timeline.family()) {
            case CONVERSATION -> inConversation(entry);
            case PERSONAL -> inPersonal(entry);
            case INBOX -> inInbox(entry);
            case REGISTRY -> STAY;
        };
    }

    private Verdict inConversation(Entry entry) {
        if (target instanceof ErasureTarget.OneMessage message) {
            boolean edits = event(entry).orElse(null) instanceof ConversationEvent.Edited edited
                    && edited.target().equals(message.seq());
            return entry.seq().equals(message.seq())
                    ? EntryMatch.goes(said(entry).orElse("event"))
                    : EntryMatch.goesIf(edits, Optional.of("edit"));
        }
        if (target instanceof ErasureTarget.OneUser user) {
            return EntryMatch.goesIf(
                    entry.sender().value().equals(user.user().value()) && isFromBefore(entry), said(entry));
        }
        if (target instanceof ErasureTarget.OneConversation) {
            return EntryMatch.goesIf(!entry.seq().isAfter(erasure.through()), anything(entry));
        }
        return EntryMatch.goesIf(isFromBefore(entry), anything(entry));
    }

    private Verdict inPersonal(Entry entry) {
        Optional<String> said =
                Optional.of("personal").filter(what -> event(entry).isEmpty());
        if (target instanceof ErasureTarget.OneMessage) {
            return STAY;
        }
        if (target instanceof ErasureTarget.OneUser user) {
            return EntryMatch.goesIf(entry.sender().value().equals(user.user().value()) && isFromBefore(entry), said);
        }
        // Personal timelines have seqs of their own, so the time decides.
        return EntryMatch.goesIf(isFromBefore(entry), said);
    }

    private Verdict inInbox(Entry entry) {
        Optional<InboxEvent> event = inboxEvent(entry);
        if (event.isEmpty()) {
            return EntryMatch.goesIf(
                    target instanceof ErasureTarget.OneApp && isFromBefore(entry), Optional.of("entry"));
        }
        if (!(event.get() instanceof InboxEvent.Reference reference)) {
            return STAY;
        }
        if (target instanceof ErasureTarget.OneMessage message) {
            boolean refers = reference.conversation().equals(message.conversation())
                    && !message.seq().isAfter(reference.seq())
                    && !reference.seq().isAfter(message.seq().max(erasure.through()));
            return refers ? referring(reference) : STAY;
        }
        if (target instanceof ErasureTarget.OneUser user) {
            return entry.sender().value().equals(user.user().value()) ? referring(reference) : STAY;
        }
        if (target instanceof ErasureTarget.OneConversation conversation) {
            return reference.conversation().equals(conversation.conversation()) ? referring(reference) : STAY;
        }
        return referring(reference);
    }

    private Verdict referring(InboxEvent.Reference reference) {
        return new Verdict.GoWith("reference", reference.conversation().timeline(target.app()), reference.seq());
    }

    private boolean isFromBefore(Entry entry) {
        return !entry.serverTime().isAfter(erasure.before());
    }

    /** What somebody said: a message, another content of one, a reaction. */
    private static Optional<String> said(Entry entry) {
        Optional<ConversationEvent> event = event(entry);
        if (event.isEmpty()) {
            return Optional.of(MESSAGE);
        }
        if (event.get() instanceof ConversationEvent.Edited) {
            return Optional.of("edit");
        }
        return event.get() instanceof ConversationEvent.Reacted ? Optional.of("reaction") : Optional.empty();
    }

    /** Everything but what says that there is nothing any more. */
    private static Optional<String> anything(Entry entry) {
        Optional<String> said = said(entry);
        if (said.isPresent()) {
            return said;
        }
        ConversationEvent event = event(entry).orElseThrow();
        boolean stays = event instanceof ConversationEvent.Dissolved
                || event instanceof ConversationEvent.SettingsChanged changed
                        && changed.settings().attributes().isEmpty();
        return stays ? Optional.empty() : Optional.of("event");
    }

    /** What calls itself an event and is none is as good as a message. */
    private static Optional<ConversationEvent> event(Entry entry) {
        try {
            return EventCodec.decode(entry.kind(), entry.payload());
        } catch (CorruptDataException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Back ends may append to inboxes what they like. */
    private static Optional<InboxEvent> inboxEvent(Entry entry) {
        try {
            return Optional.of(InboxCodec.decode(entry.kind(), entry.payload()));
        } catch (CorruptDataException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
