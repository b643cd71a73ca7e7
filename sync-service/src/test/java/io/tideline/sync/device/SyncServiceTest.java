package io.tideline.sync.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.DeviceId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.message.MessageView;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.Conversations;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.fanout.FanoutConfig;
import io.tideline.sync.fanout.FanoutWorker;
import io.tideline.sync.watch.ManualScheduler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SyncServiceTest {
    private static final SyncLimits ALL = new SyncLimits(1000, SyncLimits.MAX_BYTES, 256, 0);

    private final Conversations world = new Conversations();
    private final MetricRegistry metrics = new MetricRegistry();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final FanoutWorker worker = new FanoutWorker(
            world.store, world.store, FanoutConfig.named("w"), world::now, scheduler, new MetricRegistry());
    private final SyncService service = service(world.store, metrics);

    private SyncService service(TimelineStore store, MetricRegistry registry) {
        SyncPorts ports = new SyncPorts(store, world.store, world.store, world.store, world.store);
        return new SyncService(ports, SyncConfig.DEFAULT, world::now, new Random(1), registry);
    }

    private static Device device(String user, String id) {
        return new Device(Conversations.APP, Conversations.user(user), new DeviceId(id));
    }

    private void fanOut(ConversationId... rooms) {
        for (ConversationId room : rooms) {
            worker.due(room.timeline(Conversations.APP));
        }
        scheduler.runDue();
    }

    private SyncOutcome ask(Device device, String ack, SyncLimits limits, Checkpoint... checkpoints) {
        SyncRequest request = new SyncRequest(device, Optional.ofNullable(ack), List.of(checkpoints), limits, true);
        return service.sync(request, Conversations.deadline()).join();
    }

    private SyncPage sync(Device device, String ack, SyncLimits limits) {
        return ((SyncOutcome.Synced) ask(device, ack, limits)).page();
    }

    private SyncPage sync(Device device, String ack) {
        return sync(device, ack, ALL);
    }

    private static Refusal refusal(SyncOutcome outcome) {
        return ((SyncOutcome.Refused) outcome).refusal();
    }

    private static List<Long> seqs(SyncConversation conversation) {
        return conversation.messages().stream()
                .map(message -> message.entry().seq().value())
                .toList();
    }

    @Test
    void sync_acknowledged_bringsOnlyWhatIsNew() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        SyncPage first = sync(device("bob", "phone"), null);
        world.send(room, "ann", "one");
        world.send(room, "ann", "two");

        SyncPage second = sync(device("bob", "phone"), first.next());

        assertThat(second.conversations()).hasSize(1);
        SyncConversation moved = second.conversations().get(0);
        assertThat(seqs(moved)).containsExactly(3L, 4L);
        assertThat(moved.unread()).hasValue(2);
        assertThat(moved.stop()).isEqualTo(RangeStop.HEAD);
        assertThat(second.hasMore()).isFalse();
        assertThat(sync(device("bob", "phone"), second.next()).conversations()).isEmpty();
    }

    @Test
    void sync_notAcknowledged_bringsTheSameAgain() {
        ConversationId room = world.create("room", Diffusion.WRITE, false, "ann", "bob");
        fanOut(room);

        SyncPage first = sync(device("bob", "phone"), null);
        SyncPage again = sync(device("bob", "phone"), null);

        assertThat(again.conversations()).isEqualTo(first.conversations());
    }

    @Test
    void sync_warmDeviceOfAUserOf5000_looksAtTheThreeThatMoved() {
        List<ConversationId> rooms = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            rooms.add(world.create("room" + i, i % 2 == 0 ? Diffusion.READ : Diffusion.WRITE, false, "ann", "bob"));
        }
        fanOut(rooms.toArray(ConversationId[]::new));
        Device phone = device("bob", "phone");
        String token = sync(phone, null).next();
        SyncPage page = sync(phone, token);
        while (page.hasMore()) {
            page = sync(phone, page.next());
        }
        sync(phone, page.next());
        long before = metrics.meter("sync.conversations.looked.at").getCount();

        world.send(rooms.get(3), "ann", "a");
        world.send(rooms.get(4), "ann", "b");
        world.send(rooms.get(4_900), "ann", "c");
        SyncPage moved = sync(phone, page.next());

        assertThat(moved.conversations()).hasSize(3);
        assertThat(metrics.meter("sync.conversations.looked.at").getCount() - before)
                .isEqualTo(3);
    }

    /** Between a page and its acknowledgement all of them move again. */
    @Test
    void sync_moreThatMoveAllTheTimeThanAPageTakes_allHaveTheirTurn() {
        List<ConversationId> rooms = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            rooms.add(world.create("room" + i, Diffusion.READ, false, "ann", "bob"));
        }
        fanOut(rooms.toArray(ConversationId[]::new));
        Device phone = device("bob", "phone");
        SyncLimits two = new SyncLimits(1000, SyncLimits.MAX_BYTES, 2, 0);
        String token = sync(phone, sync(phone, null).next()).next();

        List<ConversationId> came = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            rooms.forEach(room -> world.send(room, "ann", "again"));
            SyncPage page = sync(phone, token, two);
            page.conversations().forEach(c -> came.add(c.conversation()));
            token = page.next();
        }

        for (ConversationId room : rooms) {
            assertThat(came).filteredOn(room::equals).hasSize(2);
        }
    }

    @Test
    void sync_firstTimeInPages_isNotHeldUpByWhatMovesMeanwhile() {
        List<ConversationId> rooms = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            rooms.add(0, world.create("room" + i, Diffusion.READ, false, "ann", "bob"));
        }
        fanOut(rooms.toArray(ConversationId[]::new));
        Device phone = device("bob", "phone");
        SyncLimits one = new SyncLimits(1000, SyncLimits.MAX_BYTES, 1, 0);

        List<ConversationId> came = new ArrayList<>();
        Optional<String> token = Optional.empty();
        for (int round = 0; round < 6; round++) {
            SyncPage page = sync(phone, token.orElse(null), one);
            page.conversations().forEach(c -> came.add(c.conversation()));
            token = Optional.of(page.next());
            world.send(rooms.get(0), "ann", "again");
        }

        assertThat(came.subList(0, 5)).isEqualTo(rooms);
        assertThat(came.get(5)).isEqualTo(rooms.get(0));
    }

    @Test
    void sync_untouchedMessagesUpToTheHead_readsThemAndNothingElse() {
        AtomicInteger scans = new AtomicInteger();
        RecordStore counted = (RecordStore) Proxy.newProxyInstance(
                RecordStore.class.getClassLoader(), new Class<?>[] {RecordStore.class}, (proxy, method, arguments) -> {
                    scans.addAndGet(method.getName().equals("scan") ? 1 : 0);
                    return method.invoke(world.store, arguments);
                });
        AtomicInteger reads = new AtomicInteger();
        TimelineStore store = (TimelineStore) Proxy.newProxyInstance(
                TimelineStore.class.getClassLoader(),
                new Class<?>[] {TimelineStore.class},
                (proxy, method, arguments) -> {
                    reads.addAndGet(method.getName().equals("read") ? 1 : 0);
                    return method.invoke(world.store, arguments);
                });
        SyncPorts ports = new SyncPorts(store, counted, world.store, world.store, world.store);
        SyncService counting =
                new SyncService(ports, SyncConfig.DEFAULT, world::now, new Random(1), new MetricRegistry());
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        Device phone = device("bob", "phone");
        SyncRequest first = new SyncRequest(phone, Optional.empty(), List.of(), ALL, false);
        String token = ((SyncOutcome.Synced)
                        counting.sync(first, Conversations.deadline()).join())
                .page()
                .next();
        world.send(room, "ann", "one");
        world.send(room, "ann", "two");
        scans.set(0);
        reads.set(0);

        SyncRequest second = new SyncRequest(phone, Optional.of(token), List.of(), ALL, false);
        SyncPage page = ((SyncOutcome.Synced)
                        counting.sync(second, Conversations.deadline()).join())
                .page();

        assertThat(seqs(page.conversations().get(0))).containsExactly(3L, 4L);
        assertThat(scans).hasValue(0);
        assertThat(reads).hasValue(1);
    }

    @Test
    void sync_recalledWithinThePage_showsNothingOfIt() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        SyncPage first = sync(device("bob", "phone"), null);
        SequenceId target = world.send(room, "ann", "secret");
        world.recall(room, "ann", target, true);

        SyncPage page = sync(device("bob", "phone"), first.next());

        MessageView shown = page.conversations().get(0).messages().get(0);
        assertThat(shown.change()).isPresent();
        assertThat(shown.entry().payload()).isEqualTo(Payload.EMPTY);
    }

    @Test
    void sync_recalledBehindThePage_showsNothingOfIt() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        SyncPage first = sync(device("bob", "phone"), null);
        SequenceId target = world.send(room, "ann", "secret");
        world.send(room, "ann", "other");
        world.recall(room, "ann", target, true);

        SyncPage page = sync(device("bob", "phone"), first.next(), new SyncLimits(1, SyncLimits.MAX_BYTES, 256, 0));

        MessageView shown = page.conversations().get(0).messages().get(0);
        assertThat(shown.entry().seq()).isEqualTo(target);
        assertThat(shown.entry().payload()).isEqualTo(Payload.EMPTY);
    }

    @Test
    void sync_hiddenBeforeItCame_showsNothingOfIt() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        SyncPage first = sync(device("bob", "phone"), null);
        SequenceId target = world.send(room, "ann", "unwanted");
        world.hide(room, "bob", target);

        SyncPage page = sync(device("bob", "phone"), first.next());

        assertThat(page.conversations().get(0).messages().stream()
                        .filter(message -> message.entry().seq().equals(target)
                                && message.event().isEmpty()))
                .allMatch(MessageView::hidden)
                .isNotEmpty();
    }

    @Test
    void sync_firstTime_bringsLatestOfMostRecentFirst() {
        ConversationId old = world.create("old", Diffusion.READ, true, "ann", "bob");
        ConversationId recent = world.create("recent", Diffusion.WRITE, true, "ann", "bob");
        for (int i = 0; i < 10; i++) {
            world.send(old, "ann", "o" + i);
            world.send(recent, "ann", "r" + i);
        }
        fanOut(old, recent);

        SyncPage page = sync(device("bob", "phone"), null, new SyncLimits(100, 100_000, 10, 3));

        assertThat(page.conversations())
                .extracting(SyncConversation::conversation)
                .containsExactly(recent, old);
        SyncConversation first = page.conversations().get(0);
        assertThat(seqs(first)).containsExactly(10L, 11L, 12L);
        assertThat(first.gaps())
                .containsExactly(new SyncGap(SequenceId.of(1), SequenceId.of(9), SyncGap.Type.ON_DEMAND));
    }

    @Test
    void sync_smallPages_bringEverythingInTheEnd() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        for (int i = 0; i < 10; i++) {
            world.send(room, "ann", "0123456789");
        }
        fanOut(room);
        Device phone = device("bob", "phone");
        List<Long> got = new ArrayList<>();
        String ack = null;
        boolean more = true;
        while (more) {
            SyncPage page = sync(phone, ack, new SyncLimits(4, 25, 1, 0));
            page.conversations().forEach(c -> got.addAll(seqs(c)));
            assertThat(page.hasMore())
                    .isEqualTo(page.conversations().stream().anyMatch(c -> c.stop() == RangeStop.PAGE_FULL));
            ack = page.next();
            more = page.hasMore();
        }

        assertThat(got).containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
    }

    /** The inbox tells of the joining, and nobody of what was sent between that and the first look at the inbox. */
    @Test
    void sync_smallPagesOfWhatWasJoinedMeanwhile_bringEverythingInTheEnd() {
        fanOut(world.create("other", Diffusion.READ, false, "ann", "bob"));
        Device phone = device("bob", "phone");
        Device tablet = device("bob", "tablet");
        String ack = sync(phone, null).next();
        sync(tablet, null);
        ConversationId room = world.create("room", Diffusion.READ, false, "ann");
        SequenceId joined = world.join(room, "bob");
        for (int i = 0; i < 10; i++) {
            world.send(room, "ann", "0123456789");
        }
        fanOut(room);

        assertThat(everythingOf(phone, ack, room)).hasSize(11).startsWith(joined.value());
        assertThat(everythingOf(tablet, sync(tablet, null).next(), room)).isEmpty();
    }

    private List<Long> everythingOf(Device device, String token, ConversationId room) {
        List<Long> got = new ArrayList<>();
        String ack = token;
        boolean more = true;
        while (more) {
            SyncPage page = sync(device, ack, new SyncLimits(4, 1000, 1, 0));
            page.conversations().stream()
                    .filter(c -> c.conversation().equals(room))
                    .forEach(c -> got.addAll(seqs(c)));
            ack = page.next();
            more = page.hasMore();
        }
        return got;
    }

    @Test
    void sync_oneDevice_neverMovesAnother() {
        ConversationId room = world.create("room", Diffusion.WRITE, false, "ann", "bob");
        fanOut(room);
        sync(device("bob", "phone"), sync(device("bob", "phone"), null).next());

        SyncPage laptop = sync(device("bob", "laptop"), null);

        assertThat(laptop.conversations()).hasSize(1);
    }

    @Test
    void sync_personalMessage_standsBehindWhatItFollows() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        Device phone = device("bob", "phone");
        SyncPage first = sync(phone, null);
        SequenceId three = world.send(room, "ann", "three");
        world.send(room, "ann", "four");
        world.sendPersonal(room, "ann", "bob", three, "for bob");

        SyncConversation moved = sync(phone, first.next()).conversations().get(0);

        assertThat(moved.messages())
                .extracting(message -> message.entry().payload().toUtf8())
                .containsExactly("three", "for bob", "four");
        assertThat(moved.unread()).hasValue(3);
    }

    @Test
    void sync_foreignEntryInTheInbox_saysSoAndGoesOn() {
        ConversationId room = world.create("room", Diffusion.WRITE, false, "ann", "bob");
        fanOut(room);
        Device phone = device("bob", "phone");
        Device laptop = device("bob", "laptop");
        SyncPage first = sync(phone, null);
        String laptopsNext = sync(laptop, null).next();
        TimelineId inbox = Conversations.user("bob").inbox(Conversations.APP);
        world.foreign(inbox, "text", "hello");
        world.foreign(inbox, "tideline.reference", "\u0001\u0003A B and more of it");
        world.send(room, "ann", "after");
        fanOut(room);

        SyncPage page = sync(phone, first.next());

        assertThat(seqs(page.conversations().get(0))).containsExactly(3L);
        SyncPage later = ((SyncOutcome.Synced) service(world.store, new MetricRegistry())
                        .sync(
                                new SyncRequest(laptop, Optional.of(laptopsNext), List.of(), ALL, true),
                                Conversations.deadline())
                        .join())
                .page();
        assertThat(later.rebuild()).isPresent();
        assertThat(seqs(later.conversations().get(0))).containsExactly(3L);
        assertThat(sync(laptop, later.next()).rebuild()).isEmpty();
    }

    @Test
    void sync_foreignEntriesInAConversation_areMessages() {
        ConversationId room = world.create("room", Diffusion.WRITE, false, "ann", "bob");
        fanOut(room);
        Device phone = device("bob", "phone");
        SyncPage first = sync(phone, null);
        world.foreign(room.timeline(Conversations.APP), "tideline.unheard-of", "x");
        world.foreign(room.timeline(Conversations.APP), "tideline.joined", "y");
        world.foreign(room.personalTimeline(Conversations.APP, Conversations.user("bob")), "text", "z");
        world.sendPersonal(room, "ann", "bob", SequenceId.of(3), "for bob");
        world.send(room, "ann", "after");
        fanOut(room);

        SyncConversation moved = sync(phone, first.next()).conversations().get(0);

        assertThat(moved.messages())
                .extracting(message -> message.entry().payload().toUtf8())
                .containsExactlyInAnyOrder("x", "y", "z", "for bob", "after");
        assertThat(moved.messages()).allMatch(message -> message.event().isEmpty());
    }

    @Test
    void sync_userWhoLeft_seesNothingAfterwards() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        Device phone = device("bob", "phone");
        SyncPage first = sync(phone, null);
        world.send(room, "ann", "before");
        SequenceId left = world.leave(room, "bob");
        world.send(room, "ann", "secret");

        // Even before fan-out has brought the news into his list.
        SyncConversation last = sync(phone, first.next()).conversations().get(0);

        assertThat(last.through()).isEqualTo(left);
        assertThat(last.stop()).isEqualTo(RangeStop.LEFT);
        assertThat(seqs(last)).containsExactly(3L, 4L);
    }

    @Test
    void sync_inboxExpired_saysSoAndMissesNothing() {
        ConversationId room = world.create("room", Diffusion.WRITE, false, "ann", "bob");
        fanOut(room);
        Device phone = device("bob", "phone");
        sync(phone, sync(phone, null).next());
        world.send(room, "ann", "long ago");
        fanOut(room);
        SyncService later = service(expiredInbox(), new MetricRegistry());

        SyncOutcome outcome =
                later.sync(SyncRequest.of(phone, ALL), Conversations.deadline()).join();

        SyncPage page = ((SyncOutcome.Synced) outcome).page();
        assertThat(page.rebuild()).contains(new RebuildPlan(SequenceId.of(1), SequenceId.of(3), 1));
        assertThat(seqs(page.conversations().get(0))).containsExactly(3L);
    }

    /** The storage keeps it for longer than the app wants. */
    @Test
    void sync_inboxOlderThanTheAppsTimeToLive_saysSoAndMissesNothing() {
        ConversationId room = world.create("room", Diffusion.WRITE, false, "ann", "bob");
        fanOut(room);
        Device phone = device("bob", "phone");
        Device laptop = device("bob", "laptop");
        sync(phone, sync(phone, null).next());
        sync(laptop, sync(laptop, null).next());
        world.send(room, "ann", "long ago");
        fanOut(room);
        world.pass(Duration.ofDays(8));
        world.send(room, "ann", "now");
        fanOut(room);
        SyncPorts ports = new SyncPorts(world.store, world.store, world.store, world.store, world.store);

        SyncPage week = page(ports, Duration.ofDays(7), phone);
        SyncPage month = page(ports, Duration.ofDays(30), laptop);

        assertThat(week.rebuild()).contains(new RebuildPlan(SequenceId.of(1), SequenceId.of(3), 1));
        assertThat(month.rebuild()).isEmpty();
        assertThat(seqs(week.conversations().get(0))).containsExactly(3L, 4L);
        assertThat(seqs(month.conversations().get(0))).containsExactly(3L, 4L);
    }

    private SyncPage page(SyncPorts ports, Duration inboxTimeToLive, Device device) {
        try (SyncService later = new SyncService(
                ports,
                SyncConfig.DEFAULT,
                app -> Optional.of(inboxTimeToLive),
                world::now,
                new Random(1),
                new MetricRegistry())) {
            SyncOutcome outcome = later.sync(SyncRequest.of(device, ALL), Conversations.deadline())
                    .join();
            return ((SyncOutcome.Synced) outcome).page();
        }
    }

    /** The store, but what inboxes hold has expired. */
    private TimelineStore expiredInbox() {
        return (TimelineStore) Proxy.newProxyInstance(
                TimelineStore.class.getClassLoader(), new Class<?>[] {TimelineStore.class}, (proxy, method, args) -> {
                    if (method.getName().equals("read")
                            && ((ReadQuery) args[0]).timeline().family() == TimelineFamily.INBOX) {
                        return expired((ReadQuery) args[0], (Deadline) args[1]);
                    }
                    return method.invoke(world.store, args);
                });
    }

    private CompletableFuture<TimelinePage> expired(ReadQuery query, Deadline deadline) {
        return world.store.read(query, deadline).thenApply(page -> {
            List<Gap> gaps = page.entries().isEmpty()
                    ? List.of()
                    : List.of(new Gap(query.from(), page.next().plus(-1), Gap.Type.EXPIRED));
            return new TimelinePage(List.of(), gaps, page.stop(), page.next(), page.last());
        });
    }

    @Test
    void sync_tokenOfAnother_isRefused() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        String ofPhone = sync(device("bob", "phone"), null).next();
        sync(device("bob", "laptop"), null);
        sync(device("ann", "phone"), null);
        String altered = (ofPhone.charAt(0) == 'A' ? "B" : "A") + ofPhone.substring(1);

        assertThat(refusal(ask(device("bob", "laptop"), ofPhone, ALL))).isEqualTo(new Refusal.InvalidToken());
        assertThat(refusal(ask(device("ann", "phone"), ofPhone, ALL))).isEqualTo(new Refusal.InvalidToken());
        assertThat(refusal(ask(device("bob", "phone"), altered, ALL))).isEqualTo(new Refusal.InvalidToken());
        assertThat(refusal(ask(device("bob", "phone"), "~~", ALL))).isEqualTo(new Refusal.InvalidToken());
    }

    @Test
    void sync_staleToken_isHarmless() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        Device phone = device("bob", "phone");
        String stale = sync(phone, null).next();
        world.send(room, "ann", "three");
        String fresh = sync(phone, stale).next();
        sync(phone, fresh);

        assertThat(sync(phone, stale).conversations()).isEmpty();
    }

    /** As it is when only what is beside it was restored from an older copy. */
    private void raiseStored(Device device, String name, long version) {
        RecordKey key = RecordKey.of(
                device.user().inbox(Conversations.APP),
                RecordKind.CHECKPOINT,
                KeyPart.of(device.id().value()),
                KeyPart.of(name));
        world.store
                .raise(List.of(new TimelineRecord(key, version, Payload.EMPTY)), Conversations.deadline())
                .join();
    }

    private SyncPage syncAfterARestart(Device device) {
        return ((SyncOutcome.Synced) service(world.store, new MetricRegistry())
                        .sync(SyncRequest.of(device, ALL), Conversations.deadline())
                        .join())
                .page();
    }

    @Test
    void sync_checkpointBeyondTheHead_isSaidUntilTheDeviceIsForgotten() {
        ConversationId room = world.create("room", Diffusion.READ, true, "ann", "bob");
        ConversationId other = world.create("other", Diffusion.READ, false, "ann", "bob");
        fanOut(room, other);
        Device phone = device("bob", "phone");
        sync(phone, sync(phone, null).next());
        raiseStored(phone, "room", 50);

        SyncPage page = syncAfterARestart(phone);

        assertThat(page.conversations()).hasSize(1);
        SyncConversation beyond = page.conversations().get(0);
        assertThat(beyond.conversation()).isEqualTo(room);
        assertThat(beyond.stop()).isEqualTo(RangeStop.BEYOND_HEAD);
        assertThat(beyond.head()).isEqualTo(SequenceId.of(2));
        assertThat(beyond.messages()).isEmpty();
        service.forget(phone, Conversations.deadline()).join();
        Checkpoint had = new Checkpoint(other, SequenceId.of(2), SequenceId.NONE);
        SyncPage anew = ((SyncOutcome.Synced) ask(phone, null, ALL, had)).page();
        assertThat(anew.conversations()).hasSize(1);
        assertThat(seqs(anew.conversations().get(0))).containsExactly(1L, 2L);
    }

    @Test
    void sync_inboxCheckpointBeyondTheHead_looksAtAllConversations() {
        ConversationId room = world.create("room", Diffusion.WRITE, false, "ann", "bob");
        fanOut(room);
        Device phone = device("bob", "phone");
        sync(phone, sync(phone, null).next());
        raiseStored(phone, "", 50);
        world.send(room, "ann", "three");
        fanOut(room);

        SyncPage page = syncAfterARestart(phone);

        assertThat(page.conversations()).hasSize(1);
        assertThat(seqs(page.conversations().get(0))).containsExactly(3L);
        assertThat(page.rebuild()).isPresent();
    }

    @Test
    void sync_badCheckpoints_areRefused() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        ConversationId other = world.create("other", Diffusion.READ, false, "ann");
        fanOut(room, other);
        Device phone = device("bob", "phone");
        Checkpoint beyond = new Checkpoint(room, SequenceId.of(99), SequenceId.NONE);
        Checkpoint foreign = new Checkpoint(other, SequenceId.of(1), SequenceId.NONE);

        assertThat(refusal(ask(phone, null, ALL, beyond)))
                .isEqualTo(new Refusal.BeyondHead(room, false, SequenceId.of(2)));
        assertThat(refusal(ask(phone, null, ALL, foreign))).isEqualTo(new Refusal.NotInConversation(other));
        assertThat(service.raiseCheckpoints(phone, List.of(), Conversations.deadline())
                        .join())
                .isEqualTo(new CheckpointOutcome.Refused(new Refusal.UnknownDevice()));
    }

    @Test
    void raiseCheckpoints_backwards_changesNothing() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        world.send(room, "ann", "three");
        fanOut(room);
        Device phone = device("bob", "phone");
        sync(phone, sync(phone, null).next());
        Checkpoint back = new Checkpoint(room, SequenceId.of(1), SequenceId.NONE);

        CheckpointOutcome outcome = service.raiseCheckpoints(phone, List.of(back), Conversations.deadline())
                .join();

        assertThat(outcome).isEqualTo(new CheckpointOutcome.Raised());
        assertThat(service.checkpoints(phone, Optional.empty(), 10, Conversations.deadline())
                        .join()
                        .checkpoints())
                .containsExactly(new Checkpoint(room, SequenceId.of(3), SequenceId.NONE));
    }

    @Test
    void forget_thenSync_beginsAnew() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        Device phone = device("bob", "phone");
        SyncPage first = sync(phone, null);
        String token = sync(phone, first.next()).next();

        assertThat(service.forget(phone, Conversations.deadline()).join()).isTrue();
        assertThat(service.forget(phone, Conversations.deadline()).join()).isFalse();

        assertThat(refusal(ask(phone, token, ALL))).isEqualTo(new Refusal.ForgottenDevice());
        SyncPage again = sync(phone, null);
        assertThat(again.conversations()).isEqualTo(first.conversations());
        assertThat(sync(phone, again.next()).conversations()).isEmpty();
        assertThat(service.devices(Conversations.APP, Conversations.user("bob"), Conversations.deadline())
                        .join())
                .extracting(DeviceDescription::generation)
                .containsExactly(1L);
    }

    @Test
    void sync_tooManyDevices_isRefused() {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        for (int i = 0; i < SyncConfig.DEFAULT.maxDevices(); i++) {
            sync(device("bob", "d" + i), null);
        }

        assertThat(refusal(ask(device("bob", "one too many"), null, ALL)))
                .isEqualTo(new Refusal.TooManyDevices(SyncConfig.DEFAULT.maxDevices()));
        world.pass(Duration.ofDays(1));
        assertThat(sync(device("bob", "d1"), null).conversations()).hasSize(1);
    }

    @Test
    void merged_ordersByTimeAndKeepsEachConversationsOrder() {
        ConversationId one = world.create("one", Diffusion.READ, false, "ann", "bob");
        ConversationId two = world.create("two", Diffusion.READ, false, "ann", "bob");
        fanOut(one, two);
        Device phone = device("bob", "phone");
        String token = sync(phone, null).next();
        world.send(one, "ann", "a");
        world.send(two, "ann", "b");
        world.send(one, "ann", "c");

        assertThat(sync(phone, token).merged())
                .extracting(placed -> placed.message().entry().payload().toUtf8())
                .containsExactly("a", "b", "c");
    }
}
