package io.tideline.sync.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.DeviceId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.error.OutcomeUnknownException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.error.TidelineException;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.RecordStore;
import io.tideline.hbase.codec.SyncCodec;
import io.tideline.sync.Conversations;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.device.Device;
import io.tideline.sync.device.Refusal;
import io.tideline.sync.device.SyncConfig;
import io.tideline.sync.device.SyncLimits;
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
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Devices with streams at two servers of one storage, of which the newest is to stay. */
class TwoHubsTest {
    private static final PushConfig CONFIG = PushConfig.DEFAULT;
    private static final PushListener.Ended REPLACED = new PushListener.Ended.Replaced();

    private final Conversations world = new Conversations();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final FanoutWorker worker = new FanoutWorker(
            world.store, world.store, FanoutConfig.named("w"), world::now, scheduler, new MetricRegistry());
    private final Node one = new Node(1);
    private final Node other = new Node(2);

    /** One server. */
    private final class Node {
        final MetricRegistry metrics = new MetricRegistry();
        final Records records = new Records();
        final SyncService sync;
        final PushHub hub;

        Node(long seed) {
            SyncPorts ports = new SyncPorts(world.store, records.store, world.store, world.store, world.store);
            sync = new SyncService(ports, SyncConfig.DEFAULT, world::now, new Random(seed), metrics);
            hub = new PushHub(sync, world.store, CONFIG, scheduler, scheduler, metrics);
        }

        PushSession subscribe(String user, Phone phone) {
            return subscribe(user, 0, 0, phone);
        }

        PushSession subscribe(String user, long run, long attempt, Phone phone) {
            SyncRequest request =
                    SyncRequest.of(device(user), SyncLimits.DEFAULT).withOrigin(run, attempt);
            PushSession session = hub.subscribe(request, phone);
            scheduler.runDue();
            return session;
        }

        /** Tells the other one at once what is opened here. */
        void tell(Node peer) {
            sync.onOpened(device -> peer.hub.openedElsewhere(List.of(device)));
        }
    }

    /**
     * The records as one server reaches them: the numbers of streams can be held up, or fail. A refused write is answered as
     * in HBase, where a repeat cannot be told from one that wrote the very same.
     */
    private final class Records {
        final RecordStore store;
        final List<Runnable> held = new ArrayList<>();
        boolean holding;

        @Nullable TidelineException failure;

        int reads;

        Records() {
            Class<?>[] port = {RecordStore.class};
            store = (RecordStore) Proxy.newProxyInstance(port[0].getClassLoader(), port, (proxy, method, args) -> {
                reads += method.getName().equals("get") ? 1 : 0;
                return method.getName().equals("replace")
                        ? replace((TimelineRecord) args[0], (Long) args[1])
                        : method.invoke(world.store, args);
            });
        }

        private CompletableFuture<Boolean> replace(TimelineRecord next, long expected) {
            if (!isNumber(next)) {
                return replaceNow(next, expected);
            }
            if (failure != null) {
                return CompletableFuture.failedFuture(failure);
            }
            if (!holding) {
                return replaceNow(next, expected);
            }
            CompletableFuture<Boolean> answer = new CompletableFuture<>();
            held.add(() -> answer.complete(replaceNow(next, expected).join()));
            return answer;
        }

        private CompletableFuture<Boolean> replaceNow(TimelineRecord next, long expected) {
            return world.store
                    .replace(next, expected, Conversations.deadline())
                    .thenApply(done -> done || next.equals(stored(next.key())));
        }

        void release() {
            holding = false;
            List<Runnable> now = List.copyOf(held);
            held.clear();
            now.forEach(Runnable::run);
            scheduler.runDue();
        }
    }

    private static boolean isNumber(TimelineRecord record) {
        return record.key().kind() == RecordKind.DEVICE
                && SyncCodec.decodeDevice(record).newest().number() == record.version();
    }

    private TimelineRecord stored(RecordKey key) {
        return world.store.get(List.of(key), Conversations.deadline()).join().get(key);
    }

    private SyncCodec.NewestStream newestOf(String user) {
        Device device = device(user);
        RecordKey key = RecordKey.of(
                device.user().inbox(device.app()),
                RecordKind.DEVICE,
                KeyPart.of(device.id().value()));
        return SyncCodec.decodeDevice(stored(key)).newest();
    }

    private static Device device(String user) {
        return new Device(Conversations.APP, Conversations.user(user), new DeviceId("phone"));
    }

    private ConversationId room() {
        ConversationId room = world.create("room", Diffusion.READ, true, "ann", "bob");
        worker.due(room.timeline(Conversations.APP));
        scheduler.runDue();
        return room;
    }

