package io.tideline.store;

import static io.tideline.store.Messaging.APP;
import static io.tideline.store.Messaging.await;
import static io.tideline.store.Messaging.done;
import static io.tideline.store.Messaging.soon;
import static io.tideline.store.Messaging.text;
import static io.tideline.store.Messaging.user;
import static io.tideline.store.Messaging.users;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.Role;
import io.tideline.core.message.MessageView;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.conversation.ConversationRules;
import io.tideline.store.conversation.ConversationService;
import io.tideline.store.conversation.MemberQuery;
import io.tideline.store.message.MessageAt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Operations of two processes whose appends wait and are carried out in a random order, so that looks and appends of
 * different operations interleave in every way.
 */
class MessagingInvariantsTest {
    private static final int USERS = 8;
    private static final List<Role> ROLES = List.of(Role.values());

    /** Appends wait here until the test lets one of them go on. */
    private static final class ShuffledAppends implements TimelineStore {
        private record Waiting(
                Supplier<CompletableFuture<AppendOutcome>> append, CompletableFuture<AppendOutcome> answer) {}

        private final TimelineStore store;
        private final List<Waiting> waiting = new ArrayList<>();
        private boolean shuffles;

        ShuffledAppends(TimelineStore store) {
            this.store = store;
        }

        boolean carryOutOne(Random random) {
            if (waiting.isEmpty()) {
                return false;
            }
            Waiting next = waiting.remove(random.nextInt(waiting.size()));
            next.answer().complete(next.append().get().join());
            return true;
        }

        @Override
        public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
            if (!shuffles) {
                return store.append(append, deadline);
            }
            Waiting added = new Waiting(() -> store.append(append, deadline), new CompletableFuture<>());
            waiting.add(added);
            return added.answer();
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

    private final List<ShuffledAppends> shufflers = new ArrayList<>();
    private final Messaging messaging = new Messaging(store -> {
        shufflers.add(new ShuffledAppends(store));
        return shufflers.get(0);
    });
    private final List<CompletableFuture<?>> running = new ArrayList<>();
    private int messages;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void operations_randomInterleaving_keepInvariants(long seed) {
        Random random = new Random(seed);
        messaging.conversationRules = new ConversationRules(4, 100, Role.MEMBER, true);
        ConversationId id = messaging.groupOf("u0", "u1", "u2");
        ConversationService[] services = {messaging.conversations, messaging.anotherInstance()};
        ShuffledAppends shuffled = shufflers.get(0);
        shuffled.shuffles = true;
        for (int step = 0; step < 800; step++) {
            if (random.nextInt(5) < 2) {
                running.add(begin(random, services[random.nextInt(2)], id));
            } else {
                shuffled.carryOutOne(random);
            }
        }
        while (shuffled.carryOutOne(random)) {}
        shuffled.shuffles = false;

        running.forEach(Messaging::await);
        checkMembers(id);
        checkEntries(id);
    }

    private CompletableFuture<?> begin(Random random, ConversationService service, ConversationId id) {
        String actor = "u" + random.nextInt(USERS);
        String target = "u" + random.nextInt(USERS);
        MessageAt at = new MessageAt(APP, id, SequenceId.of(1 + random.nextInt(60)));
        return switch (random.nextInt(10)) {
            case 0, 1 -> service.addMembers(APP, id, user(actor), users(target), Optional.empty(), soon());
            case 2 -> service.addMembers(APP, id, user(target), users(target), Optional.empty(), soon());
            case 3 -> service.removeMembers(APP, id, user("u0"), users(target), soon());
            case 4 -> service.removeMembers(APP, id, user(target), users(target), soon());
            case 5 -> service.changeRole(APP, id, user("u0"), user(target), ROLES.get(random.nextInt(4)), soon());
            case 6 -> messaging.messages.recall(at, user(actor), soon());
            case 7 -> messaging.messages.edit(at, user(actor), text("e" + messages++, "edited"), soon());
            default -> messaging.messages.send(APP, id, user(actor), text("m" + messages++, "hello"), soon());
        };
    }

    private void checkMembers(ConversationId id) {
        Conversation conversation = messaging.describe(id);
        List<Membership> active = done(messaging.conversations.members(
                        new MemberQuery(APP, id, Optional.empty(), Optional.empty(), 1000, false), soon()))
                .members();
        assertThat(conversation.memberCount()).isEqualTo(active.size());
        if (active.size() > 4) {
            assertThat(conversation.diffusion()).isEqualTo(Diffusion.READ);
        } else if (active.size() <= 3) {
            assertThat(conversation.diffusion()).isEqualTo(Diffusion.WRITE);
        }
        List<Membership> all = done(messaging.conversations.members(
                        new MemberQuery(APP, id, Optional.empty(), Optional.empty(), 1000, true), soon()))
                .members();
        for (Membership member : all) {
            Outcome<?> sent = await(messaging.sending(id, member.user().value(), "last" + member.user()));
            boolean may = member.isActive() && member.role().atLeast(Role.MEMBER);
            assertThat(sent instanceof Outcome.Done).as("%s sends", member).isEqualTo(may);
        }
    }

    private void checkEntries(ConversationId id) {
        TimelineId timeline = id.timeline(APP);
        List<Entry> entries = messaging.entries(timeline);
        Set<MessageId> ids = new HashSet<>();
        entries.forEach(entry -> assertThat(ids.add(entry.messageId())).isTrue());
        checkThatOnlyMembersSent(id, entries);
        long gone = messaging.read(id, "u1").messages().stream()
                .filter(view -> view.change().map(change -> change.takesBack()).orElse(false))
                .count();
        assertThat((long) messaging.records(timeline, RecordKind.DISCOUNT)).isGreaterThanOrEqualTo(gone);
        for (MessageView view : messaging.read(id, "u1").messages()) {
            if (view.change().map(change -> change.takesBack()).orElse(false)) {
                assertThat(view.entry().payload().size()).isZero();
            }
        }
    }

    /** Replays the events: whoever sent was a member who may send at that very seq. */
    private void checkThatOnlyMembersSent(ConversationId id, List<Entry> entries) {
        RoleReplay replay = new RoleReplay();
        for (Entry entry : entries) {
            replay.check(entry);
        }
        assertThat(replay.members()).isEqualTo(messaging.describe(id).memberCount());
    }
}
