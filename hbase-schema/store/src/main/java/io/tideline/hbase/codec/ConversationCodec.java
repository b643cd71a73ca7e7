package io.tideline.hbase.codec;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.ConversationSettings;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserConversation;
import io.tideline.core.conversation.UserId;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import java.time.Instant;

/**
 * Conversations and memberships as records.
 *
 * <pre>
 * CONVERSATION       level(1): 2 active and READ, 1 active and WRITE, 0 dissolved | kind(1) | settings | diffusion(1) | diffusion since(8), 0: this record's
 *                    version | members(8) | created by | created at(8)
 * MEMBER             level(1): the role's while a member, 0 after | role(1) | joined(8), 0: this record's version
 *                    | joined count(8) | visible from(8), 0: joined
 * USER_CONVERSATION  1 | kind(1) | diffusion(1) | role(1) | joined(8) | joined count(8) | visible from(8) | left(8)
 *                    | member version(8)
 * settings           policy(1) | history visible(1) | attributes
 * </pre>
 */
public final class ConversationCodec {
    /** The level that a guard asks for who appends to any conversation that is not dissolved. */
    public static final int ACTIVE = 1;

    /** The level that a guard asks for who appends without a {@code FANOUT_TASK}: nothing is written to inboxes. */
    public static final int READ_DIFFUSED = 2;

    private static final int DISSOLVED = 0;
    private static final int FORMAT = 1;

    private ConversationCodec() {}

    /** {@code diffusionSince} none stands for the entry that the record is attached to; the version is ignored. */
    public static Payload encode(Conversation conversation) {
        int active = conversation.diffusion() == Diffusion.READ ? READ_DIFFUSED : ACTIVE;
        FieldWriter writer = new FieldWriter(conversation.dissolved() ? DISSOLVED : active)
                .code(conversation.kind().code());
        settings(writer, conversation.settings());
        return writer.code(conversation.diffusion().code())
                .number(conversation.diffusionSince().value())
                .number(conversation.memberCount())
                .text(conversation.createdBy().value())
                .number(conversation.createdAt().toEpochMilli())
                .done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the value is none that {@link #encode} wrote
     */
    public static Conversation decodeConversation(TimelineRecord record) {
        FieldReader reader = new FieldReader("conversation", record.value());
        boolean dissolved = reader.code() == DISSOLVED;
        ConversationKind kind = kind(reader);
        ConversationSettings settings = settings(reader);
        Diffusion diffusion = diffusion(reader);
        long since = reader.number();
        return new Conversation(
                new ConversationId(record.key().owner().name()),
                kind,
                settings,
                diffusion,
                SequenceId.of(since == 0 ? record.version() : since),
                Math.toIntExact(reader.number()),
                dissolved,
                new UserId(reader.text()),
                Instant.ofEpochMilli(reader.number()),
                record.version());
    }

    static FieldWriter settings(FieldWriter writer, ConversationSettings settings) {
        return writer.code(settings.policy().code())
                .flag(settings.historyVisible())
                .texts(settings.attributes());
    }

    static ConversationSettings settings(FieldReader reader) {
        return new ConversationSettings(policy(reader), reader.flag(), reader.texts());
    }

    /**
     * A membership that begins with the entry it is attached to.
     *
     * @param historyVisible whether the user sees what was sent before
     */
    public static Payload encodeJoining(Role role, boolean historyVisible) {
        return new FieldWriter(role.level())
                .code(role.level())
                .number(0)
                .number(0)
                .number(historyVisible ? 1 : 0)
                .done();
    }

    /** A membership that goes on, with another role; or that ends with the entry it is attached to. */
    public static Payload encode(Membership membership, boolean ends) {
        return new FieldWriter(ends ? 0 : membership.role().level())
                .code(membership.role().level())
                .number(membership.joined().value())
                .number(membership.joinedCounted())
                .number(membership.visibleFrom().value())
                .done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the value is none that {@code encode} wrote
     */
    public static Membership decodeMember(TimelineRecord record) {
        FieldReader reader = new FieldReader("member", record.value());
        boolean active = reader.code() != 0;
        Role role = role(reader);
        long joined = reader.number();
        long joinedCounted = reader.number();
        long visibleFrom = reader.number();
        boolean joining = joined == 0;
        return new Membership(
                new UserId(record.key().text(0)),
                role,
                SequenceId.of(joining ? record.version() : joined),
                joining ? record.counted() : joinedCounted,
                SequenceId.of(visibleFrom == 0 ? record.version() : visibleFrom),
                active ? SequenceId.NONE : SequenceId.of(record.version()),
                record.version());
    }

    public static Payload encode(UserConversation conversation) {
        Membership membership = conversation.membership();
        return new FieldWriter(FORMAT)
                .code(conversation.kind().code())
                .code(conversation.diffusion().code())
                .code(membership.role().level())
                .number(membership.joined().value())
                .number(membership.joinedCounted())
                .number(membership.visibleFrom().value())
                .number(membership.left().value())
                .number(membership.version())
                .done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the value is none that {@code encode} wrote
     */
    public static UserConversation decodeUserConversation(TimelineRecord record) {
        FieldReader reader = new FieldReader("user's conversation", record.value()).format(FORMAT);
        ConversationKind kind = kind(reader);
        Diffusion diffusion = diffusion(reader);
        Role role = role(reader);
        SequenceId joined = SequenceId.of(reader.number());
        long joinedCounted = reader.number();
        SequenceId visibleFrom = SequenceId.of(reader.number());
        SequenceId left = SequenceId.of(reader.number());
        Membership membership = new Membership(
                new UserId(record.key().owner().name()),
                role,
                joined,
                joinedCounted,
                visibleFrom,
                left,
                reader.number());
        return new UserConversation(
                new ConversationId(record.key().text(0)), kind, diffusion, membership, record.version());
    }

    static ConversationKind kind(FieldReader reader) {
        int code = reader.code();
        for (ConversationKind kind : ConversationKind.values()) {
            if (kind.code() == code) {
                return kind;
            }
        }
        throw reader.corrupt("kind " + code);
    }

    static Diffusion diffusion(FieldReader reader) {
        int code = reader.code();
        for (Diffusion diffusion : Diffusion.values()) {
            if (diffusion.code() == code) {
                return diffusion;
            }
        }
        throw reader.corrupt("diffusion " + code);
    }

    private static DiffusionPolicy policy(FieldReader reader) {
        int code = reader.code();
        for (DiffusionPolicy policy : DiffusionPolicy.values()) {
            if (policy.code() == code) {
                return policy;
            }
        }
        throw reader.corrupt("policy " + code);
    }

    static Role role(FieldReader reader) {
        int level = reader.code();
        for (Role role : Role.values()) {
            if (role.level() == level) {
                return role;
            }
        }
        throw reader.corrupt("role " + level);
    }
}