    private void look() {
        scheduler.advance(CONFIG.heartbeat());
    }

    @Test
    void subscribe_atTheOther_endsTheOlderWithTheNextLook() {
        ConversationId room = room();
        Phone left = new Phone();
        Phone now = new Phone();
        one.subscribe("bob", left);
        other.subscribe("bob", now);
        assertThat(left.ends).isEmpty();

        look();
        world.send(room, "ann", "after");
        look();

        assertThat(left.ends).containsExactly(REPLACED);
        assertThat(left.texts).isEmpty();
        assertThat(now.ends).isEmpty();
        assertThat(now.texts).containsExactly("after");
        assertThat(one.metrics.counter("push.sessions").getCount()).isZero();
        assertThat(other.metrics.counter("push.sessions").getCount()).isEqualTo(1);
    }

    @Test
    void subscribe_atTheOther_endsTheOlderAtOnceByTheHint() {
        other.tell(one);
        one.tell(other);
        Phone first = new Phone();
        Phone second = new Phone();
        Phone third = new Phone();

        one.subscribe("bob", first);
        other.subscribe("bob", second);
        assertThat(first.ends).containsExactly(REPLACED);
        assertThat(second.ends).isEmpty();
        one.subscribe("bob", third);

        assertThat(second.ends).containsExactly(REPLACED);
        assertThat(third.ends).isEmpty();
    }

    @Test
    void lostStream_thatIsOpenedLate_doesNotEndTheOneThatTookItsPlace() {
        other.tell(one);
        one.tell(other);
        Phone now = new Phone();
        Phone lost = new Phone();
        Phone twin = new Phone();
        other.subscribe("bob", 7, 2, now);
        one.subscribe("bob", 7, 1, lost);
        look();
        assertThat(now.ends).isEmpty();

        one.subscribe("bob", 8, 1, twin);

        assertThat(now.ends).containsExactly(REPLACED);
        assertThat(twin.ends).isEmpty();
    }

    @Test
    void laterAttemptOfTheSameRun_endsTheEarlier() {
        other.tell(one);
        Phone left = new Phone();
        one.subscribe("bob", 7, 1, left);

        other.subscribe("bob", 7, 2, new Phone());

        assertThat(left.ends).containsExactly(REPLACED);
    }

    @Test
    void hint_lateOrWrong_endsNothing() {
        other.tell(one);
        Phone left = new Phone();
        Phone now = new Phone();
        other.subscribe("bob", left);
        one.subscribe("bob", now);

        one.hub.openedElsewhere(List.of(device("bob"), device("nobody")));
        scheduler.runDue();

        assertThat(now.ends).isEmpty();
    }

    @Test
    void replacedStream_storesWhatWasAcknowledgedOnIt() {
        other.tell(one);
        ConversationId room = room();
        Phone left = new Phone();
        PushSession session = one.subscribe("bob", left);
        world.send(room, "ann", "one");
        scheduler.runDue();
        session.acknowledge(left.lastToken()).join();

        other.subscribe("bob", new Phone());
        Phone again = new Phone();
        other.subscribe("bob", again);

        assertThat(left.ends).containsExactly(REPLACED);
        assertThat(again.texts).isEmpty();
        assertThat(again.caughtUp).isEqualTo(1);
    }

    @Test
    void look_atManyStreams_isOneRead() {
        one.subscribe("bob", new Phone());
        one.subscribe("cid", new Phone());
        one.subscribe("dan", new Phone());
        int before = one.records.reads;

        look();

        assertThat(one.records.reads).isEqualTo(before + 1);
    }

    @Test
    void subscribe_knownDevice_costsOneReadAndOneWrite() {
        one.subscribe("bob", new Phone()).close();
        scheduler.runDue();
        long version = newestOf("bob").number();
        int before = one.records.reads;
        one.records.holding = true;

        one.subscribe("bob", new Phone());

        assertThat(one.records.reads).isEqualTo(before + 1);
        assertThat(one.records.held).hasSize(1);
        one.records.release();
        assertThat(newestOf("bob").number()).isEqualTo(version + 1);
    }

    @Test
    void subscribe_atBothAtTheSameMoment_oneOfThemStays() {
        one.subscribe("bob", new Phone()).close();
        scheduler.runDue();
        one.records.holding = true;
        other.records.holding = true;
        Phone first = new Phone();
        Phone second = new Phone();
        one.subscribe("bob", first);
        other.subscribe("bob", second);

        one.records.release();
        other.records.release();
        look();

        assertThat(first.ends).containsExactly(REPLACED);
        assertThat(second.ends).isEmpty();
        assertThat(second.caughtUp).isEqualTo(1);
    }

