package io.tideline.sync.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.DeviceId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.SequenceId;
import io.tideline.sync.Conversations;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.device.Device;
import io.tideline.sync.device.Refusal;
import io.tideline.sync.device.SyncConfig;
import io.tideline.sync.device.SyncLimits;
import io.tideline.sync.device.SyncOutcome;
import io.tideline.sync.device.SyncRequest;
import io.tideline.sync.device.SyncService;
import io.tideline.sync.fanout.FanoutConfig;
import io.tideline.sync.fanout.FanoutWorker;
import io.tideline.sync.watch.ManualScheduler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PushHubTest {
    private static final PushConfig CONFIG = new PushConfig(
            10,
            Duration.ofSeconds(2),
            Duration.ofHours(1),
            Duration.ofSeconds(5),
            Duration.ofMillis(100),
            Duration.ofHours(1),
            1 << 22);

    private final Conversations world = new Conversations();
    private final MetricRegistry metrics = new MetricRegistry();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final FanoutWorker worker = new FanoutWorker(
            world.store, world.store, FanoutConfig.named("w"), world::now, scheduler, new MetricRegistry());
    private final WatchedRecords records = new WatchedRecords(world.store);
    private SyncService sync = sync(SyncConfig.DEFAULT);
    private PushHub hub = hub(CONFIG);

    private static PushConfig config(int maxUnacknowledged, Duration giveUpAfter) {
        return new PushConfig(
                maxUnacknowledged,
                CONFIG.storeInterval(),
                CONFIG.heartbeat(),
                CONFIG.requestTimeout(),
                CONFIG.firstRetry(),
                giveUpAfter,
                CONFIG.recentBytes());
    }

    private SyncService sync(SyncConfig config) {
        return new SyncService(
                new SyncPorts(world.store, records.store, world.store, world.store, world.store),
                config,
                world::now,
                new Random(1),
                metrics);
    }

    private PushHub hub(PushConfig config) {
        return new PushHub(sync, world.store, config, scheduler, scheduler, metrics);
    }

    /** Records of which some writes fail, and some scans wait; says what was written. */
    private static final class WatchedRecords {
        private final RecordStore store;
        private final List<TimelineRecord> written = new ArrayList<>();
        private final List<Runnable> waitingScans = new ArrayList<>();
        private boolean scansWait;
        private CompletableFuture<Void> beforeGets = CompletableFuture.completedFuture(null);
        private int failures;

        WatchedRecords(RecordStore real) {
            Class<?>[] port = {RecordStore.class};
            store = (RecordStore) Proxy.newProxyInstance(port[0].getClassLoader(), port, (proxy, method, args) -> {
                if (method.getName().equals("raise") && failures > 0) {
                    failures--;
                    return CompletableFuture.failedFuture(new StorageUnavailableException("down", Map.of(), null));
                }
                if (method.getName().equals("raise")) {
                    ((List<?>) args[0]).forEach(record -> written.add((TimelineRecord) record));
                }
                if (method.getName().equals("get") && !beforeGets.isDone()) {
                    return beforeGets.thenCompose(now -> real.get(keys(args[0]), (Deadline) args[1]));
                }
                if (method.getName().equals("scan") && scansWait) {
                    CompletableFuture<RecordPage> answer = new CompletableFuture<>();
                    waitingScans.add(() -> answer.complete(
                            real.scan((RecordScan) args[0], (Deadline) args[1]).join()));
                    return answer;
                }
                return method.invoke(real, args);
            });
        }

        private static List<RecordKey> keys(Object argument) {
            return ((List<?>) argument).stream().map(RecordKey.class::cast).toList();
        }
    }

    private static Device device(String user) {
        return new Device(Conversations.APP, Conversations.user(user), new DeviceId("phone"));
    }

    private PushSession subscribe(String user, Phone phone) {
        PushSession session = hub.subscribe(SyncRequest.of(device(user), SyncLimits.DEFAULT), phone);
        scheduler.runDue();
        return session;
    }

    private ConversationId room(Diffusion diffusion) {
        ConversationId room = world.create("room", diffusion, true, "ann", "bob", "cid");
        fanOut(room);
        return room;
    }

    private void fanOut(ConversationId... rooms) {
        for (ConversationId room : rooms) {
            worker.due(room.timeline(Conversations.APP));
        }
        scheduler.runDue();
    }

    private void send(ConversationId room, String text) {
        world.send(room, "ann", text);
        fanOut(room);
    }

    private List<String> synced(String user) {
        SyncOutcome outcome = sync.sync(SyncRequest.of(device(user), SyncLimits.DEFAULT), Conversations.deadline())
                .join();
        Phone phone = new Phone();
        phone.page(((SyncOutcome.Synced) outcome).page());
        return phone.texts;
    }

    @Test
    void subscribe_bringsWhatWasThere_thenWhatComes() {
        ConversationId room = room(Diffusion.READ);
        send(room, "before");
        Phone phone = new Phone();

        subscribe("bob", phone);
        assertThat(phone.texts).containsExactly("before");
        assertThat(phone.caughtUp).isEqualTo(1);
        send(room, "one");
        send(room, "two");

        assertThat(phone.texts).containsExactly("before", "one", "two");
        assertThat(phone.caughtUp).isEqualTo(1);
    }

    @Test
    void subscribe_writeDiffusion_bringsEachOnce() {
        ConversationId room = room(Diffusion.WRITE);
        Phone phone = new Phone();
        subscribe("bob", phone);

        for (int i = 0; i < 5; i++) {
            send(room, "m" + i);
        }

        assertThat(phone.texts).containsExactly("m0", "m1", "m2", "m3", "m4");
    }

    @Test
    void live_manyDevices_readOnceForAll() {
        AtomicInteger reads = new AtomicInteger();
        TimelineStore counted = (TimelineStore) Proxy.newProxyInstance(
                TimelineStore.class.getClassLoader(), new Class<?>[] {TimelineStore.class}, (proxy, method, args) -> {
                    reads.addAndGet(method.getName().equals("append") ? 0 : 1);
                    return method.invoke(world.store, args);
                });
        SyncService counting = new SyncService(
                new SyncPorts(counted, world.store, world.store, world.store, world.store),
                SyncConfig.DEFAULT,
                world::now,
                new Random(1),
                new MetricRegistry());
        PushHub shared = new PushHub(counting, counted, CONFIG, scheduler, scheduler, new MetricRegistry());
        ConversationId room = room(Diffusion.READ);
        List<Phone> phones = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Phone phone = new Phone();
            Device device = new Device(Conversations.APP, Conversations.user("bob"), new DeviceId("phone" + i));
            shared.subscribe(SyncRequest.of(device, SyncLimits.DEFAULT), phone);
            phones.add(phone);
        }
        scheduler.runDue();
        send(room, "one");
        reads.set(0);

        send(room, "two");

        assertThat(phones).allSatisfy(phone -> assertThat(phone.texts).containsExactly("one", "two"));
        assertThat(reads).hasValue(1);
    }

    @Test
    void notAcknowledged_comesAgain_acknowledgedDoesNot() {
        ConversationId room = room(Diffusion.READ);
        Phone phone = new Phone();
        PushSession session = subscribe("bob", phone);
        send(room, "one");
        String upToOne = phone.lastToken();
        send(room, "two");

        session.acknowledge(upToOne).join();
        session.close();
        scheduler.runDue();

        assertThat(synced("bob")).containsExactly("two");
    }

    @Test
    void acknowledged_openStream_doesNotComeAgain() {
        ConversationId room = room(Diffusion.READ);
        Phone phone = new Phone();
        PushSession session = subscribe("bob", phone);
        send(room, "one");
        session.acknowledge(phone.lastToken()).join();

        Phone again = new Phone();
        subscribe("bob", again);

        assertThat(again.texts).isEmpty();
        assertThat(again.caughtUp).isEqualTo(1);
    }

    @Test
    void acknowledged_thatCouldNotBeStored_isStoredTheNextTime() {
        ConversationId room = room(Diffusion.READ);
        ConversationId other = world.create("other", Diffusion.READ, true, "ann", "bob");
        fanOut(other);
        Phone phone = new Phone();
        PushSession session = subscribe("bob", phone);
        session.acknowledge(phone.lastToken()).join();
        scheduler.advance(CONFIG.storeInterval());
        send(room, "one");
        session.acknowledge(phone.lastToken()).join();
        records.failures = 1;
        scheduler.advance(CONFIG.storeInterval());
        send(other, "two");
        session.acknowledge(phone.lastToken()).join();

        scheduler.advance(CONFIG.storeInterval());
        session.close();
        scheduler.runDue();

        assertThat(phone.texts).containsExactly("one", "two");
        assertThat(records.failures).isZero();
        assertThat(synced("bob")).isEmpty();
    }

    @Test
    void tokenOfTheLastBatch_standsForThoseBeforeIt() {
        ConversationId room = room(Diffusion.READ);
        ConversationId other = world.create("other", Diffusion.READ, true, "ann", "bob");
        fanOut(other);
        Phone phone = new Phone();
        PushSession session = subscribe("bob", phone);
        send(room, "one");
        send(other, "two");
        session.close();
        scheduler.runDue();

        Phone again = new Phone();
        hub.subscribe(SyncRequest.of(device("bob"), SyncLimits.DEFAULT).withAck(phone.lastToken()), again);
        scheduler.runDue();

        assertThat(phone.texts).containsExactly("one", "two");
        assertThat(again.texts).isEmpty();
        assertThat(again.caughtUp).isEqualTo(1);
    }

    @Test
    void deviceThatDoesNotAcknowledge_getsAHint_andTheRestAfterwards() {
        ConversationId room = room(Diffusion.READ);
        Phone phone = new Phone();
        PushSession session = subscribe("bob", phone);
        for (int i = 0; i < 30; i++) {
            send(room, "m" + i);
        }
        int sent = phone.texts.size();
        assertThat(sent).isLessThan(30);
        assertThat(phone.hints).containsExactly(Set.of(room));

        while (phone.texts.size() < 30) {
            int before = phone.texts.size();
            session.acknowledge(phone.lastToken()).join();
            scheduler.runDue();
            assertThat(phone.texts.size()).isGreaterThan(before);
        }

        assertThat(phone.texts).doesNotHaveDuplicates().startsWith("m0").endsWith("m29");
    }

    @Test
    void slowDevice_isNotBufferedFor() {
        ConversationId room = room(Diffusion.READ);
        Phone phone = new Phone();
        PushSession session = subscribe("bob", phone);
        phone.ready = false;
        send(room, "one");
        send(room, "two");
        assertThat(phone.texts).isEmpty();
        assertThat(phone.hints).hasSize(1);

        phone.ready = true;
        session.ready();
        scheduler.runDue();

        assertThat(phone.texts).containsExactly("one", "two");
    }

    @Test
    void slowDevice_isNotSentWhatWasTakenBackMeanwhile() {
        ConversationId room = room(Diffusion.READ);
        Phone phone = new Phone();
        PushSession session = subscribe("bob", phone);
        phone.ready = false;
        send(room, "one");
        SequenceId oops = world.send(room, "ann", "oops");
        scheduler.runDue();
        world.recall(room, "ann", oops, true);
        scheduler.runDue();

        phone.ready = true;
        session.ready();
        scheduler.runDue();

        assertThat(phone.texts).containsExactly("one", "");
    }

    @Test
    void removedMember_seesHisRemoval_andNothingAfter() {
        ConversationId room = room(Diffusion.READ);
        Phone phone = new Phone();
        subscribe("bob", phone);
        send(room, "one");

        world.leave(room, "bob");
        world.send(room, "ann", "secret");
        scheduler.runDue();
        fanOut(room);
        send(room, "secret too");

        assertThat(phone.texts).containsExactly("one");
    }

    /** His list does not say so yet, and nothing of what comes to him now does. */
    @Test
    void removedMember_whoHasHisRemovalAlready_isSentNothingAfterIt() {
        ConversationId room = room(Diffusion.READ);
        Phone before = new Phone();
        PushSession session = subscribe("bob", before);
        world.leave(room, "bob");
        scheduler.runDue();
        session.acknowledge(before.lastToken()).join();
        session.close();
        scheduler.runDue();
        world.sendPersonal(room, "ann", "bob", SequenceId.of(2), "for bob");

        Phone phone = new Phone();
        subscribe("bob", phone);
        world.send(room, "ann", "secret");
        scheduler.runDue();

        assertThat(phone.texts).containsExactly("for bob");
    }

    @Test
    void personalMessageErasedBeforeItCame_holdsUpNothing() {
        ConversationId room = room(Diffusion.READ);
        ConversationId other = world.create("other", Diffusion.READ, true, "ann", "bob");
        fanOut(other);
        Phone before = new Phone();
        PushSession session = subscribe("bob", before);
        session.acknowledge(before.lastToken()).join();
        session.close();
        scheduler.runDue();
        world.send(other, "ann", "in the other");
        SequenceId gone = world.sendPersonal(room, "ann", "bob", SequenceId.of(2), "gone");
        world.erase(room.personalTimeline(Conversations.APP, Conversations.user("bob")), gone);

        Phone phone = new Phone();
        subscribe("bob", phone);

        assertThat(phone.texts).containsExactly("in the other");
        assertThat(phone.caughtUp).isEqualTo(1);
    }

    /** What needs no read of its own comes without an end. */
    @Test
    void personalMessage_comesAlthoughThereIsAlwaysAnother() {
        ConversationId room = room(Diffusion.READ);
        ConversationId busy = world.create("busy", Diffusion.READ, true, "ann", "bob");
        fanOut(busy);
        Phone phone = new Phone();
        PushSession session = subscribe("bob", phone);
        phone.onPage = () -> {
            session.acknowledge(phone.lastToken()).join();
            if (phone.texts.size() < 20) {
                world.send(busy, "ann", "m" + phone.texts.size());
            }
        };

        world.sendPersonal(room, "ann", "bob", SequenceId.of(2), "for bob");
        world.send(busy, "ann", "first");
        scheduler.runDue();

        assertThat(phone.texts).hasSizeGreaterThan(15);
        assertThat(phone.texts.subList(0, 3)).contains("for bob");
    }

    /** The inbox tells of what was sent already. */
    @Test
    void conversationsWithoutNews_howeverMany_areNoFailure() {
        List<ConversationId> rooms = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            rooms.add(world.create("room" + i, Diffusion.WRITE, true, "ann", "bob"));
            fanOut(rooms.get(i));
        }
        Phone phone = new Phone();
        PushSession session =
                hub.subscribe(SyncRequest.of(device("bob"), new SyncLimits(100, SyncLimits.MAX_BYTES, 1, 0)), phone);
        phone.onPage = () -> session.acknowledge(phone.lastToken()).join();
        scheduler.runDue();
        rooms.forEach(room -> world.send(room, "ann", "one"));
        scheduler.runDue();
        assertThat(phone.texts).hasSize(10);

        fanOut(rooms.toArray(ConversationId[]::new));

        assertThat(metrics.meter("push.failures").getCount()).isZero();
    }

    @Test
    void newMember_getsWhatHeMaySee() {
        ConversationId room = world.create("closed", Diffusion.READ, false, "ann", "bob");
        fanOut(room);
        Phone phone = new Phone();
        subscribe("dan", phone);
        send(room, "before");

        world.join(room, "dan");
        fanOut(room);
        send(room, "after");

        assertThat(phone.texts).containsExactly("after");
    }

    @Test
    void lostTrack_missesAndDoublesNothing() {
        ConversationId room = room(Diffusion.READ);
        Phone phone = new Phone();
        subscribe("bob", phone);
        send(room, "one");

        sync.hints().lostTrack();
        scheduler.runDue();
        send(room, "two");

        assertThat(phone.texts).containsExactly("one", "two");
    }

    @Test
    void sameDeviceAgain_replacesTheFirst() {
        room(Diffusion.READ);
        Phone first = new Phone();
        subscribe("bob", first);

        subscribe("bob", new Phone());

        assertThat(first.ends).containsExactly(new PushListener.Ended.Replaced());
    }

    @Test
    void acknowledged_isStoredWithinAnInterval_butNotOfAllDevicesAtOnce() {
        List<String> users = IntStream.range(0, 100).mapToObj(i -> "u" + i).toList();
        String[] members = Stream.concat(Stream.of("ann"), users.stream()).toArray(String[]::new);
        ConversationId room = world.create("room", Diffusion.READ, true, members);
        fanOut(room);
        users.forEach(user -> {
            Phone phone = new Phone();
            subscribe(user, phone).acknowledge(phone.lastToken()).join();
        });
        records.written.clear();

        List<Integer> stored = new ArrayList<>();
        for (int part = 0; part < 16; part++) {
            scheduler.advance(CONFIG.storeInterval().dividedBy(16));
            stored.add((int) users.stream().filter(this::isStored).count());
        }

        assertThat(stored.get(15)).isEqualTo(100);
        assertThat(stored.get(7)).isBetween(20, 80);
    }

    private boolean isStored(String user) {
        return records.written.stream()
                .anyMatch(record ->
                        record.key().owner().equals(Conversations.user(user).inbox(Conversations.APP)));
    }

    @Test
    void acknowledgedAgainWithTheSameInbox_storesTheConversationAlone() {
        ConversationId room = room(Diffusion.READ);
        Phone phone = new Phone();
        PushSession session = subscribe("bob", phone);
        session.acknowledge(phone.lastToken()).join();
        scheduler.advance(CONFIG.storeInterval());
        records.written.clear();

        send(room, "one");
        session.acknowledge(phone.lastToken()).join();
        scheduler.advance(CONFIG.storeInterval());

        assertThat(records.written).extracting(record -> record.key().text(1)).containsExactly(room.value());
    }

    @Test
    void moreUsersThanThereIsMemoryFor_theLastAreRefused_theOthersAreNotLoadedAgain() {
        ConversationId room = world.create("room", Diffusion.READ, true, "ann", "bob", "cid", "dan");
        fanOut(room);
        sync = sync(new SyncConfig(9, 4, 20, 8, Duration.ofHours(1), 64));
        hub = hub(config(CONFIG.maxUnacknowledged(), Duration.ZERO));
        Phone[] phones = {new Phone(), new Phone(), new Phone(), new Phone()};
        String[] users = {"ann", "bob", "cid", "dan"};
        for (int i = 0; i < users.length; i++) {
            hub.subscribe(SyncRequest.of(device(users[i]), SyncLimits.DEFAULT), phones[i]);
            scheduler.runDue();
        }
        scheduler.advance(CONFIG.firstRetry().multipliedBy(4));
        long loaded = metrics.meter("sync.cold.users").getCount();

        send(room, "one");
        send(room, "two");

        assertThat(phones[0].texts).containsExactly("one", "two");
        assertThat(phones[1].texts).containsExactly("one", "two");
        assertThat(metrics.meter("sync.cold.users").getCount()).isEqualTo(loaded);
        assertThat(phones[3].caughtUp).isZero();
        assertThat(phones[3].ends)
                .singleElement()
                .isInstanceOfSatisfying(PushListener.Ended.Failed.class, end -> assertThat(end.failure())
                        .isInstanceOf(OverloadedException.class));
    }

    @Test
    void feedHasLostTrack_sessionsFindOutWhatTheyMissed_someAtATime() {
        ConversationId room = world.create("room", Diffusion.READ, true, "ann", "bob", "cid", "dan");
        fanOut(room);
        sync = sync(new SyncConfig(1_000, 4, 20, 8, Duration.ofHours(1), 2));
        hub = hub(CONFIG);
        List<Phone> phones = List.of(new Phone(), new Phone(), new Phone(), new Phone());
        List<String> users = List.of("ann", "bob", "cid", "dan");
        for (int i = 0; i < users.size(); i++) {
            hub.subscribe(SyncRequest.of(device(users.get(i)), SyncLimits.DEFAULT), phones.get(i));
        }
        scheduler.runDue();

        records.scansWait = true;
        sync.hints().lostTrack();
        scheduler.runDue();
        assertThat(records.waitingScans).hasSize(2);

        world.send(room, "ann", "one");
        while (!records.waitingScans.isEmpty()) {
            records.waitingScans.remove(0).run();
            scheduler.runDue();
        }
        assertThat(phones).allSatisfy(phone -> assertThat(phone.texts).containsExactly("one"));
    }

    @Test
    void tokens_ofADeviceThatAcknowledgesNothing_doNotGrowWithoutBound() {
        List<ConversationId> rooms = IntStream.range(0, 300)
                .mapToObj(i -> world.create("room" + i, Diffusion.READ, true, "ann", "bob"))
                .toList();
        rooms.forEach(this::fanOut);
        hub = hub(config(100_000, CONFIG.giveUpAfter()));
        Phone phone = new Phone();
        subscribe("bob", phone).acknowledge(phone.lastToken()).join();
        int pages = phone.tokens.size();

        rooms.forEach(room -> send(room, "one"));

        List<Integer> lengths =
                phone.tokens.stream().skip(pages).map(String::length).toList();
        assertThat(lengths).hasSize(300);
        assertThat(lengths.get(299)).isLessThan(lengths.get(110) * 6 / 5);
    }

    @Test
    void acknowledge_whatThisStreamHasNotSent_takesUntilTheStoreHasAnswered() {
        ConversationId room = room(Diffusion.READ);
        Phone phone = new Phone();
        subscribe("bob", phone).close();
        String earlier = phone.lastToken();
        send(room, "one");
        PushSession again = subscribe("bob", new Phone());
        CompletableFuture<Void> stored = new CompletableFuture<>();
        records.beforeGets = stored;

        CompletableFuture<Void> acknowledged = again.acknowledge(earlier);

        assertThat(acknowledged).isNotDone();
        stored.complete(null);
        assertThat(acknowledged).isCompleted();
    }

    private int checkpointsOf(String user) {
        RecordScan scan = RecordScan.all(
                Conversations.user(user).inbox(Conversations.APP), RecordScan.MAX_ROWS, RecordKind.CHECKPOINT);
        return world.store.scan(scan, Conversations.deadline()).join().records().size();
    }

    @Test
    void forgottenDevice_isSentNothingMoreAndLeavesNothingBehind() {
        ConversationId room = room(Diffusion.READ);
        Phone phone = new Phone();
        PushSession session = subscribe("bob", phone);
        send(room, "one");
        session.acknowledge(phone.lastToken()).join();

        assertThat(sync.forget(device("bob"), Conversations.deadline()).join()).isTrue();
        scheduler.runDue();
        session.acknowledge(phone.lastToken()).join();
        scheduler.advance(CONFIG.storeInterval());
        send(room, "two");

        assertThat(phone.ends).containsExactly(new PushListener.Ended.Refused(new Refusal.ForgottenDevice()));
        assertThat(phone.texts).containsExactly("one");
        assertThat(checkpointsOf("bob")).isZero();
        assertThat(metrics.counter("push.sessions").getCount()).isZero();
    }

    @Test
    void deviceForgottenByAnotherServer_isSentNothingMoreAfterTheNextLook() {
        ConversationId room = room(Diffusion.READ);
        Phone phone = new Phone();
        PushSession session = subscribe("bob", phone);
        Phone cids = new Phone();
        subscribe("cid", cids);
        try (SyncService other = new SyncService(
                new SyncPorts(world.store, world.store, world.store, world.store, world.store),
                SyncConfig.DEFAULT,
                world::now,
                new Random(2),
                new MetricRegistry())) {
            other.forget(device("bob"), Conversations.deadline()).join();
        }
        send(room, "one");
        session.acknowledge(phone.lastToken()).join();
        scheduler.advance(CONFIG.storeInterval());
        assertThat(checkpointsOf("bob")).isPositive();

        scheduler.advance(CONFIG.heartbeat());
        send(room, "two");

        assertThat(phone.ends).containsExactly(new PushListener.Ended.Refused(new Refusal.ForgottenDevice()));
        assertThat(phone.texts).containsExactly("one");
        assertThat(cids.texts).containsExactly("one", "two");
        assertThat(checkpointsOf("bob")).isZero();
    }

    @Test
    void foreignToken_endsTheSession() {
        room(Diffusion.READ);
        Phone phone = new Phone();
        PushSession session = subscribe("bob", phone);

        session.acknowledge("nonsense").join();
        scheduler.runDue();

        assertThat(phone.ends).singleElement().isInstanceOf(PushListener.Ended.Refused.class);
    }

    @Test
    void close_endsAllSessions() {
        room(Diffusion.READ);
        Phone phone = new Phone();
        subscribe("bob", phone);

        hub.close();
        scheduler.runDue();

        assertThat(phone.ends).singleElement().isInstanceOf(PushListener.Ended.Failed.class);
        assertThat(metrics.counter("push.sessions").getCount()).isZero();
    }
}
