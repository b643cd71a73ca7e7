package io.tideline.core.message;

import io.tideline.core.conversation.Membership;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Entries of a page on their way to being views. Records are added by several reads at a time, hence the lock; the views are
 * taken when all are done.
 */
final class ViewMerge {
    private final MessageDecoder decoder;
    private final List<Entry> entries;
    private final Map<SequenceId, ConversationEvent> events = new HashMap<>();
    private final Membership membership;
    private final Map<SequenceId, MessageChange> changes = new HashMap<>();
    private final Map<SequenceId, ReactionTally> reactions = new HashMap<>();
    private final Set<SequenceId> hidden = new HashSet<>();
    private final Set<SequenceId> takenBack = new HashSet<>();
    private final Map<SequenceId, Long> counts = new HashMap<>();

    ViewMerge(MessageDecoder decoder, List<Entry> entries, Membership membership) {
        this.decoder = decoder;
        this.entries = entries;
        this.membership = membership;
        for (Entry entry : entries) {
            counts.put(entry.seq(), entry.counted());
            decoder.event(entry).ifPresent(event -> events.put(entry.seq(), event));
        }
    }

    /** Whether an entry of the page says that something became of a message, in the page or before it. */
    boolean holdsChanges() {
        return events.values().stream()
                .anyMatch(event -> event instanceof ConversationEvent.Recalled
                        || event instanceof ConversationEvent.Edited
                        || event instanceof ConversationEvent.Deleted
                        || event instanceof ConversationEvent.Reacted);
    }

    /** The messages that the page's edits are about. */
    Stream<SequenceId> editTargets() {
        return events.values().stream()
                .filter(ConversationEvent.Edited.class::isInstance)
                .map(event -> ((ConversationEvent.Edited) event).target());
    }

    /** Who has left sees nothing of later edits; but what is taken back is gone for him too. */
    synchronized void addChange(TimelineRecord record) {
        MessageChange change = decoder.change(record);
        if (change.takesBack() || membership.sees(change.at())) {
            changes.merge(MessageDecoder.target(record), change, (a, b) -> a.takesBack() ? a : b);
        }
    }

    synchronized void addReaction(TimelineRecord record) {
        Reaction reaction = decoder.reaction(record);
        if (reaction.active() && membership.sees(reaction.at())) {
            reactions
                    .computeIfAbsent(reaction.target(), target -> new ReactionTally())
                    .add(reaction);
        }
    }

    synchronized void addHidden(TimelineRecord record) {
        hidden.add(SequenceId.of(record.key().number(1)));
    }

    synchronized void addTakenBack(SequenceId target) {
        takenBack.add(target);
    }

    /** Whether the message at {@code seq}, the first of the page, can only be told from a notice by the entry before it. */
    synchronized boolean wantsCountBefore(long seq) {
        SequenceId first = SequenceId.of(seq);
        return seq > 1
                && !counts.containsKey(first.plus(-1))
                && !events.containsKey(first)
                && counts.getOrDefault(first, 0L) > 0;
    }

    synchronized void addCount(Entry entry) {
        counts.put(entry.seq(), entry.counted());
    }

    /** What is gone leaves its running count behind. */
    synchronized void addCount(Gap gap) {
        if (gap.isCounted()) {
            counts.put(gap.to(), gap.counted());
        }
    }

    /** Where nothing says what was counted before an entry, it is taken for one that counts. */
    private boolean isNotice(Entry entry) {
        return entry.counted() == 0 || counts.getOrDefault(entry.seq().plus(-1), -1L) == entry.counted();
    }

    synchronized List<MessageView> views() {
        return entries.stream().map(this::view).toList();
    }

    /** Of a personal timeline: each message with the conversation's seq that it follows. */
    synchronized List<MessageView> personalViews() {
        return entries.stream().map(this::personalView).toList();
    }

    private MessageView personalView(Entry entry) {
        @Nullable ConversationEvent event = events.get(entry.seq());
        if (event != null) {
            return new MessageView(
                    entry, Optional.empty(), Optional.of(event), Optional.empty(), false, List.of(), false);
        }
        PersonalMessage message = decoder.personal(entry);
        return new MessageView(
                withContent(entry, entry.kind(), message.content()),
                Optional.of(message.follows()),
                Optional.empty(),
                Optional.empty(),
                false,
                List.of(),
                isNotice(entry));
    }

    private MessageView view(Entry entry) {
        @Nullable ConversationEvent event = events.get(entry.seq());
        return event != null ? eventView(entry, event) : messageView(entry);
    }

    private MessageView eventView(Entry entry, ConversationEvent event) {
        ConversationEvent shown = event;
        Entry shownEntry = entry;
        if (event instanceof ConversationEvent.Edited edited
                && (takenBack.contains(edited.target()) || !membership.sees(edited.target()))) {
            shown = new ConversationEvent.Edited(edited.target(), edited.kind(), Payload.EMPTY);
            shownEntry = withContent(entry, entry.kind(), Payload.EMPTY);
        }
        return new MessageView(
                shownEntry, Optional.empty(), Optional.of(shown), Optional.empty(), false, List.of(), false);
    }

    private MessageView messageView(Entry entry) {
        Optional<MessageChange> change = Optional.ofNullable(changes.get(entry.seq()));
        boolean isHidden = hidden.contains(entry.seq());
        boolean isGone = change.map(MessageChange::takesBack).orElse(false);
        Entry shown = entry;
        if (isHidden || isGone) {
            shown = withContent(entry, entry.kind(), Payload.EMPTY);
        } else if (change.isPresent() && change.get() instanceof MessageChange.Edited edited) {
            shown = withContent(entry, edited.kind(), edited.payload());
        }
        @Nullable ReactionTally tally = isHidden || isGone ? null : reactions.get(entry.seq());
        List<ReactionCount> tallied = tally == null ? List.of() : tally.counts();
        Optional<MessageChange> shownChange = isHidden ? change.filter(MessageChange::takesBack) : change;
        return new MessageView(
                shown, Optional.empty(), Optional.empty(), shownChange, isHidden, tallied, isNotice(entry));
    }

    static Entry withContent(Entry entry, MessageKind kind, Payload payload) {
        return new Entry(
                entry.seq(),
                entry.messageId(),
                entry.sender(),
                entry.clientMessageId(),
                kind,
                payload,
                entry.serverTime(),
                entry.counted());
    }
}
