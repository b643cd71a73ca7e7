package io.tideline.sync.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserConversation;
import io.tideline.core.feed.Change;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.Conversations;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WarmUsersTest {
    private static final ConversationId ROOM = new ConversationId("room");
    private static final TimelineId INBOX = Conversations.user("bob").inbox(Conversations.APP);

    private final WarmUsers warm = new WarmUsers(10);
    private final AtomicInteger wakes = new AtomicInteger();

    private WarmUsers.UserState user(String name, ConversationId... conversations) {
        WarmUsers.UserState user = warm.user(Conversations.user(name).inbox(Conversations.APP));
        warm.know(
                user,
                List.of(conversations).stream().map(id -> inList(name, id)).toList(),
                Set.of());
        return user;
    }

    private static UserConversation inList(String user, ConversationId id) {
        Membership membership = new Membership(
                Conversations.user(user), Role.MEMBER, SequenceId.FIRST, 0, SequenceId.FIRST, SequenceId.NONE, 1);
        return new UserConversation(id, ConversationKind.GROUP, Diffusion.READ, membership, 1);
    }

    private void tell(long seq) {
        TimelineId timeline = ROOM.timeline(Conversations.APP);
        warm.changed(List.of(new Change(timeline, SequenceId.of(seq))));
    }

    @Test
    void changed_toldByTheHintAndByTheFeed_wakesOnce() {
        assertThat(warm.session(user("bob", ROOM), 0, wakes::incrementAndGet)).isPresent();

        tell(5);
        tell(5);
        assertThat(wakes).hasValue(1);

        tell(6);
        assertThat(wakes).hasValue(2);
    }

    /** The session may have looked in between, and have left it to the read for all that this change begins. */
    @Test
    void changed_whatTheInboxHasToldAlready_wakesTheSession() {
        WarmUsers.UserState bob = user("bob", ROOM);
        assertThat(warm.session(bob, 0, wakes::incrementAndGet)).isPresent();
        warm.changed(List.of(new Change(INBOX, SequenceId.of(1))));
        warm.folded(bob, SequenceId.of(1), Map.of(ROOM, new WarmUsers.Pending(3, 0, 0)));
        assertThat(wakes).hasValue(1);

        tell(3);

        assertThat(wakes).hasValue(2);
    }

    /** One session has read more of the inbox than was told, and with that for the others, too. */
    @Test
    void folded_beyondWhatWasTold_wakesTheOtherSessions() {
        WarmUsers.UserState bob = user("bob", ROOM);
        assertThat(warm.session(bob, 0, wakes::incrementAndGet)).isPresent();
        warm.changed(List.of(new Change(INBOX, SequenceId.of(1))));
        assertThat(wakes).hasValue(1);

        warm.folded(bob, SequenceId.of(2), Map.of(ROOM, new WarmUsers.Pending(3, 1, 0)));
        warm.changed(List.of(new Change(INBOX, SequenceId.of(2))));

        assertThat(wakes).hasValue(2);
    }

    @Test
    void drop_wakesTheSessions_whichHaveToLookAtEverything() {
        WarmUsers.UserState bob = user("bob", ROOM);
        WarmUsers.DeviceState session =
                warm.session(bob, 0, wakes::incrementAndGet).orElseThrow();

        warm.drop(bob);

        assertThat(wakes).hasValue(1);
        assertThat(warm.pick(bob, session, 1)).isEmpty();
        assertThat(warm.pairs()).isZero();
    }

    @Test
    void room_isMadeByThoseWithoutSessions_theOneThatWasNotNeededForLongestFirst() {
        WarmUsers.UserState streaming = user("bob", ROOM);
        WarmUsers.DeviceState session =
                warm.session(streaming, 0, wakes::incrementAndGet).orElseThrow();
        WarmUsers.UserState idle = user("cid", ROOM);
        WarmUsers.UserState later = user("dan", ROOM);

        ConversationId[] many =
                IntStream.range(0, 4).mapToObj(i -> new ConversationId("m" + i)).toArray(ConversationId[]::new);
        user("eve", many);

        assertThat(warm.pick(streaming, session, 1)).isPresent();
        assertThat(warm.pairs()).isLessThanOrEqualTo(10);
        assertThat(isKnown(idle)).isFalse();
        assertThat(isKnown(later)).isTrue();
        assertThat(wakes).hasValue(0);
    }

    private boolean isKnown(WarmUsers.UserState user) {
        return warm.session(user, 0, () -> {}).isPresent();
    }

    @Test
    void pairs_countWhatIsPending() {
        WarmUsers.UserState bob = user("bob", ROOM);
        WarmUsers.DeviceState session =
                warm.session(bob, 0, wakes::incrementAndGet).orElseThrow();
        int quiet = warm.pairs();

        tell(5);
        assertThat(warm.pairs()).isEqualTo(quiet + 1);

        warm.settle(session, Map.of(ROOM, new WarmUsers.Pending(5, 0, 0)));
        assertThat(warm.pairs()).isEqualTo(quiet);
        warm.endSession(bob, session);
        assertThat(warm.pairs()).isEqualTo(quiet - 1);
    }
}
