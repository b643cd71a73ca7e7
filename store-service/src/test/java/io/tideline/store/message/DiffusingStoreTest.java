package io.tideline.store.message;

import static io.tideline.store.Messaging.APP;
import static io.tideline.store.Messaging.await;
import static io.tideline.store.Messaging.done;
import static io.tideline.store.Messaging.group;
import static io.tideline.store.Messaging.settings;
import static io.tideline.store.Messaging.soon;
import static io.tideline.store.Messaging.user;
import static io.tideline.store.Messaging.users;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.error.OutcomeUnknownException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.Messaging;
import io.tideline.store.StorePorts;
import io.tideline.store.conversation.SettingsChange;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class DiffusingStoreTest {
    private final Messaging messaging = new Messaging();
    private final DiffusingStore store = new DiffusingStore(messaging.ports);

    /** Without the task that its creation left. */
    private TimelineId conversation(DiffusionPolicy policy) {
        TimelineId timeline = messaging
                .create(group("ann", users("bob"), settings(policy, true)))
                .conversation()
                .id()
                .timeline(APP);
        withoutTask(timeline);
        return timeline;
    }

    private void withoutTask(TimelineId timeline) {
        await(messaging.store.remove(List.of(taskKey(timeline)), task(timeline), soon()));
        messaging.due.clear();
    }

    private static RecordKey taskKey(TimelineId timeline) {
        return RecordKey.of(timeline, RecordKind.FANOUT_TASK);
    }

    /** The seq of the fan-out task; 0 for none. */
    private long task(TimelineId timeline) {
        var found = await(messaging.store.get(List.of(taskKey(timeline)), soon()));
        return found.containsKey(taskKey(timeline))
                ? found.get(taskKey(timeline)).version()
                : 0;
    }

    private static TimelineAppend plain(TimelineId timeline, String clientMessageId) {
        return TimelineAppend.of(timeline, NewEntry.text("back end", clientMessageId, "hello"));
    }

    private static SequenceId seq(AppendOutcome outcome) {
        return ((AppendOutcome.Appended) outcome).receipts().get(0).seq();
    }

    private SequenceId append(TimelineId timeline, String clientMessageId) {
        return seq(await(store.append(plain(timeline, clientMessageId), soon())));
    }

    /** Whose calls fail when {@code fails} says so. */
    private RecordStore records(Predicate<String> fails) {
        return (RecordStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {RecordStore.class}, (proxy, method, arguments) -> {
                    if (fails.test(method.getName())) {
                        return CompletableFuture.failedFuture(
                                new StorageUnavailableException("not now", Map.of(), null));
                    }
                    try {
                        return method.invoke(messaging.store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private DiffusingStore over(RecordStore records) {
        StorePorts ports = messaging.ports;
        return new DiffusingStore(
                new StorePorts(ports.timelines(), records, ports.ids(), ports.clock(), ports.fanout()));
    }

    @Test
    void append_intoAWriteDiffusedConversation_leavesATask() {
        TimelineId timeline = conversation(DiffusionPolicy.WRITE);

        SequenceId first = append(timeline, "a");

        assertThat(task(timeline)).isEqualTo(first.value());
        assertThat(messaging.due).containsExactly(timeline);
        SequenceId second = append(timeline, "b");
        assertThat(task(timeline)).isEqualTo(second.value());
    }

    @Test
    void append_intoAReadDiffusedConversation_leavesNone() {
        TimelineId timeline = conversation(DiffusionPolicy.READ);

        append(timeline, "a");
        append(timeline, "b");

        assertThat(task(timeline)).isZero();
        assertThat(messaging.due).isEmpty();
    }

    @Test
    void append_intoAConversationThatWasReadDiffused_writesNothingAndLeavesATaskWhenRepeated() {
        TimelineId timeline = conversation(DiffusionPolicy.READ);
        append(timeline, "a");
        var change = new SettingsChange(Optional.of(DiffusionPolicy.WRITE), Optional.empty(), Map.of(), Set.of());
        done(messaging.conversations.changeSettings(
                APP, new ConversationId(timeline.name()), user("ann"), change, soon()));
        withoutTask(timeline);
        int before = messaging.entries(timeline).size();

        assertThat(store.append(plain(timeline, "b"), soon()))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(StorageUnavailableException.class);

        assertThat(messaging.entries(timeline)).hasSize(before);
        SequenceId repeated = append(timeline, "b");
        assertThat(task(timeline)).isEqualTo(repeated.value());
    }

    @Test
    void append_whenTheTaskCannotBeLeft_isUnknownAndLeavesItWhenRepeated() {
        TimelineId timeline = conversation(DiffusionPolicy.WRITE);
        DiffusingStore failing = over(records("raise"::equals));

        assertThat(failing.append(plain(timeline, "a"), soon()))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(OutcomeUnknownException.class);

        assertThat(task(timeline)).isZero();
        SequenceId repeated = append(timeline, "a");
        assertThat(messaging.lastSeq(new ConversationId(timeline.name()))).isEqualTo(repeated);
        assertThat(task(timeline)).isEqualTo(repeated.value());
    }

    @Test
    void append_intoAPlainTimeline_asksForNoRecord() {
        DiffusingStore failing = over(records(method -> true));

        for (String name : List.of("room-1", "room", "a-name-that-is-longer-than-ids-are", "Conversation")) {
            TimelineId timeline = TimelineId.conversation(APP.value(), name);
            assertThat(seq(await(failing.append(plain(timeline, "a"), soon()))))
                    .as(name)
                    .isEqualTo(SequenceId.FIRST);
        }
    }
}
