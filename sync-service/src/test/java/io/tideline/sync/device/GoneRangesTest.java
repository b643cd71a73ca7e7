package io.tideline.sync.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.DeviceId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.Conversations;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.fanout.FanoutConfig;
import io.tideline.sync.fanout.FanoutWorker;
import io.tideline.sync.watch.ManualScheduler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was erased or has expired neither holds up what comes behind it, nor comes again. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GoneRangesTest {
    private static final SyncLimits ALL = new SyncLimits(1000, SyncLimits.MAX_BYTES, 256, 0);
    private static final SyncLimits SINGLE = new SyncLimits(1, SyncLimits.MAX_BYTES, 256, 0);
    private static final Device PHONE = new Device(Conversations.APP, Conversations.user("bob"), new DeviceId("phone"));

    private final Conversations world = new Conversations();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final FanoutWorker worker = new FanoutWorker(
            world.store, world.store, FanoutConfig.named("w"), world::now, scheduler, new MetricRegistry());
    private final SyncService service = service(world.store);
    private final ConversationId room = room("room");
    private final TimelineId shared = room.timeline(Conversations.APP);
    private final TimelineId personal = room.personalTimeline(Conversations.APP, Conversations.user("bob"));

    /** How entries go. */
    private enum Way {
        ERASED,
        EXPIRED
    }

    private SyncService service(TimelineStore store) {
        SyncPorts ports = new SyncPorts(store, world.store, world.store, world.store, world.store);
        return new SyncService(ports, SyncConfig.DEFAULT, world::now, new Random(1), new MetricRegistry());
    }

    private ConversationId room(String name) {
        ConversationId made = world.create(name, Diffusion.READ, true, "ann", "bob");
        worker.due(made.timeline(Conversations.APP));
        scheduler.runDue();
        return made;
    }

    private void sendPersonal(String text) {
        world.sendPersonal(room, "ann", "bob", SequenceId.of(2), text);
    }

    private void lose(TimelineId timeline, Way way, long through) {
        if (way == Way.EXPIRED) {
            world.expire(timeline, SequenceId.of(through));
        } else {
            world.erase(
                    timeline,
                    LongStream.rangeClosed(1, through).mapToObj(SequenceId::of).toArray(SequenceId[]::new));
        }
    }

    private static SyncOutcome ask(SyncService service, String ack, SyncLimits limits) {
        SyncRequest request = new SyncRequest(PHONE, Optional.ofNullable(ack), List.of(), limits, false);
        return service.sync(request, Conversations.deadline()).join();
    }

    private static SyncPage sync(SyncService service, String ack, SyncLimits limits) {
        return ((SyncOutcome.Synced) ask(service, ack, limits)).page();
    }

    /** All pages until there are no more, and the empty one after them. */
    private List<SyncConversation> everything(SyncLimits limits) {
        List<SyncConversation> got = new ArrayList<>();
        SyncPage page = sync(service, null, limits);
        while (page.hasMore()) {
            got.addAll(page.conversations());
            page = sync(service, page.next(), limits);
        }
        got.addAll(page.conversations());
        assertThat(sync(service, page.next(), limits).conversations()).isEmpty();
        return got;
    }

    private static List<String> texts(List<SyncConversation> parts) {
        return parts.stream()
                .flatMap(part -> part.messages().stream())
                .filter(message -> message.event().isEmpty())
                .map(message -> message.entry().payload().toUtf8())
                .toList();
    }

    private static List<SyncGap> gaps(List<SyncConversation> parts) {
        return parts.stream().flatMap(part -> part.gaps().stream()).toList();
    }

    private static long personalThrough(List<SyncConversation> parts) {
        return parts.get(parts.size() - 1).personalThrough().value();
    }

    @ParameterizedTest
    @EnumSource
    void personalTimelineThatIsGone_isPassedAndHoldsUpNothing(Way way) {
        ConversationId other = room("other");
        sendPersonal("one");
        sendPersonal("two");
        lose(personal, way, 2);
        world.send(other, "ann", "in the other");

        List<SyncConversation> got = everything(ALL);

        assertThat(texts(got)).containsExactly("in the other");
        assertThat(got).extracting(SyncConversation::stop).containsOnly(RangeStop.HEAD);
        assertThat(personalThrough(
                        got.stream().filter(c -> c.conversation().equals(room)).toList()))
                .isEqualTo(2);
    }

    /** The device has the rest already, so nothing but the gap is left to bring. */
    @ParameterizedTest
    @EnumSource
    void personalMessageThatIsGoneBeforeItCame_isPassedWithoutAMessage(Way way) {
        String token = sync(service, null, ALL).next();
        sendPersonal("one");
        lose(personal, way, 1);

        SyncPage page = sync(service, token, ALL);

        assertThat(page.conversations()).singleElement().satisfies(part -> {
            assertThat(part.messages()).isEmpty();
            assertThat(part.through()).isEqualTo(part.after());
            assertThat(part.personalThrough()).isEqualTo(SequenceId.of(1));
            assertThat(part.stop()).isEqualTo(RangeStop.HEAD);
        });
        assertThat(page.hasMore()).isFalse();
        assertThat(sync(service, page.next(), ALL).conversations()).isEmpty();
    }

    @Test
    void personalMessagesErasedInBetween_thoseAroundThemCome() {
        for (String text : List.of("one", "two", "three", "four", "five")) {
            sendPersonal(text);
        }
        world.erase(personal, SequenceId.of(1), SequenceId.of(3), SequenceId.of(5));

        List<SyncConversation> got = everything(SINGLE);

        assertThat(texts(got)).containsExactly("two", "four");
        assertThat(personalThrough(got)).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource
    void conversationThatIsGone_isAGapAndHoldsUpNothing(Way way) {
        world.send(room, "ann", "three");
        world.send(room, "ann", "four");
        lose(shared, way, 4);
        ConversationId other = room("other");
        world.send(other, "ann", "in the other");

        List<SyncConversation> got = everything(ALL);

        assertThat(texts(got)).containsExactly("in the other");
        SyncGap.Type type = way == Way.ERASED ? SyncGap.Type.ERASED : SyncGap.Type.EXPIRED;
        assertThat(gaps(got)).containsExactly(new SyncGap(SequenceId.of(1), SequenceId.of(4), type));
    }

    @Test
    void tailOfAConversationErased_isAGap() {
        world.send(room, "ann", "three");
        SequenceId four = world.send(room, "ann", "four");
        SequenceId five = world.send(room, "ann", "five");
        world.erase(shared, four, five);

        List<SyncConversation> got = everything(SINGLE);

        assertThat(texts(got)).containsExactly("three");
        assertThat(gaps(got))
                .containsExactly(
                        new SyncGap(four, four, SyncGap.Type.ERASED), new SyncGap(five, five, SyncGap.Type.ERASED));
        assertThat(got.get(got.size() - 1).through()).isEqualTo(five);
    }

    @Test
    void tokenFromBeforeAnErasure_bringsGapsAndWhatWasSentSince() {
        String before = sync(service, null, ALL).next();
        SequenceId three = world.send(room, "ann", "three");
        SequenceId four = world.send(room, "ann", "four");
        String delivered = sync(service, before, ALL).next();
        world.erase(shared, SequenceId.of(1), SequenceId.of(2), three, four);
        SequenceId five = world.send(room, "ann", "five");

        SyncPage page = sync(service, before, ALL);

        SyncConversation part = page.conversations().get(0);
        assertThat(part.after()).isEqualTo(SequenceId.of(2));
        assertThat(part.through()).isEqualTo(five);
        assertThat(part.gaps()).containsExactly(new SyncGap(three, four, SyncGap.Type.ERASED));
        assertThat(texts(List.of(part))).containsExactly("five");
        assertThat(texts(sync(service, delivered, ALL).conversations())).containsExactly("five");
        assertThat(sync(service, page.next(), ALL).conversations()).isEmpty();
        assertThat(sync(service, before, ALL).conversations()).isEmpty();
    }

    @Test
    void tokenFromBeforeTheConversationBeganAnew_saysSoAndTheOthersGoOn() {
        ConversationId other = room("other");
        world.send(room, "ann", "of the old one");
        String token = sync(service, null, ALL).next();
        world.send(other, "ann", "in the other");
        Conversations anew = new Conversations();
        anew.create("room", Diffusion.READ, true, "ann", "bob");
        SyncService restored = service(with(anew));

        SyncPage page = sync(restored, token, ALL);

        assertThat(texts(page.conversations())).containsExactly("in the other");
        assertThat(page.conversations())
                .filteredOn(part -> part.conversation().equals(room))
                .singleElement()
                .satisfies(part -> {
                    assertThat(part.stop()).isEqualTo(RangeStop.BEYOND_HEAD);
                    assertThat(part.head()).isEqualTo(SequenceId.of(2));
                });
        restored.forget(PHONE, Conversations.deadline()).join();
        assertThat(ask(restored, token, ALL)).isEqualTo(new SyncOutcome.Refused(new Refusal.ForgottenDevice()));
        assertThat(sync(restored, null, ALL).conversations())
                .filteredOn(part -> part.conversation().equals(room))
                .singleElement()
                .satisfies(part -> assertThat(part.messages()).hasSize(2));
    }

    /** The store, where the room is that of another world. */
    private TimelineStore with(Conversations anew) {
        return (TimelineStore) Proxy.newProxyInstance(
                TimelineStore.class.getClassLoader(), new Class<?>[] {TimelineStore.class}, (proxy, method, args) -> {
                    if (method.getName().equals("heads")) {
                        return heads(anew, (List<?>) args[0], (Deadline) args[1]);
                    }
                    boolean isAnew = args[0] instanceof ReadQuery query
                            && query.timeline().equals(shared);
                    return method.invoke(isAnew ? anew.store : world.store, args);
                });
    }

    private CompletableFuture<Map<TimelineId, Head>> heads(Conversations anew, List<?> asked, Deadline deadline) {
        List<HeadQuery> queries = asked.stream().map(HeadQuery.class::cast).toList();
        Map<TimelineId, Head> heads =
                new HashMap<>(world.store.heads(queries, deadline).join());
        List<HeadQuery> ofTheRoom = queries.stream()
                .filter(query -> query.timeline().equals(shared))
                .toList();
        heads.putAll(anew.store.heads(ofTheRoom, deadline).join());
        return CompletableFuture.completedFuture(heads);
    }

    /** Not what a store should do: its page says that there is more, and goes no further. */
    @Test
    void readThatGetsNoFurther_failsInsteadOfGoingRoundForEver() {
        TimelineStore stuck = (TimelineStore) Proxy.newProxyInstance(
                TimelineStore.class.getClassLoader(), new Class<?>[] {TimelineStore.class}, (proxy, method, args) -> {
                    if (method.getName().equals("read")
                            && ((ReadQuery) args[0]).timeline().family() == TimelineFamily.PERSONAL) {
                        return nothing((ReadQuery) args[0], (Deadline) args[1]);
                    }
                    return method.invoke(world.store, args);
                });
        SyncService faulty = service(stuck);
        String token = sync(faulty, null, ALL).next();
        sendPersonal("one");

        assertThatThrownBy(() -> sync(faulty, token, ALL)).hasCauseInstanceOf(OverloadedException.class);
    }

    private CompletableFuture<TimelinePage> nothing(ReadQuery query, Deadline deadline) {
        return world.store
                .read(query, deadline)
                .thenApply(page -> new TimelinePage(
                        List.of(), List.of(), TimelinePage.StopReason.PAGE_FULL, query.from(), page.last()));
    }
}
