package io.tideline.store.conversation;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserId;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.store.Outcome;
import io.tideline.store.StorePorts;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Conversations and their members. Every change is an entry of the conversation's timeline, committed in one step with the
 * records of who is in it, so that whoever was removed can do nothing once the removal is acknowledged.
 *
 * <p>Changes of one conversation through one service are made one after the other; through several, the one that is first
 * wins and the others look again. Futures fail (deferred) as those of {@link io.tideline.core.store.TimelineStore}, with
 * {@code OverloadedException} also when too many changes of one conversation wait; they complete on a thread of the
 * storage: dependants must not block. A failed change may be repeated: what is so already is not changed again.
 */
public final class ConversationService {
    /** The most members that one request may add, being what one append holds. */
    public static final int MAX_MEMBERS_PER_REQUEST = 11_000;

    private final ConversationCreation creation;
    private final MembershipChanges changes;
    private final ConversationDirectory directory;

    public ConversationService(StorePorts ports, Function<AppId, ConversationRules> rules) {
        this.directory = new ConversationDirectory(ports.records());
        this.creation = new ConversationCreation(ports, rules, directory);
        this.changes = new MembershipChanges(new ConversationEditor(ports, rules, directory), rules, ports.ids());
    }

    /**
     * Creates a conversation with its first members in one step, or finds the one that there is: a direct conversation
     * exists once for two users, a contextual one once for its participants and context, any other once for the creator
     * and request id. Of many who create it at once, all get the same one.
     *
     * <p>Refusals: TOO_MANY_MEMBERS, WRONG_MEMBERS, REQUEST_ID_CONFLICT.
     */
    public CompletableFuture<Outcome<Creation>> create(NewConversation wanted, Deadline deadline) {
        return creation.create(wanted, deadline);
    }

    /**
     * What a conversation is.
     *
     * <p>Refusals: CONVERSATION_NOT_FOUND, NOT_MEMBER.
     *
     * @param viewer who asks, and must be a member; empty when a service does
     */
    public CompletableFuture<Outcome<Conversation>> describe(
            AppId app, ConversationId conversation, Optional<UserId> viewer, Deadline deadline) {
        return directory.describe(app, conversation, viewer, deadline);
    }

    /** A user's membership, present or former; empty when there never was one. */
    public CompletableFuture<Optional<Membership>> membership(
            AppId app, ConversationId conversation, UserId user, Deadline deadline) {
        return directory.membership(conversation.timeline(app), user, deadline);
    }

    /**
     * One page of members.
     *
     * <p>Refusals: CONVERSATION_NOT_FOUND, NOT_MEMBER.
     */
    public CompletableFuture<Outcome<MemberPage>> members(MemberQuery query, Deadline deadline) {
        return directory.members(query, deadline);
    }

    /**
     * One page of the conversations of a user, in a stable order, former ones included, as far as fan-out has brought them
     * to his inbox.
     *
     * @param after the conversation to go on after; empty to begin
     * @param limit 1 to 10,000
     */
    public CompletableFuture<UserConversationPage> conversationsOf(
            AppId app, UserId user, Optional<ConversationId> after, int limit, Deadline deadline) {
        return directory.conversationsOf(app, user, after, limit, deadline);
    }

    /**
     * Adds members. Those who are members already stay as they are. To a channel (or open group) everybody may add himself
     * alone.
     *
     * <p>Refusals: CONVERSATION_NOT_FOUND, DISSOLVED, NOT_MEMBER, ROLE_TOO_LOW, FIXED_MEMBERS, TOO_MANY_MEMBERS.
     *
     * @param users 1 to {@value #MAX_MEMBERS_PER_REQUEST}
     * @param role empty: FOLLOWER of a channel, else MEMBER; only owners give another
     */
    public CompletableFuture<Outcome<MembersChange>> addMembers(
            AppId app,
            ConversationId conversation,
            UserId actor,
            List<UserId> users,
            Optional<Role> role,
            Deadline deadline) {
        return changes.add(conversation.timeline(app), actor, users, role, deadline);
    }

    /**
     * Removes members of a lower role, or (a single one, {@code actor} himself) leaves. Those who are no members stay so.
     *
     * <p>Refusals: CONVERSATION_NOT_FOUND, DISSOLVED, NOT_MEMBER, ROLE_TOO_LOW, FIXED_MEMBERS, LAST_OWNER.
     *
     * @param users 1 to {@link io.tideline.core.store.TimelineAppend#MAX_ENTRIES} less one
     */
    public CompletableFuture<Outcome<MembersChange>> removeMembers(
            AppId app, ConversationId conversation, UserId actor, List<UserId> users, Deadline deadline) {
        return changes.remove(conversation.timeline(app), actor, users, deadline);
    }

    /**
     * Gives a member another role. Owners only.
     *
     * <p>Refusals: CONVERSATION_NOT_FOUND, DISSOLVED, NOT_MEMBER (also when {@code user} is none), ROLE_TOO_LOW,
     * FIXED_MEMBERS, LAST_OWNER (who is the last one keeps the role while there are others).
     */
    public CompletableFuture<Outcome<Membership>> changeRole(
            AppId app, ConversationId conversation, UserId actor, UserId user, Role role, Deadline deadline) {
        return changes.changeRole(conversation.timeline(app), actor, user, role, deadline);
    }

    /**
     * Changes settings. Owners only; of a direct conversation both users.
     *
     * <p>Refusals: CONVERSATION_NOT_FOUND, DISSOLVED, NOT_MEMBER, ROLE_TOO_LOW. Fails (deferred) with {@code
     * IllegalArgumentException} when there would be too many attributes.
     */
    public CompletableFuture<Outcome<Conversation>> changeSettings(
            AppId app, ConversationId conversation, UserId actor, SettingsChange change, Deadline deadline) {
        return changes.changeSettings(conversation.timeline(app), actor, change, deadline);
    }

    /**
     * Dissolves: nobody may send, join or leave any more; history stays. Owners only. Dissolving again changes nothing.
     *
     * <p>Refusals: CONVERSATION_NOT_FOUND, NOT_MEMBER, ROLE_TOO_LOW, FIXED_MEMBERS.
     */
    public CompletableFuture<Outcome<Conversation>> dissolve(
            AppId app, ConversationId conversation, UserId actor, Deadline deadline) {
        return changes.dissolve(conversation.timeline(app), actor, deadline);
    }

    /**
     * Ends a conversation from outside, before it is erased: takes its attributes away, and dissolves it, unless it is a
     * direct one, which its two users find again when they next write to each other. Sealing again changes nothing.
     *
     * <p>Refusals: CONVERSATION_NOT_FOUND.
     *
     * @param actor the sender of the events; need be no member
     */
    public CompletableFuture<Outcome<Conversation>> seal(
            AppId app, ConversationId conversation, UserId actor, Deadline deadline) {
        return changes.seal(conversation.timeline(app), actor, deadline);
    }
}
