package io.tideline.sync;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.ConversationSettings;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserId;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.InboxEvent;
import io.tideline.core.message.MessageChange;
import io.tideline.core.message.PersonalMessage;
import io.tideline.core.record.Attachment;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.hbase.codec.EventCodec;
import io.tideline.hbase.codec.InboxCodec;
import io.tideline.hbase.codec.MessageCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Conversations in memory, written as the message service writes them: entries with their records in one step. */
public final class Conversations {
    public static final AppId APP = new AppId("app");

    public final InMemoryTimelineStore store;
    private final Map<ConversationId, Conversation> conversations = new LinkedHashMap<>();
    private Instant now = Instant.ofEpochMilli(1_800_000_000_000L);
    private int entries;

    public Conversations() {
        this.store = new InMemoryTimelineStore(() -> now, Duration.ofDays(100));
    }

    public Instant now() {
        return now;
    }

    public void pass(Duration duration) {
        now = now.plus(duration);
    }

    public static Deadline deadline() {
        return Deadline.after(Duration.ofMinutes(1));
    }

    public static UserId user(String name) {
        return new UserId(name);
    }

    public Conversation conversation(ConversationId id) {
        return conversations.get(id);
    }

    public ConversationId create(String name, Diffusion diffusion, boolean historyVisible, String... members) {
        ConversationId id = new ConversationId(name);
        DiffusionPolicy policy = diffusion == Diffusion.READ ? DiffusionPolicy.READ : DiffusionPolicy.WRITE;
        ConversationSettings settings = new ConversationSettings(policy, historyVisible, Map.of());
        List<UserId> users = List.of(members).stream().map(UserId::new).toList();
        Conversation made = new Conversation(
                id,
                ConversationKind.GROUP,
                settings,
                diffusion,
                SequenceId.FIRST,
                users.size(),
                false,
                users.get(0),
                now,
                0);
        conversations.put(id, made);
        List<Attachment> attachments = new ArrayList<>();
        users.forEach(user -> attachments.add(Attachment.of(
                1,
                RecordKind.MEMBER,
                ConversationCodec.encodeJoining(Role.MEMBER, historyVisible),
                KeyPart.of(user.value()))));
        attachments.add(Attachment.of(1, RecordKind.CONVERSATION, ConversationCodec.encode(made)));
        attachments.add(Attachment.of(1, RecordKind.FANOUT_TASK, MessageCodec.PRESENT));
        NewEntry created =
                event(users.get(0), new ConversationEvent.Created(ConversationKind.GROUP, settings, diffusion));
        NewEntry joined = event(users.get(0), new ConversationEvent.Joined(users, Role.MEMBER));
        append(id.timeline(APP), List.of(created, joined), attachments, SequenceId.NONE);
        return id;
    }

    private NewEntry event(UserId by, ConversationEvent event) {
        return entry(by, EventCodec.kind(event), EventCodec.encode(event), Counting.SILENT);
    }

    private NewEntry entry(UserId by, MessageKind kind, Payload payload, Counting counting) {
        entries++;
        return new NewEntry(
                by.asSender(),
                new ClientMessageId("c" + entries),
                kind,
                payload,
                MessageId.of(1000 + entries),
                counting);
    }

    private List<Receipt> append(
            TimelineId timeline, List<NewEntry> toAppend, List<Attachment> attachments, SequenceId discounted) {
        now = now.plusMillis(1);
        AppendOutcome outcome = store.append(
                        new TimelineAppend(timeline, toAppend, attachments, List.of(), discounted), deadline())
                .join();
        return ((AppendOutcome.Appended) outcome).receipts();
    }

    /** What a plain append could leave in any timeline in earlier versions. */
    public SequenceId foreign(TimelineId timeline, String kind, String payload) {
        NewEntry entry = entry(user("backend"), new MessageKind(kind), Payload.utf8(payload), Counting.SENT);
        return append(timeline, List.of(entry), List.of(), SequenceId.NONE)
                .get(0)
                .seq();
    }

    /** As an erasure leaves it: seqs stay. */
    public void erase(TimelineId timeline, SequenceId... seqs) {
        store.hot().erase(timeline, List.of(seqs), deadline()).join();
    }

    public Membership member(ConversationId id, String user) {
        RecordKey key = RecordKey.of(id.timeline(APP), RecordKind.MEMBER, KeyPart.of(user));
        TimelineRecord record = store.get(List.of(key), deadline()).join().get(key);
        return record == null ? null : ConversationCodec.decodeMember(record);
    }

    public boolean isMember(ConversationId id, String user) {
        Membership member = member(id, user);
        return member != null && member.isActive();
    }

    private SequenceId change(ConversationId id, UserId by, ConversationEvent event, int members, Attachment... more) {
        Conversation old = conversations.get(id);
        Diffusion diffusion = event instanceof ConversationEvent.DiffusionSwitched s ? s.diffusion() : old.diffusion();
        Conversation next = new Conversation(
                id,
                old.kind(),
                old.settings(),
                diffusion,
                old.diffusionSince(),
                members,
                event instanceof ConversationEvent.Dissolved,
                old.createdBy(),
                old.createdAt(),
                0);
        conversations.put(id, next);
        List<Attachment> attachments = new ArrayList<>(List.of(more));
        attachments.add(Attachment.of(0, RecordKind.CONVERSATION, ConversationCodec.encode(next)));
        attachments.add(Attachment.of(0, RecordKind.FANOUT_TASK, MessageCodec.PRESENT));
        return append(id.timeline(APP), List.of(event(by, event)), attachments, SequenceId.NONE)
                .get(0)
                .seq();
    }

