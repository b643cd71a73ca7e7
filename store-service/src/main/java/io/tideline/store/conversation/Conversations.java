package io.tideline.store.conversation;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationSettings;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.MessageIds;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.hbase.codec.EventCodec;

/** Conversations with one thing changed, and the entries that say so. */
final class Conversations {
    private Conversations() {}

    static Conversation withMembers(Conversation of, int memberCount) {
        return copy(of, of.settings(), of.diffusion(), of.diffusionSince(), memberCount, of.dissolved(), of.version());
    }

    static Conversation withSettings(Conversation of, ConversationSettings settings) {
        return copy(of, settings, of.diffusion(), of.diffusionSince(), of.memberCount(), of.dissolved(), of.version());
    }

    static Conversation withDiffusion(Conversation of, Diffusion diffusion, SequenceId since) {
        return copy(of, of.settings(), diffusion, since, of.memberCount(), of.dissolved(), of.version());
    }

    static Conversation dissolved(Conversation of) {
        return copy(of, of.settings(), of.diffusion(), of.diffusionSince(), of.memberCount(), true, of.version());
    }

    /** As it reads once its record was written with the entry at {@code version}. */
    static Conversation committed(Conversation of, SequenceId version) {
        SequenceId since = of.diffusionSince().isNone() ? version : of.diffusionSince();
        return copy(of, of.settings(), of.diffusion(), since, of.memberCount(), of.dissolved(), version.value());
    }

    private static Conversation copy(
            Conversation of,
            ConversationSettings settings,
            Diffusion diffusion,
            SequenceId diffusionSince,
            int memberCount,
            boolean dissolved,
            long version) {
        return new Conversation(
                of.id(),
                of.kind(),
                settings,
                diffusion,
                diffusionSince,
                memberCount,
                dissolved,
                of.createdBy(),
                of.createdAt(),
                version);
    }

    /** An entry of its own: nothing else bears its client message id. */
    static NewEntry event(SenderId actor, ConversationEvent event, MessageIds ids) {
        MessageId id = ids.next();
        return new NewEntry(
                actor,
                new ClientMessageId(ConversationEvent.KIND_PREFIX + id),
                EventCodec.kind(event),
                EventCodec.encode(event),
                id,
                Counting.SILENT);
    }
}
