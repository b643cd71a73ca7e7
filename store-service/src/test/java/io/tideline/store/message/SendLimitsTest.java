package io.tideline.store.message;

import static io.tideline.store.Messaging.APP;
import static io.tideline.store.Messaging.done;
import static io.tideline.store.Messaging.soon;
import static io.tideline.store.Messaging.text;
import static io.tideline.store.Messaging.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.Messaging;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SendLimitsTest {
    private static final TimelineId ROOM = new ConversationId("room").timeline(APP);
    private static final TimelineId OTHER = new ConversationId("other").timeline(APP);

    private long nanos;

    private static MessageRules rates(int perUser, int perConversation) {
        MessageRules rules = MessageRules.DEFAULT;
        return new MessageRules(
                rules.recallWindow(),
                rules.recallsAny(),
                rules.editWindow(),
                rules.deletesOwn(),
                rules.deletesAny(),
                rules.maxReactions(),
                rules.maxReactionsPerUser(),
                rules.sendsPersonal(),
                new SendRates(perUser, perConversation));
    }

    private SendLimits limits(int perUser, int perConversation) {
        return new SendLimits(app -> rates(perUser, perConversation), () -> nanos);
    }

    private static boolean isLetThrough(SendLimits limits, TimelineId to, UserId from, int messages) {
        return !limits.toAll(to, from, messages, () -> CompletableFuture.completedFuture(Outcome.done(true)))
                .isCompletedExceptionally();
    }

    @Test
    void user_sendsAMinutesWorthAtOnce_thenAsTimePasses() {
        SendLimits limits = limits(3, 0);
        UserId ann = user("ann");

        assertThat(isLetThrough(limits, ROOM, ann, 1)).isTrue();
        assertThat(isLetThrough(limits, OTHER, ann, 1)).isTrue();
        assertThat(isLetThrough(limits, ROOM, ann, 1)).isTrue();
        assertThat(isLetThrough(limits, OTHER, ann, 1)).isFalse();
        assertThat(isLetThrough(limits, ROOM, user("bob"), 1)).isTrue();

        nanos += Duration.ofSeconds(20).toNanos();
        assertThat(isLetThrough(limits, OTHER, ann, 1)).isTrue();
        assertThat(isLetThrough(limits, OTHER, ann, 1)).isFalse();
    }

    @Test
    void conversation_isLimitedForAllMembersTogether() {
        SendLimits limits = limits(0, 2);

        assertThat(isLetThrough(limits, ROOM, user("ann"), 1)).isTrue();
        assertThat(isLetThrough(limits, ROOM, user("bob"), 1)).isTrue();
        assertThat(isLetThrough(limits, ROOM, user("cid"), 1)).isFalse();
        assertThat(isLetThrough(limits, OTHER, user("cid"), 1)).isTrue();
    }

    @Test
    void batch_mayTakeMoreThanThereIs_thoseAfterItWaitForAllOfIt() {
        SendLimits limits = limits(0, 10);

        assertThat(isLetThrough(limits, ROOM, user("ann"), 20)).isTrue();
        nanos += Duration.ofSeconds(59).toNanos();
        assertThat(isLetThrough(limits, ROOM, user("bob"), 1)).isFalse();
        nanos += Duration.ofSeconds(8).toNanos();
        assertThat(isLetThrough(limits, ROOM, user("bob"), 1)).isTrue();
    }

    @Test
    void refusedSends_costNothing() {
        SendLimits limits = limits(0, 1);

        Outcome<Boolean> refused = Outcome.refused(Refusal.NOT_MEMBER);
        assertThat(limits.toAll(ROOM, user("eve"), 1, () -> CompletableFuture.completedFuture(refused)))
                .isCompletedWithValue(refused);

        assertThat(isLetThrough(limits, ROOM, user("ann"), 1)).isTrue();
    }

    private static void assertHeldBack(ThrowingCallable send, String rule) {
        assertThatThrownBy(send)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(OverloadedException.class, failure -> assertThat(failure.context())
                        .containsEntry("rule", rule));
    }

    @Test
    void floodedRoom_holdsBackMessages_butNotRecalls() {
        Messaging messaging = new Messaging();
        messaging.messageRules = rates(0, 1);
        ConversationId room = messaging.groupOf("ann", "bob");
        List<OutgoingMessage> flood = List.of(text("m1", "a"), text("m2", "b"), text("m3", "c"));
        SequenceId first = done(messaging.messages.sendBatch(APP, room, user("bob"), flood, soon()))
                .get(0)
                .seq();

        assertHeldBack(() -> messaging.sending(room, "ann", "m4").join(), "conversation-sends-per-minute");
        done(messaging.messages.recall(new MessageAt(APP, room, first), user("ann"), soon()));
    }

    @Test
    void floodingUser_sendsNoPersonalMessagesEither() {
        Messaging messaging = new Messaging();
        messaging.messageRules = rates(1, 0);
        ConversationId room = messaging.groupOf("ann", "bob");
        done(messaging.messages.sendBatch(
                APP, room, user("ann"), List.of(text("m1", "a"), text("m2", "b"), text("m3", "c")), soon()));

        NewPersonalMessage personal = new NewPersonalMessage(
                APP, room, user("ann"), false, List.of(user("bob")), text("p1", "psst"), SequenceId.NONE);
        assertHeldBack(() -> messaging.messages.sendPersonal(personal, soon()).join(), "user-sends-per-minute");
        messaging.send(room, "bob", "m4");
    }

    @Test
    void rates_mustNotBeNegative() {
        assertThatThrownBy(() -> new SendRates(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SendRates(0, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
