package io.tideline.store.conversation;

import static io.tideline.store.Messaging.APP;
import static io.tideline.store.Messaging.await;
import static io.tideline.store.Messaging.done;
import static io.tideline.store.Messaging.group;
import static io.tideline.store.Messaging.newOf;
import static io.tideline.store.Messaging.refusal;
import static io.tideline.store.Messaging.settings;
import static io.tideline.store.Messaging.soon;
import static io.tideline.store.Messaging.user;
import static io.tideline.store.Messaging.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.Role;
import io.tideline.core.message.ConversationEvent;
import io.tideline.store.Messaging;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class MembershipChangesTest {
    private final Messaging messaging = new Messaging();
    private final ConversationService service = messaging.conversations;

    private CompletableFuture<Outcome<MembersChange>> adding(ConversationId id, String actor, String... users) {
        return service.addMembers(APP, id, user(actor), users(users), Optional.empty(), soon());
    }

    private CompletableFuture<Outcome<MembersChange>> removing(ConversationId id, String actor, String... users) {
        return service.removeMembers(APP, id, user(actor), users(users), soon());
    }

    private CompletableFuture<Outcome<Membership>> promoting(ConversationId id, String actor, String user, Role role) {
        return service.changeRole(APP, id, user(actor), user(user), role, soon());
    }

    private Membership membership(ConversationId id, String user) {
        return await(service.membership(APP, id, user(user), soon())).orElseThrow();
    }

    private ConversationId channel(String owner, String... followers) {
        return messaging
                .create(newOf(ConversationKind.CHANNEL, owner, users(followers), settings(DiffusionPolicy.AUTO, true)))
                .conversation()
                .id();
    }

    private ConversationId direct() {
        return messaging
                .create(newOf(ConversationKind.DIRECT, "ann", users("bob"), settings(DiffusionPolicy.AUTO, true)))
                .conversation()
                .id();
    }

    @Test
    void add_byOwner_newOnesJoinAndOldOnesStay() {
        ConversationId id = messaging.groupOf("ann", "bob");

        MembersChange change = done(adding(id, "ann", "bob", "cy", "cy"));

        assertThat(change.changed()).containsExactly(user("cy"));
        assertThat(change.conversation()).isEqualTo(messaging.describe(id));
        assertThat(change.conversation().memberCount()).isEqualTo(3);
        assertThat(done(adding(id, "ann", "cy")).changed()).isEmpty();
        assertThat(messaging.due).hasSize(2);
    }

    @Test
    void add_byMemberOrStranger_isRefused() {
        ConversationId id = messaging.groupOf("ann", "bob");

        assertThat(refusal(adding(id, "bob", "cy"))).isEqualTo(Refusal.ROLE_TOO_LOW);
        assertThat(refusal(adding(id, "eve", "eve"))).isEqualTo(Refusal.NOT_MEMBER);
        assertThat(refusal(adding(new ConversationId("none"), "ann", "cy"))).isEqualTo(Refusal.CONVERSATION_NOT_FOUND);
        assertThat(refusal(adding(direct(), "ann", "cy"))).isEqualTo(Refusal.FIXED_MEMBERS);
    }

    @Test
    void add_withHigherRole_onlyByOwner() {
        ConversationId id = messaging.groupOf("ann", "mo");
        done(promoting(id, "ann", "mo", Role.MODERATOR));

        assertThat(refusal(service.addMembers(APP, id, user("mo"), users("cy"), Optional.of(Role.MODERATOR), soon())))
                .isEqualTo(Refusal.ROLE_TOO_LOW);
        assertThat(done(adding(id, "mo", "cy")).changed()).hasSize(1);
        done(service.addMembers(APP, id, user("ann"), users("di"), Optional.of(Role.MODERATOR), soon()));
        assertThat(membership(id, "di").role()).isEqualTo(Role.MODERATOR);
    }

    @Test
    void add_beyondAppsLimit_isRefused() {
        messaging.conversationRules = new ConversationRules(500, 3, Role.MEMBER, false);
        ConversationId id = messaging.groupOf("ann", "bob");

        assertThat(refusal(adding(id, "bob", "cy", "di"))).isEqualTo(Refusal.TOO_MANY_MEMBERS);
        assertThat(done(adding(id, "bob", "cy")).conversation().memberCount()).isEqualTo(3);
    }

    @Test
    void add_takesTheRoleThatTheAppSays() {
        messaging.conversationRules = new ConversationRules(500, 1000, Role.OWNER, false);
        ConversationId id = messaging.groupOf("ann", "bob", "mo");
        done(promoting(id, "ann", "mo", Role.MODERATOR));

        assertThat(refusal(adding(id, "mo", "cy"))).isEqualTo(Refusal.ROLE_TOO_LOW);
        assertThat(done(adding(id, "ann", "cy")).changed()).hasSize(1);
    }

    @Test
    void add_nobodyOrTooMany_isRejected() {
        ConversationId id = messaging.groupOf("ann");

        assertThatIllegalArgumentException().isThrownBy(() -> adding(id, "ann"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> service.addMembers(APP, id, user("ann"), users(11_001), Optional.empty(), soon()));
    }

    @Test
    void join_channelByAnybodyGroupOnlyIfOpen() {
        ConversationId channel = channel("ann");
        ConversationId group = messaging.groupOf("ann");

        assertThat(done(adding(channel, "bob", "bob")).changed()).hasSize(1);
        assertThat(membership(channel, "bob").role()).isEqualTo(Role.FOLLOWER);
        assertThat(refusal(service.addMembers(APP, channel, user("cy"), users("cy"), Optional.of(Role.MEMBER), soon())))
                .isEqualTo(Refusal.NOT_MEMBER);
        assertThat(refusal(adding(group, "bob", "bob"))).isEqualTo(Refusal.NOT_MEMBER);
        messaging.conversationRules = new ConversationRules(500, 1000, Role.MODERATOR, true);
        assertThat(done(adding(group, "bob", "bob")).changed()).hasSize(1);
    }

    @Test
    void join_historyHidden_seesFromJoinOn() {
        ConversationId id = messaging
                .create(group("ann", users("bob"), settings(DiffusionPolicy.AUTO, false)))
                .conversation()
                .id();
        messaging.send(id, "ann", "m1");

        done(adding(id, "ann", "cy"));

        Membership cy = membership(id, "cy");
        assertThat(cy.visibleFrom()).isEqualTo(cy.joined());
        assertThat(cy.joinedCounted()).isEqualTo(1);
        assertThat(cy.joined().value()).isEqualTo(5);
    }

    @Test
    void leave_twice_changesNothingMore() {
        ConversationId id = messaging.groupOf("ann", "bob");

        assertThat(done(removing(id, "bob", "bob")).conversation().memberCount())
                .isEqualTo(1);
        assertThat(done(removing(id, "bob", "bob")).changed()).isEmpty();
        assertThat(membership(id, "bob").isActive()).isFalse();
        assertThat(refusal(removing(id, "eve", "eve"))).isEqualTo(Refusal.NOT_MEMBER);
        assertThat(messaging.describe(id).memberCount()).isEqualTo(1);
    }

    @Test
    void leave_andJoinAgain_isActiveFromThere() {
        ConversationId id = messaging.groupOf("ann", "bob");
        done(removing(id, "bob", "bob"));

        done(adding(id, "ann", "bob"));

        assertThat(membership(id, "bob").isActive()).isTrue();
        assertThat(membership(id, "bob").joined().value()).isEqualTo(5);
        assertThat(messaging.describe(id).memberCount()).isEqualTo(2);
    }

    @Test
    void remove_onlyLowerRoles() {
        ConversationId id = messaging.groupOf("ann", "mo", "max", "bob");
        done(promoting(id, "ann", "mo", Role.MODERATOR));
        done(promoting(id, "ann", "max", Role.MODERATOR));

        assertThat(refusal(removing(id, "bob", "mo"))).isEqualTo(Refusal.ROLE_TOO_LOW);
        assertThat(refusal(removing(id, "mo", "max"))).isEqualTo(Refusal.ROLE_TOO_LOW);
        assertThat(refusal(removing(id, "mo", "bob", "ann"))).isEqualTo(Refusal.ROLE_TOO_LOW);
        assertThat(done(removing(id, "mo", "bob", "eve")).changed()).containsExactly(user("bob"));
        assertThat(done(removing(id, "ann", "max")).conversation().memberCount())
                .isEqualTo(2);
        assertThat(refusal(removing(direct(), "ann", "bob"))).isEqualTo(Refusal.FIXED_MEMBERS);
    }

    @Test
    void changeRole_onlyByOwnerOfMembers() {
        ConversationId id = messaging.groupOf("ann", "bob");

        assertThat(refusal(promoting(id, "bob", "bob", Role.OWNER))).isEqualTo(Refusal.ROLE_TOO_LOW);
        assertThat(refusal(promoting(id, "ann", "eve", Role.MEMBER))).isEqualTo(Refusal.NOT_MEMBER);
        Membership promoted = done(promoting(id, "ann", "bob", Role.OWNER));
        assertThat(promoted).isEqualTo(membership(id, "bob"));
        assertThat(promoted.joined().value()).isEqualTo(3);
        assertThat(done(promoting(id, "ann", "bob", Role.OWNER))).isEqualTo(promoted);
        assertThat(done(promoting(id, "bob", "ann", Role.FOLLOWER)).role()).isEqualTo(Role.FOLLOWER);
    }

    @Test
    void lastOwner_staysWhileThereAreOthers() {
        ConversationId id = messaging.groupOf("ann", "bob", "cy");

        assertThat(refusal(removing(id, "ann", "ann"))).isEqualTo(Refusal.LAST_OWNER);
        assertThat(refusal(removing(id, "ann", "ann", "bob"))).isEqualTo(Refusal.LAST_OWNER);
        assertThat(refusal(promoting(id, "ann", "ann", Role.MODERATOR))).isEqualTo(Refusal.LAST_OWNER);
        assertThat(messaging.describe(id).memberCount()).isEqualTo(3);
        done(promoting(id, "ann", "bob", Role.OWNER));
        assertThat(done(removing(id, "ann", "ann")).conversation().memberCount())
                .isEqualTo(2);
        assertThat(refusal(removing(id, "bob", "bob"))).isEqualTo(Refusal.LAST_OWNER);
        assertThat(done(removing(id, "bob", "bob", "cy")).conversation().memberCount())
                .isZero();
    }

    @Test
    void twoOwnersLeavingAtOnce_oneStays() {
        ConversationId id = messaging.groupOf("ann", "bob", "cy");
        done(promoting(id, "ann", "bob", Role.OWNER));
        // What the other instance remembers is from before the first one left.
        ConversationService other = messaging.anotherInstance();
        done(other.addMembers(APP, id, user("bob"), users("di"), Optional.empty(), soon()));
        done(removing(id, "ann", "ann"));

        assertThat(refusal(other.removeMembers(APP, id, user("bob"), users("bob"), soon())))
                .isEqualTo(Refusal.LAST_OWNER);
    }

    @Test
    void changeSettings_ownersOnlySaveDirect() {
        ConversationId id = messaging.groupOf("ann", "bob");
        SettingsChange title =
                new SettingsChange(Optional.empty(), Optional.of(false), Map.of("title", "Sales"), Set.of());

        assertThat(refusal(service.changeSettings(APP, id, user("bob"), title, soon())))
                .isEqualTo(Refusal.ROLE_TOO_LOW);
        Conversation changed = done(service.changeSettings(APP, id, user("ann"), title, soon()));
        assertThat(changed).isEqualTo(messaging.describe(id));
        assertThat(changed.settings().attributes()).containsEntry("title", "Sales");
        assertThat(changed.settings().historyVisible()).isFalse();
        assertThat(done(service.changeSettings(APP, id, user("ann"), title, soon()))
                        .version())
                .isEqualTo(changed.version());
        assertThat(done(service.changeSettings(APP, direct(), user("bob"), title, soon()))
                        .settings()
                        .attributes())
                .containsKey("title");
    }

    @Test
    void dissolve_endsEverything() {
        ConversationId id = messaging.groupOf("ann", "bob");

        assertThat(refusal(service.dissolve(APP, id, user("bob"), soon()))).isEqualTo(Refusal.ROLE_TOO_LOW);
        Conversation dissolved = done(service.dissolve(APP, id, user("ann"), soon()));

        assertThat(dissolved.dissolved()).isTrue();
        assertThat(done(service.dissolve(APP, id, user("ann"), soon()))).isEqualTo(dissolved);
        assertThat(refusal(adding(id, "ann", "cy"))).isEqualTo(Refusal.DISSOLVED);
        assertThat(refusal(removing(id, "bob", "bob"))).isEqualTo(Refusal.DISSOLVED);
        assertThat(refusal(promoting(id, "ann", "bob", Role.OWNER))).isEqualTo(Refusal.DISSOLVED);
        assertThat(refusal(messaging.sending(id, "ann", "m1"))).isEqualTo(Refusal.DISSOLVED);
        assertThat(refusal(service.dissolve(APP, direct(), user("ann"), soon())))
                .isEqualTo(Refusal.FIXED_MEMBERS);
        assertThat(messaging.read(id, "bob").messages()).hasSize(4);
    }

    @Test
    void auto_crossingThreshold_switchesInTheSameAppend() {
        messaging.conversationRules = new ConversationRules(10, 1000, Role.MODERATOR, false);
        ConversationId id =
                messaging.create(group("ann", users(9))).conversation().id();
        assertThat(messaging.describe(id).diffusion()).isEqualTo(Diffusion.WRITE);
        int appends = messaging.due.size();

        Conversation over = done(adding(id, "ann", "x1")).conversation();

        assertThat(over.diffusion()).isEqualTo(Diffusion.READ);
        assertThat(over.diffusionSince().value()).isEqualTo(over.version());
        assertThat(messaging.describe(id)).isEqualTo(over);
        assertThat(messaging.due).hasSize(appends + 1);
        List<ConversationEvent> events = messaging.events(id);
        assertThat(events.get(events.size() - 1)).isEqualTo(new ConversationEvent.DiffusionSwitched(Diffusion.READ));
        assertThat(done(removing(id, "ann", "u1", "u2")).conversation().diffusion())
                .isEqualTo(Diffusion.READ);
        Conversation back = done(removing(id, "ann", "u3")).conversation();
        assertThat(back.diffusion()).isEqualTo(Diffusion.WRITE);
        assertThat(back.diffusionSince().value()).isEqualTo(back.version());
    }

    @Test
    void auto_whenCreatedOrChosen_goesByTheAppsThreshold() {
        messaging.conversationRules = new ConversationRules(10, 1000, Role.MODERATOR, false);

        ConversationId auto =
                messaging.create(group("ann", users(10))).conversation().id();
        ConversationId chosen = messaging
                .create(group("ann", users(10), settings(DiffusionPolicy.WRITE, true)))
                .conversation()
                .id();
        assertThat(messaging.describe(auto).diffusion()).isEqualTo(Diffusion.READ);
        assertThat(messaging.describe(chosen).diffusion()).isEqualTo(Diffusion.WRITE);

        SettingsChange toAuto =
                new SettingsChange(Optional.of(DiffusionPolicy.AUTO), Optional.empty(), Map.of(), Set.of());
        done(service.changeSettings(APP, chosen, user("ann"), toAuto, soon()));
        assertThat(messaging.describe(chosen).diffusion()).isEqualTo(Diffusion.READ);
    }

    @Test
    void policy_changed_switchesAtOnce() {
        ConversationId id = messaging.groupOf("ann", "bob");
        SettingsChange read =
                new SettingsChange(Optional.of(DiffusionPolicy.READ), Optional.empty(), Map.of(), Set.of());

        Conversation changed = done(service.changeSettings(APP, id, user("ann"), read, soon()));

        assertThat(changed.diffusion()).isEqualTo(Diffusion.READ);
        assertThat(messaging.events(id)).endsWith(new ConversationEvent.DiffusionSwitched(Diffusion.READ));
    }

    @Test
    void join_thousandAtOnceThroughTwoInstances_allCountedOnce() throws Exception {
        ConversationId id = channel("ann");
        ConversationService other = messaging.anotherInstance();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<CompletableFuture<Outcome<MembersChange>>> joins = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                ConversationService instance = i % 2 == 0 ? service : other;
                String name = "j" + i;
                joins.add(CompletableFuture.supplyAsync(
                        () -> await(instance.addMembers(APP, id, user(name), users(name), Optional.empty(), soon())),
                        threads));
            }
            for (CompletableFuture<Outcome<MembersChange>> join : joins) {
                assertThat(done(join).changed()).hasSize(1);
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(messaging.describe(id).memberCount()).isEqualTo(1001);
        assertThat(messaging.describe(id).diffusion()).isEqualTo(Diffusion.READ);
        MemberPage page = done(
                service.members(new MemberQuery(APP, id, Optional.empty(), Optional.empty(), 1000, false), soon()));
        assertThat(page.complete()).isFalse();
    }

    @Test
    void change_ofAnotherInstanceMeanwhile_isSeen() {
        ConversationId id = messaging.groupOf("ann", "bob");
        done(adding(id, "ann", "cy"));
        ConversationService other = messaging.anotherInstance();
        done(other.changeRole(APP, id, user("ann"), user("bob"), Role.OWNER, soon()));
        done(other.removeMembers(APP, id, user("bob"), users("cy"), soon()));

        assertThat(done(adding(id, "bob", "cy")).conversation().memberCount()).isEqualTo(3);
        assertThat(done(adding(id, "ann", "cy")).changed()).isEmpty();
    }
}