    public SequenceId join(ConversationId id, String name) {
        UserId user = user(name);
        Conversation conversation = conversations.get(id);
        return change(
                id,
                user,
                new ConversationEvent.Joined(List.of(user), Role.MEMBER),
                conversation.memberCount() + 1,
                Attachment.of(
                        0,
                        RecordKind.MEMBER,
                        ConversationCodec.encodeJoining(
                                Role.MEMBER, conversation.settings().historyVisible()),
                        KeyPart.of(name)));
    }

    public SequenceId leave(ConversationId id, String name) {
        return change(
                id,
                user(name),
                new ConversationEvent.Left(user(name)),
                conversations.get(id).memberCount() - 1,
                Attachment.of(
                        0, RecordKind.MEMBER, ConversationCodec.encode(member(id, name), true), KeyPart.of(name)));
    }

    public SequenceId diffuse(ConversationId id, Diffusion diffusion) {
        Conversation conversation = conversations.get(id);
        return change(
                id,
                conversation.createdBy(),
                new ConversationEvent.DiffusionSwitched(diffusion),
                conversation.memberCount());
    }

    private List<Attachment> task(ConversationId id) {
        List<Attachment> attachments = new ArrayList<>();
        if (conversations.get(id).diffusion() == Diffusion.WRITE) {
            attachments.add(Attachment.of(0, RecordKind.FANOUT_TASK, MessageCodec.PRESENT));
        }
        return attachments;
    }

    public SequenceId send(ConversationId id, String sender, String text) {
        return send(id, sender, text, Counting.SENT);
    }

    public SequenceId send(ConversationId id, String sender, String text, Counting counting) {
        NewEntry message = entry(user(sender), new MessageKind("text"), Payload.utf8(text), counting);
        return append(id.timeline(APP), List.of(message), task(id), SequenceId.NONE)
                .get(0)
                .seq();
    }

    /**
     * Takes a message back.
     *
     * @param counted whether it counted
     */
    public SequenceId recall(ConversationId id, String by, SequenceId target, boolean counted) {
        List<Attachment> attachments = task(id);
        MessageChange change = new MessageChange.Recalled(user(by), target, now);
        attachments.add(
                new Attachment(0, RecordKind.CHANGE, MessageChange.takenBackKey(target), MessageCodec.encode(change)));
        if (counted) {
            attachments.add(Attachment.of(0, RecordKind.DISCOUNT, MessageCodec.PRESENT, KeyPart.of(target.value())));
        }
        NewEntry recalled = event(user(by), new ConversationEvent.Recalled(target));
        return append(id.timeline(APP), List.of(recalled), attachments, counted ? target : SequenceId.NONE)
                .get(0)
                .seq();
    }

    public SequenceId sendPersonal(ConversationId id, String from, String to, SequenceId follows, String text) {
        PersonalMessage message = new PersonalMessage(follows, Payload.utf8(text));
        return personal(
                id, to, entry(user(from), new MessageKind("text"), EventCodec.encode(message), Counting.COUNTED));
    }

    public void hide(ConversationId id, String user, SequenceId target) {
        RecordKey key = RecordKey.of(
                user(user).inbox(APP), RecordKind.HIDDEN, KeyPart.of(id.value()), KeyPart.of(target.value()));
        store.raise(List.of(new TimelineRecord(key, 1, MessageCodec.PRESENT)), deadline())
                .join();
        personal(id, user, event(user(user), new ConversationEvent.Hidden(target)));
    }

    /** Lets retention drop what is up to a seq, as the scheduler does. */
    public void expire(TimelineId timeline, SequenceId through) {
        ReadQuery last = ReadQuery.forward(timeline, through.value(), 1);
        TimelinePage page = store.read(last, deadline()).join();
        expire(timeline, through, page.entries().get(0).counted());
    }

    /**
     * Lets retention drop what is up to a seq.
     *
     * @param counted the running count there; {@link Gap#UNKNOWN} as an earlier version left it
     */
    public void expire(TimelineId timeline, SequenceId through, long counted) {
        TierState state = store.state(timeline, deadline()).join();
        TierState next = state.moved(state.watermarks().withExpiredThrough(through, counted));
        if (!store.replace(timeline, state, next, deadline()).join()) {
            throw new IllegalStateException("somebody else has moved entries");
        }
        store.hot().release(timeline, through, deadline()).join();
    }

    private SequenceId personal(ConversationId id, String to, NewEntry entry) {
        RecordKey known = RecordKey.of(user(to).inbox(APP), RecordKind.USER_PERSONAL, KeyPart.of(id.value()));
        store.raise(List.of(new TimelineRecord(known, 1, MessageCodec.PRESENT)), deadline())
                .join();
        SequenceId seq = append(id.personalTimeline(APP, user(to)), List.of(entry), List.of(), SequenceId.NONE)
                .get(0)
                .seq();
        InboxEvent event = new InboxEvent.Personal(id, seq);
        NewEntry reference = new NewEntry(
                entry.sender(),
                new ClientMessageId("p:" + id + ":" + seq),
                InboxCodec.kind(event),
                InboxCodec.encode(event),
                entry.messageId(),
                Counting.SILENT);
        append(user(to).inbox(APP), List.of(reference), List.of(), SequenceId.NONE);
        return seq;
    }
}
