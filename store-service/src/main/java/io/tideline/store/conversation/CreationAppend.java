package io.tideline.store.conversation;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.MessageIds;
import io.tideline.core.record.Attachment;
import io.tideline.core.record.Guard;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.hbase.codec.EventCodec;
import io.tideline.hbase.codec.MessageCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The append by which a conversation begins: its first entry, and one for every thousand members. */
final class CreationAppend {
    private final TimelineId timeline;
    private final NewConversation wanted;
    private final Set<UserId> members;
    private final Diffusion diffusion;
    private final Instant now;
    private final List<NewEntry> entries = new ArrayList<>();
    private final List<Attachment> attachments = new ArrayList<>();

    CreationAppend(TimelineId timeline, NewConversation wanted, Set<UserId> members, Diffusion diffusion, Instant now) {
        this.timeline = timeline;
        this.wanted = wanted;
        this.members = members;
        this.diffusion = diffusion;
        this.now = now;
    }

    TimelineAppend toAppend(MessageIds ids) {
        add(ids, new ConversationEvent.Created(wanted.kind(), wanted.settings(), diffusion));
        boolean direct = wanted.kind() == ConversationKind.DIRECT;
        join(ids, List.of(wanted.creator()), direct ? Role.MEMBER : Role.OWNER);
        List<UserId> others =
                members.stream().filter(user -> !user.equals(wanted.creator())).toList();
        Role role = wanted.kind() == ConversationKind.CHANNEL ? Role.FOLLOWER : Role.MEMBER;
        for (int from = 0; from < others.size(); from += ConversationEvent.Joined.MAX_USERS) {
            int to = Math.min(others.size(), from + ConversationEvent.Joined.MAX_USERS);
            join(ids, others.subList(from, to), role);
        }
        int last = entries.size() - 1;
        attachments.add(Attachment.of(last, RecordKind.CONVERSATION, ConversationCodec.encode(conversation())));
        attachments.add(Attachment.of(last, RecordKind.FANOUT_TASK, MessageCodec.PRESENT));
        return new TimelineAppend(
                timeline, entries, attachments, List.of(Guard.version(0, RecordKind.CONVERSATION)), SequenceId.NONE);
    }

    private void join(MessageIds ids, List<UserId> users, Role role) {
        add(ids, new ConversationEvent.Joined(users, role));
        for (UserId user : users) {
            attachments.add(Attachment.of(
                    entries.size() - 1,
                    RecordKind.MEMBER,
                    ConversationCodec.encodeJoining(role, wanted.settings().historyVisible()),
                    KeyPart.of(user.value())));
        }
    }

    /** The client message ids are the same each time, so that a repeat is recognised. */
    private void add(MessageIds ids, ConversationEvent event) {
        entries.add(new NewEntry(
                wanted.creator().asSender(),
                new ClientMessageId(ConversationEvent.KIND_PREFIX + "create." + entries.size()),
                EventCodec.kind(event),
                EventCodec.encode(event),
                ids.next(),
                Counting.SILENT));
    }

    private Conversation conversation() {
        return new Conversation(
                new ConversationId(timeline.name()),
                wanted.kind(),
                wanted.settings(),
                diffusion,
                SequenceId.FIRST,
                members.size(),
                false,
                wanted.creator(),
                now,
                0);
    }
}
