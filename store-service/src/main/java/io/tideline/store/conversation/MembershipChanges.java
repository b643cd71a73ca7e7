package io.tideline.store.conversation;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.ConversationSettings;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.MessageIds;
import io.tideline.core.record.Attachment;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Who may do what to a conversation, and what is written when it is done. */
final class MembershipChanges {
    private static final int MAX_REMOVED = TimelineAppend.MAX_ENTRIES - 1;

    private final ConversationEditor editor;
    private final Function<AppId, ConversationRules> rules;
    private final MessageIds ids;

    MembershipChanges(ConversationEditor editor, Function<AppId, ConversationRules> rules, MessageIds ids) {
        this.editor = editor;
        this.rules = rules;
        this.ids = ids;
    }

    /** What a step decides on: the conversation, then the members looked up after it. */
    private record Look(AppId app, Conversation conversation, UserId actor, Map<UserId, Membership> members) {
        Optional<Membership> active(UserId user) {
            return Optional.ofNullable(members.get(user)).filter(Membership::isActive);
        }

        /** Why the actor may not do what takes {@code least}; empty when he may. */
        Optional<Refusal> refusal(Role least) {
            Optional<Membership> acting = active(actor);
            if (acting.isEmpty()) {
                return Optional.of(Refusal.NOT_MEMBER);
            }
            return acting.get().role().atLeast(least) ? Optional.empty() : Optional.of(Refusal.ROLE_TOO_LOW);
        }

        /** Whether the actor is an owner, and others are members after this. */
        boolean leaves(Decision.Write<?> write) {
            int left = write.next().memberCount();
            boolean stays = left == conversation.memberCount();
            boolean others = left > (stays ? 1 : 0);
            return others
                    && active(actor).map(member -> member.role() == Role.OWNER).orElse(false);
        }

        boolean direct() {
            return conversation.kind() == ConversationKind.DIRECT;
        }
    }

    private <T> CompletableFuture<Outcome<T>> edit(
            TimelineId timeline,
            UserId actor,
            Set<UserId> others,
            Function<Look, Decision<T>> decide,
            Deadline deadline) {
        Set<UserId> wanted = new HashSet<>(others);
        wanted.add(actor);
        return editor.edit(
                timeline,
                actor.asSender(),
                conversation -> editor.directory()
                        .conversations()
                        .members(timeline, wanted, deadline)
                        .thenApply(members -> decide.apply(new Look(timeline.app(), conversation, actor, members))),
                deadline);
    }

    /**
     * The same, but the last owner of others stays what he is. Nobody else can make him something else: an owner is removed
     * by nobody, and who takes the role of another one still has it himself.
     *
     * @param givesUp whether the actor, if he is an owner, will be none
     */
    private <T> CompletableFuture<Outcome<T>> editAsOwner(
            TimelineId timeline,
            UserId actor,
            Set<UserId> others,
            Function<Look, Decision<T>> decide,
            boolean givesUp,
            Deadline deadline) {
        Set<UserId> wanted = new HashSet<>(others);
        wanted.add(actor);
        ConversationDirectory directory = editor.directory();
        return editor.edit(
                timeline,
                actor.asSender(),
                conversation -> directory
                        .conversations()
                        .members(timeline, wanted, deadline)
                        .thenCompose(members -> {
                            Look look = new Look(timeline.app(), conversation, actor, members);
                            Decision<T> decision = decide.apply(look);
                            boolean looks =
                                    givesUp && decision instanceof Decision.Write<T> write && look.leaves(write);
                            return looks
                                    ? directory
                                            .hasOtherOwner(timeline, actor, deadline)
                                            .thenApply(other -> other ? decision : refuse(Refusal.LAST_OWNER))
                                    : CompletableFuture.completedFuture(decision);
                        }),
                deadline);
    }

    private static <T> Decision<T> refuse(Refusal reason) {
        return Decision.answer(Outcome.refused(reason));
    }

    CompletableFuture<Outcome<MembersChange>> add(
            TimelineId timeline, UserId actor, List<UserId> users, Optional<Role> role, Deadline deadline) {
        Set<UserId> wanted = distinct(users, ConversationService.MAX_MEMBERS_PER_REQUEST);
        return edit(timeline, actor, wanted, look -> decideAdd(look, wanted, role), deadline);
    }

    private static Set<UserId> distinct(List<UserId> users, int most) {
        if (users.isEmpty() || users.size() > most) {
            throw new IllegalArgumentException("users: " + users.size() + " (expected: 1.." + most + ")");
        }
        return new LinkedHashSet<>(users);
    }

