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
import io.tideline.core.conversation.UserId;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.Messaging;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ConversationCreationTest {
    private final Messaging messaging = new Messaging();

    private static NewConversation direct(String creator, String other) {
        return newOf(ConversationKind.DIRECT, creator, users(other), settings(DiffusionPolicy.AUTO, true));
    }

    private static NewConversation about(String context, String creator, String... others) {
        return new NewConversation(
                APP,
                user(creator),
                ConversationKind.CONTEXTUAL,
                users(others),
                settings(DiffusionPolicy.AUTO, true),
                Optional.of(context),
                Optional.empty());
    }

    private static NewConversation requested(String requestId, String creator, String... others) {
        return new NewConversation(
                APP,
                user(creator),
                ConversationKind.GROUP,
                users(others),
                settings(DiffusionPolicy.AUTO, true),
                Optional.empty(),
                Optional.of(new ClientMessageId(requestId)));
    }

    private Role role(ConversationId id, String user) {
        return await(messaging.conversations.membership(APP, id, user(user), soon()))
                .map(Membership::role)
                .orElseThrow();
    }

    @Test
    void create_group_creatorOwnsAndOthersAreMembers() {
        Creation creation = messaging.create(group("ann", users("bob", "cy")));

        Conversation conversation = creation.conversation();
        assertThat(creation.existed()).isFalse();
        assertThat(conversation.memberCount()).isEqualTo(3);
        assertThat(conversation.diffusion()).isEqualTo(Diffusion.WRITE);
        assertThat(conversation.createdAt()).isEqualTo(messaging.clock.instant());
        assertThat(role(conversation.id(), "ann")).isEqualTo(Role.OWNER);
        assertThat(role(conversation.id(), "bob")).isEqualTo(Role.MEMBER);
        assertThat(messaging.due).containsExactly(conversation.id().timeline(APP));
        assertThat(messaging.events(conversation.id()))
                .hasSize(3)
                .element(0)
                .isInstanceOf(ConversationEvent.Created.class);
    }

    @Test
    void create_channel_othersFollow() {
        ConversationId id = messaging
                .create(newOf(ConversationKind.CHANNEL, "ann", users("bob"), settings(DiffusionPolicy.AUTO, true)))
                .conversation()
                .id();

        assertThat(role(id, "ann")).isEqualTo(Role.OWNER);
        assertThat(role(id, "bob")).isEqualTo(Role.FOLLOWER);
    }

    @Test
    void create_tenThousandMembers_isOneAppend() {
        Conversation conversation =
                messaging.create(group("ann", users(10_000))).conversation();

        TimelineId timeline = conversation.id().timeline(APP);
        assertThat(conversation.memberCount()).isEqualTo(10_001);
        assertThat(conversation.diffusion()).isEqualTo(Diffusion.READ);
        assertThat(messaging.entries(timeline)).hasSize(12);
        assertThat(messaging.due).hasSize(1);
        MemberPage first = done(messaging.conversations.members(
                new MemberQuery(APP, conversation.id(), Optional.of(user("ann")), Optional.empty(), 1000, false),
                soon()));
        assertThat(first.members()).hasSize(1000);
        assertThat(first.complete()).isFalse();
    }

    @Test
    void create_beyondAppsLimit_isRefused() {
        messaging.conversationRules = new ConversationRules(500, 3, Role.MODERATOR, false);

        assertThat(refusal(messaging.conversations.create(group("ann", users("bob", "cy", "di")), soon())))
                .isEqualTo(Refusal.TOO_MANY_MEMBERS);
        assertThat(messaging
                        .create(group("ann", users("bob", "cy")))
                        .conversation()
                        .memberCount())
                .isEqualTo(3);
    }

    @Test
    void create_moreThanOneRequestMayHave_isRefused() {
        assertThat(refusal(messaging.conversations.create(group("ann", users(11_000)), soon())))
                .isEqualTo(Refusal.TOO_MANY_MEMBERS);
    }

    @Test
    void create_directOfOneOrThree_isRefused() {
        NewConversation three =
                newOf(ConversationKind.DIRECT, "ann", users("bob", "cy"), settings(DiffusionPolicy.AUTO, true));

        assertThat(refusal(messaging.conversations.create(direct("ann", "ann"), soon())))
                .isEqualTo(Refusal.WRONG_MEMBERS);
        assertThat(refusal(messaging.conversations.create(three, soon()))).isEqualTo(Refusal.WRONG_MEMBERS);
    }

    @Test
    void create_directFromBothSides_isOne() {
        Creation first = messaging.create(direct("ann", "bob"));
        Creation second = messaging.create(direct("bob", "ann"));
        Creation other = messaging.create(direct("ann", "cy"));

        assertThat(second.existed()).isTrue();
        assertThat(second.conversation()).isEqualTo(first.conversation());
        assertThat(other.conversation().id()).isNotEqualTo(first.conversation().id());
        assertThat(role(first.conversation().id(), "ann")).isEqualTo(Role.MEMBER);
    }

    @Test
    void create_directByThousandAtOnce_oneWinsAndAllGetIt() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        ConversationService other = messaging.anotherInstance();
        List<CompletableFuture<Outcome<Creation>>> creations = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                ConversationService service = i % 2 == 0 ? messaging.conversations : other;
                NewConversation wanted = i % 3 == 0 ? direct("ann", "bob") : direct("bob", "ann");
                creations.add(CompletableFuture.supplyAsync(() -> await(service.create(wanted, soon())), threads));
            }
            Set<ConversationId> ids = new HashSet<>();
            int created = 0;
            for (CompletableFuture<Outcome<Creation>> creation : creations) {
                Creation answer = done(creation);
                ids.add(answer.conversation().id());
                created += answer.existed() ? 0 : 1;
            }

            assertThat(ids).hasSize(1);
            assertThat(created).isEqualTo(1);
            assertThat(messaging.events(ids.iterator().next())).hasSize(3);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void create_contextual_isOneForParticipantsAndContext() {
        ConversationId id =
                messaging.create(about("order 7", "ann", "bob")).conversation().id();

        assertThat(messaging
                        .create(about("order 7", "bob", "ann"))
                        .conversation()
                        .id())
                .isEqualTo(id);
        assertThat(messaging
                        .create(about("order 8", "bob", "ann"))
                        .conversation()
                        .id())
                .isNotEqualTo(id);
        assertThat(messaging
                        .create(about("order 7", "bob", "cy"))
                        .conversation()
                        .id())
                .isNotEqualTo(id);
    }

    @Test
    void create_contextThatLooksLikeMembers_isNotMixedUp() {
        ConversationId one =
                messaging.create(about("a", "b", "c")).conversation().id();
        ConversationId two = messaging.create(about("ab", "c")).conversation().id();

        assertThat(one).isNotEqualTo(two);
    }

    @Test
    void newConversation_contextOfWrongKind_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        newOf(ConversationKind.CONTEXTUAL, "ann", users("bob"), settings(DiffusionPolicy.AUTO, true)))
                .withMessageStartingWith("context: missing");
    }

    @Test
    void create_sameRequestId_isTheSame() {
        Creation first = messaging.create(requested("r1", "ann", "bob"));
        Creation again = messaging.create(requested("r1", "ann", "bob"));
        Creation ofAnother = messaging.create(requested("r1", "bob", "ann"));

        assertThat(again.existed()).isTrue();
        assertThat(again.conversation().id()).isEqualTo(first.conversation().id());
        assertThat(ofAnother.existed()).isFalse();
    }

    @Test
    void create_requestIdForSomethingElse_isConflict() {
        messaging.create(requested("r1", "ann", "bob"));

        assertThat(refusal(messaging.conversations.create(requested("r1", "ann", "cy"), soon())))
                .isEqualTo(Refusal.REQUEST_ID_CONFLICT);
    }

    @Test
    void create_claimantDiedBeforeAppending_nextOneCreates() {
        AtomicBoolean broken = new AtomicBoolean(true);
        Messaging failing = new Messaging(store -> new FailingAppends(store, broken));
        CompletableFuture<Outcome<Creation>> died = failing.conversations.create(direct("ann", "bob"), soon());
        assertThat(died).isCompletedExceptionally();

        broken.set(false);
        Creation creation = failing.create(direct("bob", "ann"));

        assertThat(creation.existed()).isFalse();
        assertThat(failing.create(direct("ann", "bob")).conversation().id())
                .isEqualTo(creation.conversation().id());
        assertThat(failing.records(creation.conversation().id().timeline(APP), RecordKind.MEMBER))
                .isEqualTo(2);
    }

    private record FailingAppends(TimelineStore store, AtomicBoolean broken) implements TimelineStore {
        @Override
        public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
            return broken.get()
                    ? CompletableFuture.failedFuture(new StorageUnavailableException("down", Map.of(), null))
                    : store.append(append, deadline);
        }

        @Override
        public CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline) {
            return store.read(query, deadline);
        }

        @Override
        public CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline) {
            return store.heads(queries, deadline);
        }
    }

    @Test
    void describe_unknownOrStranger_isRefused() {
        ConversationId id = messaging.groupOf("ann", "bob");
        ConversationService service = messaging.conversations;

        assertThat(refusal(service.describe(APP, new ConversationId("nowhere"), Optional.empty(), soon())))
                .isEqualTo(Refusal.CONVERSATION_NOT_FOUND);
        assertThat(refusal(service.describe(APP, id, Optional.of(user("eve")), soon())))
                .isEqualTo(Refusal.NOT_MEMBER);
        assertThat(done(service.describe(APP, id, Optional.of(user("bob")), soon()))
                        .id())
                .isEqualTo(id);
    }

    @Test
    void members_paged_allOnce() {
        ConversationId id =
                messaging.create(group("ann", users(250))).conversation().id();
        done(messaging.conversations.removeMembers(APP, id, user("ann"), users("u3", "u99"), soon()));
        Set<UserId> seen = new HashSet<>();
        Optional<UserId> after = Optional.empty();
        boolean complete = false;
        while (!complete) {
            MemberPage page = done(messaging.conversations.members(
                    new MemberQuery(APP, id, Optional.empty(), after, 20, false), soon()));
            page.members().forEach(member -> assertThat(seen.add(member.user())).isTrue());
            after = page.members().isEmpty()
                    ? after
                    : Optional.of(page.members().get(page.members().size() - 1).user());
            complete = page.complete();
        }

        assertThat(seen).hasSize(249).doesNotContain(user("u3"), user("u99"));
    }
}