    @Test
    void subscribe_twiceHereAtTheSameMoment_theSecondStays() {
        one.records.holding = true;
        Phone first = new Phone();
        Phone second = new Phone();
        one.subscribe("bob", first);
        one.subscribe("bob", second);
        assertThat(one.records.held)
                .as("numbers are taken in the order of the streams")
                .hasSize(1);

        one.records.release();
        look();

        assertThat(first.ends).containsExactly(REPLACED);
        assertThat(second.ends).isEmpty();
        assertThat(second.caughtUp).isEqualTo(1);
    }

    @Test
    void subscribe_whileAClosedOneHereGetsItsNumber_isLaterThanThat() {
        one.records.holding = true;
        PushSession first = one.subscribe("bob", new Phone());
        first.close();
        Phone second = new Phone();
        one.subscribe("bob", second);
        assertThat(one.records.held).hasSize(1);

        one.records.release();
        look();

        assertThat(second.ends).isEmpty();
        assertThat(second.caughtUp).isEqualTo(1);
    }

    @Test
    void reconnectElsewhere_isNotEndedByTheStreamThatWasGivenUpBeforeItHadItsNumber() {
        one.tell(other);
        one.records.holding = true;
        PushSession givenUp = one.subscribe("bob", new Phone());
        Phone now = new Phone();
        other.subscribe("bob", now);
        long number = newestOf("bob").number();
        givenUp.close();

        one.records.release();
        assertThat(newestOf("bob").number()).isEqualTo(number);
        look();

        assertThat(now.ends).isEmpty();
    }

    @Test
    void numberThatCannotBeWritten_endsTheSubscriptionForNow_andLeavesNothing() {
        Phone elsewhere = new Phone();
        other.subscribe("bob", elsewhere);
        one.records.failure = new OutcomeUnknownException("lost", Map.of(), null);
        Phone failed = new Phone();

        one.subscribe("bob", failed);

        assertThat(failed.ends)
                .singleElement()
                .isInstanceOfSatisfying(PushListener.Ended.Failed.class, end -> assertThat(end.failure())
                        .isInstanceOf(StorageUnavailableException.class)
                        .matches(TidelineException::retryable));
        assertThat(failed.caughtUp).isZero();
        assertThat(one.metrics.counter("push.sessions").getCount()).isZero();
        int reads = one.records.reads;
        look();
        assertThat(one.records.reads).as("there is no stream to look at").isEqualTo(reads);
        assertThat(elsewhere.ends).isEmpty();
        one.records.failure = null;
        Phone again = new Phone();
        one.subscribe("bob", again);
        look();
        assertThat(again.caughtUp).isEqualTo(1);
        assertThat(elsewhere.ends).containsExactly(REPLACED);
    }

    @Test
    void deviceIsSeenAgain_keepsTheNumberOfItsStream() {
        Phone left = new Phone();
        Phone now = new Phone();
        one.subscribe("bob", left);
        other.subscribe("bob", now);
        long number = newestOf("bob").number();
        world.pass(SyncConfig.DEFAULT.seenInterval().plus(Duration.ofHours(1)));

        other.sync
                .sync(SyncRequest.of(device("bob"), SyncLimits.DEFAULT), Conversations.deadline())
                .join();
        assertThat(newestOf("bob").number()).isEqualTo(number);
        look();

        assertThat(left.ends).containsExactly(REPLACED);
        assertThat(now.ends).isEmpty();
    }

    @Test
    void forgottenDevice_leavesNoNumber_andBeginsAnew() {
        Phone left = new Phone();
        one.subscribe("bob", left);
        other.subscribe("bob", new Phone());

        other.sync.forget(device("bob"), Conversations.deadline()).join();
        scheduler.runDue();
        assertThat(newestOf("bob")).isEqualTo(SyncCodec.NewestStream.NONE);
        Phone anew = new Phone();
        other.subscribe("bob", anew);
        look();
        look();

        assertThat(left.ends).containsExactly(new PushListener.Ended.Refused(new Refusal.ForgottenDevice()));
        assertThat(anew.ends).isEmpty();
        assertThat(anew.caughtUp).isEqualTo(1);
    }

    @Test
    void forgottenWhileItGetsItsNumber_isRefused() {
        one.subscribe("bob", new Phone()).close();
        scheduler.runDue();
        one.records.holding = true;
        Phone phone = new Phone();
        one.subscribe("bob", phone);
        other.sync.forget(device("bob"), Conversations.deadline()).join();

        one.records.release();

        assertThat(phone.ends).containsExactly(new PushListener.Ended.Refused(new Refusal.ForgottenDevice()));
        assertThat(newestOf("bob")).isEqualTo(SyncCodec.NewestStream.NONE);
    }
}