    private Decision<MembersChange> decideAdd(Look look, Set<UserId> wanted, Optional<Role> role) {
        Conversation conversation = look.conversation();
        ConversationRules allowed = rules.apply(look.app());
        boolean channel = conversation.kind() == ConversationKind.CHANNEL;
        Role usual = channel ? Role.FOLLOWER : Role.MEMBER;
        Role given = role.orElse(usual);
        if (conversation.dissolved()) {
            return refuse(Refusal.DISSOLVED);
        }
        if (look.direct()) {
            return refuse(Refusal.FIXED_MEMBERS);
        }
        boolean open = channel || conversation.kind() == ConversationKind.GROUP && allowed.openGroups();
        boolean joins = open && given == usual && wanted.equals(Set.of(look.actor()));
        Optional<Refusal> refusal = look.refusal(given == usual ? allowed.invites() : Role.OWNER);
        if (!joins && refusal.isPresent()) {
            return refuse(refusal.get());
        }
        List<UserId> joining =
                wanted.stream().filter(user -> look.active(user).isEmpty()).toList();
        if (joining.isEmpty()) {
            return Decision.answer(Outcome.done(new MembersChange(conversation, List.of())));
        }
        if ((long) conversation.memberCount() + joining.size() > allowed.maxMembers()) {
            return refuse(Refusal.TOO_MANY_MEMBERS);
        }
        return writeJoins(look, joining, given);
    }

    private Decision<MembersChange> writeJoins(Look look, List<UserId> joining, Role role) {
        Conversation conversation = look.conversation();
        boolean historyVisible = conversation.settings().historyVisible();
        List<NewEntry> entries = new ArrayList<>();
        List<Attachment> attachments = new ArrayList<>();
        for (int from = 0; from < joining.size(); from += ConversationEvent.Joined.MAX_USERS) {
            List<UserId> users =
                    joining.subList(from, Math.min(joining.size(), from + ConversationEvent.Joined.MAX_USERS));
            for (UserId user : users) {
                attachments.add(Attachment.of(
                        entries.size(),
                        RecordKind.MEMBER,
                        ConversationCodec.encodeJoining(role, historyVisible),
                        KeyPart.of(user.value())));
            }
            entries.add(event(look, new ConversationEvent.Joined(users, role)));
        }
        Conversation next = Conversations.withMembers(conversation, conversation.memberCount() + joining.size());
        return new Decision.Write<>(
                entries, attachments, next, (committed, seq) -> new MembersChange(committed, joining));
    }

    private NewEntry event(Look look, ConversationEvent event) {
        return Conversations.event(look.actor().asSender(), event, ids);
    }

    CompletableFuture<Outcome<MembersChange>> remove(
            TimelineId timeline, UserId actor, List<UserId> users, Deadline deadline) {
        Set<UserId> wanted = distinct(users, MAX_REMOVED);
        return editAsOwner(
                timeline, actor, wanted, look -> decideRemove(look, wanted), wanted.contains(actor), deadline);
    }

    private Decision<MembersChange> decideRemove(Look look, Set<UserId> wanted) {
        Conversation conversation = look.conversation();
        MembersChange unchanged = new MembersChange(conversation, List.of());
        boolean leaves = wanted.equals(Set.of(look.actor()));
        boolean hasLeft = leaves
                && look.members().containsKey(look.actor())
                && look.active(look.actor()).isEmpty();
        if (hasLeft) {
            return Decision.answer(Outcome.done(unchanged));
        }
        if (conversation.dissolved()) {
            return refuse(Refusal.DISSOLVED);
        }
        if (look.direct()) {
            return refuse(Refusal.FIXED_MEMBERS);
        }
        Optional<Refusal> refusal = look.refusal(leaves ? Role.FOLLOWER : Role.MODERATOR);
        if (refusal.isPresent()) {
            return refuse(refusal.get());
        }
        List<Membership> going =
                wanted.stream().flatMap(user -> look.active(user).stream()).toList();
        Role acting = look.active(look.actor()).map(Membership::role).orElse(Role.FOLLOWER);
        boolean outranked = going.stream()
                .anyMatch(member ->
                        !member.user().equals(look.actor()) && member.role().atLeast(acting));
        if (outranked) {
            return refuse(Refusal.ROLE_TOO_LOW);
        }
        return going.isEmpty() ? Decision.answer(Outcome.done(unchanged)) : writeLeaving(look, going);
    }

    private Decision<MembersChange> writeLeaving(Look look, List<Membership> going) {
        Conversation conversation = look.conversation();
        List<NewEntry> entries = new ArrayList<>();
        List<Attachment> attachments = new ArrayList<>();
        for (Membership member : going) {
            attachments.add(member(entries.size(), member, true));
            entries.add(event(look, new ConversationEvent.Left(member.user())));
        }
        Conversation next = Conversations.withMembers(conversation, conversation.memberCount() - going.size());
        List<UserId> users = going.stream().map(Membership::user).toList();
        return new Decision.Write<>(
                entries, attachments, next, (committed, seq) -> new MembersChange(committed, users));
    }

    private static Attachment member(int entryIndex, Membership member, boolean ends) {
        return Attachment.of(
                entryIndex,
                RecordKind.MEMBER,
                ConversationCodec.encode(member, ends),
                KeyPart.of(member.user().value()));
    }

