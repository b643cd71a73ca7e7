package io.tideline.sync.fanout;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.InboxEvent;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.hbase.codec.EventCodec;
import io.tideline.hbase.codec.InboxCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one step has to bring to whom: a run of entries under one diffusion, or a single entry that changes something for
 * all members. The same entry always makes the same inbox entry for a user, so that a repeated step repeats nothing.
 *
 * @param entries in order, at least one
 * @param diffusion in effect for them
 * @param next in effect after them
 * @param concerned per user the seqs of the entries that changed his membership
 */
record FanoutPlan(
        ConversationId conversation,
        List<Entry> entries,
        Diffusion diffusion,
        Diffusion next,
        boolean dissolves,
        Map<UserId, List<SequenceId>> concerned) {

    /** The plan for the longest beginning of {@code entries} that can go together. */
    static FanoutPlan next(ConversationId conversation, List<Entry> entries, Diffusion diffusion) {
        List<Entry> run = new ArrayList<>();
        Map<UserId, List<SequenceId>> concerned = new HashMap<>();
        for (Entry entry : entries) {
            Optional<ConversationEvent> event = EventCodec.readable(entry);
            boolean alone = event.map(e -> concernsAll(e, diffusion)).orElse(false);
            if (alone && !run.isEmpty()) {
                break;
            }
            run.add(entry);
            if (alone) {
                return single(conversation, entry, event.orElseThrow(), diffusion);
            }
            event.ifPresent(e -> addConcerned(e, entry, concerned));
        }
        return new FanoutPlan(conversation, run, diffusion, diffusion, false, concerned);
    }

    private static boolean concernsAll(ConversationEvent event, Diffusion current) {
        return event instanceof ConversationEvent.Dissolved
                || event instanceof ConversationEvent.DiffusionSwitched switched && switched.diffusion() != current
                || event instanceof ConversationEvent.Created created && created.diffusion() != current;
    }

    private static FanoutPlan single(
            ConversationId conversation, Entry entry, ConversationEvent event, Diffusion diffusion) {
        Diffusion next = diffusion;
        if (event instanceof ConversationEvent.DiffusionSwitched switched) {
            next = switched.diffusion();
        } else if (event instanceof ConversationEvent.Created created) {
            next = created.diffusion();
        }
        boolean dissolves = event instanceof ConversationEvent.Dissolved;
        return new FanoutPlan(conversation, List.of(entry), diffusion, next, dissolves, Map.of());
    }

    private static void addConcerned(ConversationEvent event, Entry entry, Map<UserId, List<SequenceId>> concerned) {
        List<UserId> users = List.of();
        if (event instanceof ConversationEvent.Created) {
            users = List.of(new UserId(entry.sender().value()));
        } else if (event instanceof ConversationEvent.Joined joined) {
            users = joined.users();
        } else if (event instanceof ConversationEvent.Left left) {
            users = List.of(left.user());
        } else if (event instanceof ConversationEvent.RoleChanged changed) {
            users = List.of(changed.user());
        }
        users.forEach(
                user -> concerned.computeIfAbsent(user, u -> new ArrayList<>()).add(entry.seq()));
    }

    SequenceId first() {
        return entries.get(0).seq();
    }

    SequenceId through() {
        return entries.get(entries.size() - 1).seq();
    }

    /** Whether every member has to be looked at; if not, those {@link #concerned} will do. */
    boolean reachesAll() {
        return diffusion == Diffusion.WRITE || switches() || dissolves;
    }

    boolean switches() {
        return diffusion != next;
    }

    /** Whether whoever was a member before these entries is one after them, and nobody else; if in doubt, no. */
    boolean keepsMembers() {
        boolean whole = through().value() - first().value() + 1 == entries.size();
        return whole && !renewsLists() && entries.stream().allMatch(FanoutPlan::keepsMembers);
    }

    private static boolean keepsMembers(Entry entry) {
        return EventCodec.readable(entry)
                .map(event -> event instanceof ConversationEvent.Recalled
                        || event instanceof ConversationEvent.Edited
                        || event instanceof ConversationEvent.Deleted
                        || event instanceof ConversationEvent.Reacted)
                .orElse(true);
    }

    /** Whether any member's own list has to be renewed. */
    boolean renewsLists() {
        return switches() || dissolves || !concerned.isEmpty();
    }

    /** READ to WRITE: the inbox must announce the switch before a list says that it announces everything. */
    boolean inboxFirst() {
        return switches() && next == Diffusion.WRITE;
    }

    /** The seq as of which the member's own list has to be renewed; none when it need not. */
    SequenceId listVersion(Membership member) {
        if (switches() || dissolves) {
            SequenceId at = through();
            return member.joined().isAfter(at) || !isMemberAt(member, at) ? SequenceId.NONE : at;
        }
        List<SequenceId> seqs = concerning(member);
        return seqs.isEmpty() ? SequenceId.NONE : seqs.get(seqs.size() - 1);
    }

    /** The member as the list has to have it: a dissolved conversation has no members any more. */
    Membership listed(Membership member) {
        if (!dissolves || !member.isActive()) {
            return member;
        }
        return new Membership(
                member.user(),
                member.role(),
                member.joined(),
                member.joinedCounted(),
                member.visibleFrom(),
                through(),
                member.version());
    }

    /**
     * What the member's inbox has to get, in order.
     *
     * @param references those that were made before, by their seq: they are the same for all
     */
    List<NewEntry> inboxEntries(Membership member, Map<SequenceId, NewEntry> references) {
        List<NewEntry> made = new ArrayList<>();
        List<SequenceId> own = concerning(member);
        for (Entry entry : entries) {
            boolean tellsMembership = own.contains(entry.seq())
                    || (dissolves || switches() && next == Diffusion.READ) && isMemberAt(member, entry.seq());
            if (tellsMembership) {
                made.add(entry(entry, "m", new InboxEvent.MembershipChanged(conversation, entry.seq())));
            } else if (announces() && isMemberAt(member, entry.seq())) {
                made.add(references.computeIfAbsent(entry.seq(), seq -> reference(entry)));
            }
        }
        return made;
    }

    private NewEntry reference(Entry entry) {
        return entry(entry, "w", new InboxEvent.Reference(conversation, entry.seq(), entry.kind(), preview(entry)));
    }

    /** Those of the present stay: who left and came back is told by the coming back. */
    private List<SequenceId> concerning(Membership member) {
        return concerned.isEmpty()
                ? List.of()
                : concerned.getOrDefault(member.user(), List.of()).stream()
                        .filter(seq -> !member.joined().isAfter(seq))
                        .toList();
    }

    private boolean announces() {
        return diffusion == Diffusion.WRITE || next == Diffusion.WRITE;
    }

    private static boolean isMemberAt(Membership member, SequenceId seq) {
        return !member.joined().isAfter(seq) && (member.isActive() || !seq.isAfter(member.left()));
    }

    private static Payload preview(Entry entry) {
        if (entry.kind().value().startsWith(ConversationEvent.KIND_PREFIX)) {
            return Payload.EMPTY;
        }
        if (entry.payload().size() <= InboxEvent.Reference.MAX_PREVIEW_BYTES) {
            return entry.payload();
        }
        return Payload.takeOver(Arrays.copyOf(entry.payload().toByteArray(), InboxEvent.Reference.MAX_PREVIEW_BYTES));
    }

    private static NewEntry entry(Entry original, String what, InboxEvent event) {
        String id = what + "/" + event.conversation().value() + "/" + original.seq();
        return new NewEntry(
                original.sender(),
                new ClientMessageId(id),
                InboxCodec.kind(event),
                InboxCodec.encode(event),
                original.messageId(),
                Counting.SILENT);
    }
}
