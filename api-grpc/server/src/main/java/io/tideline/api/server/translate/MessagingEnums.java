package io.tideline.api.server.translate;

import io.tideline.api.v1.MessageState;
import io.tideline.api.v1.SyncStop;
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.conversation.Role;
import io.tideline.core.message.MessageChange;
import io.tideline.core.message.MessageView;
import io.tideline.sync.device.RangeStop;
import java.util.Optional;

/** The enums of the messaging contract, both ways. */
public final class MessagingEnums {
    private MessagingEnums() {}

    public static ConversationKind kind(io.tideline.api.v1.ConversationKind kind, RequestFields fields) {
        return switch (kind) {
            case DIRECT -> ConversationKind.DIRECT;
            case GROUP -> ConversationKind.GROUP;
            case CHANNEL -> ConversationKind.CHANNEL;
            case CONTEXTUAL -> ConversationKind.CONTEXTUAL;
            case CONVERSATION_KIND_UNSPECIFIED, UNRECOGNIZED -> {
                fields.add("kind", "kind: none known (expected: DIRECT, GROUP, CHANNEL or CONTEXTUAL)");
                yield ConversationKind.GROUP;
            }
        };
    }

    public static io.tideline.api.v1.ConversationKind kind(ConversationKind kind) {
        return switch (kind) {
            case DIRECT -> io.tideline.api.v1.ConversationKind.DIRECT;
            case GROUP -> io.tideline.api.v1.ConversationKind.GROUP;
            case CHANNEL -> io.tideline.api.v1.ConversationKind.CHANNEL;
            case CONTEXTUAL -> io.tideline.api.v1.ConversationKind.CONTEXTUAL;
        };
    }

    /** Empty for an unspecified one. */
    public static Optional<DiffusionPolicy> policy(io.tideline.api.v1.DiffusionPolicy policy, RequestFields fields) {
        return switch (policy) {
            case DIFFUSION_POLICY_UNSPECIFIED -> Optional.empty();
            case DIFFUSION_READ -> Optional.of(DiffusionPolicy.READ);
            case DIFFUSION_WRITE -> Optional.of(DiffusionPolicy.WRITE);
            case DIFFUSION_AUTO -> Optional.of(DiffusionPolicy.AUTO);
            case UNRECOGNIZED -> {
                fields.add("policy", "policy: unknown (expected: DIFFUSION_READ, DIFFUSION_WRITE or DIFFUSION_AUTO)");
                yield Optional.empty();
            }
        };
    }

    public static io.tideline.api.v1.DiffusionPolicy policy(DiffusionPolicy policy) {
        return switch (policy) {
            case READ -> io.tideline.api.v1.DiffusionPolicy.DIFFUSION_READ;
            case WRITE -> io.tideline.api.v1.DiffusionPolicy.DIFFUSION_WRITE;
            case AUTO -> io.tideline.api.v1.DiffusionPolicy.DIFFUSION_AUTO;
        };
    }

    public static io.tideline.api.v1.DiffusionPolicy diffusion(Diffusion diffusion) {
        return switch (diffusion) {
            case READ -> io.tideline.api.v1.DiffusionPolicy.DIFFUSION_READ;
            case WRITE -> io.tideline.api.v1.DiffusionPolicy.DIFFUSION_WRITE;
        };
    }

    /** Empty for an unspecified one. */
    public static Optional<Role> role(io.tideline.api.v1.Role role, RequestFields fields) {
        return switch (role) {
            case ROLE_UNSPECIFIED -> Optional.empty();
            case FOLLOWER -> Optional.of(Role.FOLLOWER);
            case MEMBER -> Optional.of(Role.MEMBER);
            case MODERATOR -> Optional.of(Role.MODERATOR);
            case OWNER -> Optional.of(Role.OWNER);
            case UNRECOGNIZED -> {
                fields.add("role", "role: unknown (expected: FOLLOWER, MEMBER, MODERATOR or OWNER)");
                yield Optional.empty();
            }
        };
    }

    public static io.tideline.api.v1.Role role(Role role) {
        return switch (role) {
            case FOLLOWER -> io.tideline.api.v1.Role.FOLLOWER;
            case MEMBER -> io.tideline.api.v1.Role.MEMBER;
            case MODERATOR -> io.tideline.api.v1.Role.MODERATOR;
            case OWNER -> io.tideline.api.v1.Role.OWNER;
        };
    }

    /** What is left of a message; unspecified for an event. */
    static MessageState state(MessageView view) {
        if (view.event().isPresent()) {
            return MessageState.MESSAGE_STATE_UNSPECIFIED;
        }
        if (view.hidden()) {
            return MessageState.HIDDEN;
        }
        return view.change().map(MessagingEnums::state).orElse(MessageState.SENT);
    }

    private static MessageState state(MessageChange change) {
        if (change instanceof MessageChange.Edited) {
            return MessageState.EDITED;
        }
        return change instanceof MessageChange.Recalled ? MessageState.RECALLED : MessageState.DELETED;
    }

    static SyncStop stop(RangeStop stop) {
        return switch (stop) {
            case HEAD -> SyncStop.SYNC_CAUGHT_UP;
            case PAGE_FULL -> SyncStop.SYNC_PAGE_FULL;
            case LEFT -> SyncStop.SYNC_MEMBERSHIP_ENDED;
            case BEYOND_HEAD -> SyncStop.SYNC_BEYOND_HEAD;
        };
    }
}