    CompletableFuture<Outcome<Membership>> changeRole(
            TimelineId timeline, UserId actor, UserId user, Role role, Deadline deadline) {
        boolean givesUp = user.equals(actor) && role != Role.OWNER;
        return editAsOwner(timeline, actor, Set.of(user), look -> decideRole(look, user, role), givesUp, deadline);
    }

    private Decision<Membership> decideRole(Look look, UserId user, Role role) {
        @Nullable Membership member = look.active(user).orElse(null);
        if (look.conversation().dissolved()) {
            return refuse(Refusal.DISSOLVED);
        }
        if (look.direct()) {
            return refuse(Refusal.FIXED_MEMBERS);
        }
        Optional<Refusal> refusal = look.refusal(Role.OWNER);
        if (refusal.isPresent()) {
            return refuse(refusal.get());
        }
        if (member == null) {
            return Decision.answer(Outcome.refused(Refusal.NOT_MEMBER, "user", user));
        }
        if (member.role() == role) {
            return Decision.answer(Outcome.done(member));
        }
        Membership changed = withRole(member, role, member.version());
        return new Decision.Write<>(
                List.of(event(look, new ConversationEvent.RoleChanged(user, role))),
                List.of(member(0, changed, false)),
                look.conversation(),
                (committed, seq) -> withRole(member, role, seq));
    }

    private static Membership withRole(Membership member, Role role, long version) {
        return new Membership(
                member.user(),
                role,
                member.joined(),
                member.joinedCounted(),
                member.visibleFrom(),
                SequenceId.NONE,
                version);
    }

    CompletableFuture<Outcome<Conversation>> changeSettings(
            TimelineId timeline, UserId actor, SettingsChange change, Deadline deadline) {
        return edit(timeline, actor, Set.of(), look -> decideSettings(look, change), deadline);
    }

    private Decision<Conversation> decideSettings(Look look, SettingsChange change) {
        Conversation conversation = look.conversation();
        if (conversation.dissolved()) {
            return refuse(Refusal.DISSOLVED);
        }
        Optional<Refusal> refusal = look.refusal(look.direct() ? Role.MEMBER : Role.OWNER);
        if (refusal.isPresent()) {
            return refuse(refusal.get());
        }
        ConversationSettings settings = change.applyTo(conversation.settings());
        if (settings.equals(conversation.settings())) {
            return Decision.answer(Outcome.done(conversation));
        }
        return new Decision.Write<>(
                List.of(event(look, new ConversationEvent.SettingsChanged(settings))),
                List.of(),
                Conversations.withSettings(conversation, settings),
                (committed, seq) -> committed);
    }

    /** Whoever may act or not: dissolves what can be dissolved, and takes away the attributes. */
    CompletableFuture<Outcome<Conversation>> seal(TimelineId timeline, UserId actor, Deadline deadline) {
        return editor.edit(
                timeline,
                actor.asSender(),
                conversation -> CompletableFuture.completedFuture(decideSeal(conversation, actor)),
                deadline);
    }

    private Decision<Conversation> decideSeal(Conversation conversation, UserId actor) {
        boolean dissolves = !conversation.dissolved() && conversation.kind() != ConversationKind.DIRECT;
        ConversationSettings settings = conversation.settings();
        boolean blanks = !settings.attributes().isEmpty();
        if (!dissolves && !blanks) {
            return Decision.answer(Outcome.done(conversation));
        }
        List<NewEntry> entries = new ArrayList<>();
        Conversation next = conversation;
        if (blanks) {
            ConversationSettings blank =
                    new ConversationSettings(settings.policy(), settings.historyVisible(), Map.of());
            next = Conversations.withSettings(next, blank);
            entries.add(Conversations.event(actor.asSender(), new ConversationEvent.SettingsChanged(blank), ids));
        }
        if (dissolves) {
            next = Conversations.dissolved(next);
            entries.add(Conversations.event(actor.asSender(), new ConversationEvent.Dissolved(), ids));
        }
        return new Decision.Write<>(entries, List.of(), next, (committed, first) -> committed);
    }

    CompletableFuture<Outcome<Conversation>> dissolve(TimelineId timeline, UserId actor, Deadline deadline) {
        return edit(timeline, actor, Set.of(), this::decideDissolve, deadline);
    }

    private Decision<Conversation> decideDissolve(Look look) {
        Conversation conversation = look.conversation();
        if (look.direct()) {
            return refuse(Refusal.FIXED_MEMBERS);
        }
        Optional<Refusal> refusal = look.refusal(Role.OWNER);
        if (refusal.isPresent()) {
            return refuse(refusal.get());
        }
        if (conversation.dissolved()) {
            return Decision.answer(Outcome.done(conversation));
        }
        return new Decision.Write<>(
                List.of(event(look, new ConversationEvent.Dissolved())),
                List.of(),
                Conversations.dissolved(conversation),
                (committed, seq) -> committed);
    }
}
