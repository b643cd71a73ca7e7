package io.tideline.sync.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.UserConversation;
import io.tideline.core.message.InboxEvent;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.hbase.codec.InboxCodec;
import io.tideline.sync.Conversations;
import io.tideline.sync.Faults;
import io.tideline.sync.watch.ManualScheduler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FanoutWorkerTest {
    private Conversations conversations = new Conversations();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final MetricRegistry metrics = new MetricRegistry();
    private final List<FanoutWorker> workers = new ArrayList<>();

    private FanoutWorker worker(String name) {
        return worker(name, conversations.store, conversations.store);
    }

    private FanoutWorker worker(String name, TimelineStore store, RecordStore records) {
        return worker(name, 2, store, records);
    }

    private FanoutWorker worker(String name, int membersPerPage, TimelineStore store, RecordStore records) {
        FanoutConfig base = FanoutConfig.named(name);
        FanoutConfig small = new FanoutConfig(
                name,
                base.conversations(),
                2,
                3,
                membersPerPage,
                base.leaseTime(),
                base.scanInterval(),
                base.requestTimeout(),
                base.firstRetry(),
                base.longestRetry(),
                base.maxQueued());
        FanoutWorker worker = new FanoutWorker(
                store,
                records,
                small,
                conversations::now,
                scheduler,
                workers.isEmpty() ? metrics : new MetricRegistry());
        workers.add(worker);
        return worker;
    }

    private List<String> inbox(String user) {
        return conversations
                .store
                .read(
                        ReadQuery.forward(Conversations.user(user).inbox(Conversations.APP), 1, ReadQuery.MAX_ENTRIES),
                        Conversations.deadline())
                .join()
                .entries()
                .stream()
                .map(entry -> InboxCodec.decode(entry.kind(), entry.payload()))
                .map(FanoutWorkerTest::tell)
                .toList();
    }

    private static String tell(InboxEvent event) {
        if (event instanceof InboxEvent.Reference reference) {
            return "ref " + reference.seq();
        }
        return event instanceof InboxEvent.MembershipChanged changed ? "member " + changed.seq() : "personal";
    }

    private Optional<UserConversation> listed(ConversationId id, String user) {
        RecordKey key = RecordKey.of(
                Conversations.user(user).inbox(Conversations.APP),
                RecordKind.USER_CONVERSATION,
                KeyPart.of(id.value()));
        return Optional.ofNullable(conversations
                        .store
                        .get(List.of(key), Conversations.deadline())
                        .join()
                        .get(key))
                .map(ConversationCodec::decodeUserConversation);
    }

    private void due(FanoutWorker worker, ConversationId id) {
        worker.due(id.timeline(Conversations.APP));
        scheduler.runDue();
    }

    private List<PendingFanout> pending(FanoutWorker worker) {
        return worker.pending(Optional.empty(), 10, Conversations.deadline())
                .join()
                .pending();
    }

    @Test
    void due_writeDiffused_referencesEveryEntryOnce() {
        ConversationId room = conversations.create("room", Diffusion.WRITE, false, "ann", "bob", "cid");
        FanoutWorker worker = worker("w1");
        conversations.send(room, "ann", "one");
        conversations.send(room, "bob", "two");

        due(worker, room);
        due(worker, room);

        assertThat(inbox("ann")).containsExactly("member 2", "ref 3", "ref 4");
        assertThat(inbox("cid")).containsExactly("member 2", "ref 3", "ref 4");
        assertThat(pending(worker)).isEmpty();
        assertThat(worker.known()).isEmpty();
    }

    @Test
    void due_messageAfterMessage_readsMembersOnce() {
        AtomicInteger scans = new AtomicInteger();
        RecordStore counted = (RecordStore) Proxy.newProxyInstance(
                RecordStore.class.getClassLoader(), new Class<?>[] {RecordStore.class}, (proxy, method, arguments) -> {
                    scans.addAndGet(method.getName().equals("scan") ? 1 : 0);
                    return method.invoke(conversations.store, arguments);
                });
        ConversationId room = conversations.create("room", Diffusion.WRITE, false, "ann", "bob", "cid");
        FanoutWorker worker = worker("w1", conversations.store, counted);
        due(worker, room);
        scans.set(0);

        SequenceId first = conversations.send(room, "ann", "one");
        due(worker, room);
        conversations.recall(room, "ann", first, true);
        due(worker, room);
        conversations.send(room, "bob", "two");
        due(worker, room);

        assertThat(scans).hasValue(0);
        assertThat(inbox("cid")).containsExactly("member 2", "ref 3", "ref 4", "ref 5");
    }

    @Test
    void due_membersChangedInBetween_reachesWhoIsMemberNow() {
        ConversationId room = conversations.create("room", Diffusion.WRITE, false, "ann", "bob", "cid");
        FanoutWorker worker = worker("w1");
        FanoutWorker other = worker("w2");
        conversations.send(room, "ann", "one");
        due(worker, room);

        conversations.join(room, "dan");
        due(other, room);
        conversations.send(room, "ann", "two");
        due(worker, room);
        conversations.leave(room, "cid");
        conversations.send(room, "ann", "three");
        due(worker, room);

        assertThat(inbox("bob")).containsExactly("member 2", "ref 3", "ref 4", "ref 5", "ref 6", "ref 7");
        assertThat(inbox("cid")).containsExactly("member 2", "ref 3", "ref 4", "ref 5", "member 6");
        assertThat(inbox("dan")).containsExactly("member 4", "ref 5", "ref 6", "ref 7");
    }

    @Test
    void due_readDiffused_tellsMembershipOnly() {
        ConversationId room = conversations.create("room", Diffusion.READ, false, "ann", "bob");
        FanoutWorker worker = worker("w1");
        conversations.send(room, "ann", "one");
        conversations.join(room, "cid");
        conversations.leave(room, "bob");

        due(worker, room);

        assertThat(inbox("ann")).containsExactly("member 2");
        assertThat(inbox("bob")).containsExactly("member 2", "member 5");
        assertThat(inbox("cid")).containsExactly("member 4");
        assertThat(listed(room, "bob").orElseThrow().membership().isActive()).isFalse();
        assertThat(listed(room, "cid").orElseThrow().membership().joined().value())
                .isEqualTo(4);
    }

    @Test
    void due_switchedThereAndBack_changesHowMembersHear() {
        ConversationId room = conversations.create("room", Diffusion.READ, false, "ann", "bob");
        FanoutWorker worker = worker("w1");
        conversations.send(room, "ann", "silent");
        conversations.diffuse(room, Diffusion.WRITE);
        conversations.send(room, "ann", "loud");
        due(worker, room);

        assertThat(inbox("bob")).containsExactly("member 2", "ref 4", "ref 5");
        assertThat(listed(room, "bob").orElseThrow().diffusion()).isEqualTo(Diffusion.WRITE);

        conversations.diffuse(room, Diffusion.READ);
        conversations.send(room, "ann", "silent again");
        due(worker, room);

        assertThat(inbox("bob")).containsExactly("member 2", "ref 4", "ref 5", "member 6");
        assertThat(listed(room, "bob").orElseThrow().diffusion()).isEqualTo(Diffusion.READ);
    }

    @Test
    void scan_taskOfAnother_isFoundAndLagIsTold() {
        ConversationId room = conversations.create("room", Diffusion.WRITE, false, "ann", "bob");
        conversations.pass(Duration.ofSeconds(7));
        FanoutWorker worker = worker("w1");

        worker.start();
        scheduler.runDue();

        assertThat(inbox("bob")).containsExactly("member 2");
        assertThat(metrics.getGauges().get("fanout.pending").getValue()).isEqualTo(1L);
        assertThat((long) metrics.getGauges().get("fanout.oldest.age").getValue())
                .isBetween(7000L, 7100L);
        assertThat(room.value()).isEqualTo("room");
    }

    @Test
    void scan_manyTasks_tellsTheAgeOfTheOldestWhereverItStands() {
        int count = 3 * OldestPending.MOST;
        List<ConversationId> rooms = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rooms.add(conversations.create("room" + i, Diffusion.WRITE, false, "ann"));
        }
        FanoutWorker carrying = worker("w1");
        List<TimelineId> inOrder = conversations
                .store
                .scanAll(RecordKind.FANOUT_TASK, Optional.empty(), 1_000, Conversations.deadline())
                .join()
                .records()
                .stream()
                .map(task -> task.key().owner())
                .toList();
        TimelineId stuck = inOrder.get(count - 1);
        inOrder.stream().filter(room -> !room.equals(stuck)).forEach(carrying::due);
        scheduler.runDue();
        conversations.pass(Duration.ofHours(1));
        rooms.stream()
                .filter(room -> !room.timeline(Conversations.APP).equals(stuck))
                .forEach(room -> conversations.send(room, "ann", "young"));
        // Nobody carries anything from now on; the scans only look.
        carrying.close();

        for (int scan = 0; scan < 4; scan++) {
            carrying.scan().join();
        }

        assertThat(metrics.getGauges().get("fanout.pending").getValue()).isEqualTo((long) count);
        assertThat((long) metrics.getGauges().get("fanout.oldest.age").getValue())
                .isBetween(3_600_000L, 3_700_000L);
        // Once it is carried, the next oldest is told at once.
        FanoutWorker other = worker("w2");
        other.due(stuck);
        scheduler.runDue();
        carrying.scan().join();
        assertThat((long) metrics.getGauges().get("fanout.oldest.age").getValue())
                .isLessThan(60_000L);
    }

    /** Every place where a worker may die: another goes on, and each inbox gets each entry once and in order. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void crash_atEveryCall_isResumedOncePerRecipient(boolean lastIsDone) {
        int calls = 0;
        boolean finished = false;
        while (!finished) {
            Conversations world = new Conversations();
            Faults faults = new Faults(calls++, lastIsDone);
            finished = crashAfter(world, faults);
            assertThat(calls).isLessThan(500);
        }
        assertThat(calls).isGreaterThan(30);
    }

    private static boolean crashAfter(Conversations world, Faults faults) {
        ConversationId room = world.create("room", Diffusion.READ, false, "ann", "bob", "cid", "dan", "eve");
        world.send(room, "ann", "silent");
        world.diffuse(room, Diffusion.WRITE);
        for (int i = 0; i < 5; i++) {
            world.send(room, "bob", "loud " + i);
        }
        world.leave(room, "dan");
        world.send(room, "ann", "without dan");
        FanoutWorkerTest test = new FanoutWorkerTest();
        test.conversations = world;
        FanoutWorker dying = test.worker(
                "dying",
                faults.around(TimelineStore.class, world.store),
                faults.around(RecordStore.class, world.store));
        test.due(dying, room);
        dying.close();
        boolean finished = dying.known().isEmpty();

        world.pass(Duration.ofSeconds(11));
        FanoutWorker next = test.worker("next");
        next.start();
        test.scheduler.runDue();

        List<String> everything =
                List.of("member 2", "ref 4", "ref 5", "ref 6", "ref 7", "ref 8", "ref 9", "ref 10", "ref 11");
        for (String user : List.of("ann", "bob", "cid", "eve")) {
            assertThat(test.inbox(user))
                    .as("%s after %s calls", user, faults.calls())
                    .isEqualTo(everything);
        }
        assertThat(test.inbox("dan"))
                .containsExactly("member 2", "ref 4", "ref 5", "ref 6", "ref 7", "ref 8", "ref 9", "member 10");
        assertThat(test.listed(room, "eve").orElseThrow().diffusion()).isEqualTo(Diffusion.WRITE);
        assertThat(test.listed(room, "dan").orElseThrow().membership().isActive())
                .isFalse();
        assertThat(test.pending(next)).isEmpty();
        return finished;
    }

    /** A worker that sleeps between two calls for longer than its lease: what it writes then is recognised. */
    @Test
    void zombie_afterItsLease_doublesNothing() {
        ConversationId room = conversations.create("room", Diffusion.WRITE, false, "ann", "bob", "cid");
        for (int i = 0; i < 8; i++) {
            conversations.send(room, "ann", "m" + i);
        }
        FanoutWorker next = worker("next");
        Runnable takeOver = () -> {
            conversations.pass(Duration.ofSeconds(11));
            next.due(room.timeline(Conversations.APP));
            scheduler.runDue();
        };
        FanoutWorker zombie = worker("zombie", new Sleeper(conversations.store, 4, takeOver), conversations.store);

        due(zombie, room);
        scheduler.advance(Duration.ofMinutes(1));

        for (String user : List.of("ann", "bob", "cid")) {
            assertThat(inbox(user))
                    .containsExactly(
                            "member 2", "ref 3", "ref 4", "ref 5", "ref 6", "ref 7", "ref 8", "ref 9", "ref 10");
        }
        assertThat(pending(next)).isEmpty();
    }

    @Test
    void lease_onePageTakesLonger_isKeptMeanwhile() {
        String[] users = IntStream.range(0, 40).mapToObj(i -> "user" + i).toArray(String[]::new);
        ConversationId room = conversations.create("room", Diffusion.WRITE, false, users);
        FanoutWorker other = worker("other");
        AtomicInteger appends = new AtomicInteger();
        TimelineStore slow = before(TimelineStore.class, conversations.store, "append", () -> {
            appends.incrementAndGet();
            conversations.pass(Duration.ofSeconds(1));
            other.due(room.timeline(Conversations.APP));
            scheduler.advance(Duration.ofSeconds(1));
        });
        FanoutWorker worker = worker("slow", users.length, slow, conversations.store);

        due(worker, room);

        assertThat(appends).hasValue(users.length);
        assertThat(metrics.meter("fanout.inbox.entries").getCount()).isZero();
        assertThat(metrics.meter("fanout.inbox.repeats").getCount()).isZero();
        assertThat(inbox("user39")).containsExactly("member 2");
        assertThat(pending(worker)).isEmpty();
    }

    @Test
    void lease_lostWithinAPage_endsTheRunThere() {
        String[] users = IntStream.range(0, 40).mapToObj(i -> "user" + i).toArray(String[]::new);
        ConversationId room = conversations.create("room", Diffusion.WRITE, false, users);
        FanoutWorker next = worker("next");
        AtomicInteger appends = new AtomicInteger();
        TimelineStore stopped = before(TimelineStore.class, conversations.store, "append", () -> {
            if (appends.incrementAndGet() == 10) {
                conversations.pass(Duration.ofSeconds(11));
                due(next, room);
            }
        });
        FanoutWorker worker = worker("stopped", users.length, stopped, conversations.store);

        due(worker, room);
        scheduler.advance(Duration.ofMinutes(1));

        assertThat(appends).hasValue(10);
        assertThat(metrics.meter("fanout.inbox.entries").getCount()).isEqualTo(31);
        assertThat(pending(next)).isEmpty();
        assertThat(worker.known()).isEmpty();
    }

    /** After a long wait for another worker the next look is ten seconds away; what is told meanwhile does not wait so long. */
    @Test
    void due_waitsForAnother_isTriedSoonAfterTheOtherHasEnded() {
        ConversationId room = conversations.create("room", Diffusion.WRITE, false, "ann", "bob");
        FanoutLease lease = new FanoutLease(
                conversations.store,
                FanoutConfig.named("other"),
                conversations::now,
                room.timeline(Conversations.APP),
                0);
        lease.take().join();
        FanoutWorker worker = worker("w1");
        due(worker, room);
        scheduler.advance(Duration.ofSeconds(60));
        assertThat(inbox("bob")).isEmpty();

        lease.release().join();
        conversations.send(room, "ann", "one");
        due(worker, room);
        scheduler.advance(FanoutConfig.named("w1").firstRetry());

        assertThat(inbox("bob")).containsExactly("member 2", "ref 3");
        assertThat(worker.known()).isEmpty();
    }

    @Test
    void due_oftenWhileAnotherWorks_looksOnceAPause() {
        ConversationId room = conversations.create("room", Diffusion.WRITE, false, "ann", "bob");
        new FanoutLease(
                        conversations.store,
                        FanoutConfig.named("other"),
                        conversations::now,
                        room.timeline(Conversations.APP),
                        0)
                .take()
                .join();
        AtomicInteger looks = new AtomicInteger();
        RecordStore counted = before(RecordStore.class, conversations.store, "get", looks::incrementAndGet);
        FanoutWorker worker = worker("w1", conversations.store, counted);
        due(worker, room);
        scheduler.advance(Duration.ofSeconds(60));
        looks.set(0);

        for (int i = 0; i < 100; i++) {
            due(worker, room);
            scheduler.advance(Duration.ofMillis(1));
        }

        assertThat(looks.get()).isBetween(1, 2);
    }

    @Test
    void due_waitsAfterAFailure_goesOnWaiting() {
        ConversationId room = conversations.create("room", Diffusion.WRITE, false, "ann", "bob");
        Faults dead = new Faults(0, false);
        FanoutWorker worker = worker("w1", conversations.store, dead.around(RecordStore.class, conversations.store));
        due(worker, room);
        scheduler.advance(Duration.ofSeconds(60));
        int calls = dead.calls();

        due(worker, room);
        scheduler.advance(FanoutConfig.named("w1").firstRetry());

        assertThat(dead.calls()).isEqualTo(calls);
    }

    @Test
    void twoWorkers_atOnce_writeOnce() {
        FanoutWorker first = worker("first");
        FanoutWorker second = worker("second");
        ConversationId room = conversations.create("room", Diffusion.WRITE, false, "ann", "bob");
        for (int i = 0; i < 20; i++) {
            conversations.send(room, "ann", "m" + i);
            first.due(room.timeline(Conversations.APP));
            second.due(room.timeline(Conversations.APP));
        }
        scheduler.advance(Duration.ofSeconds(5));

        assertThat(inbox("bob")).hasSize(21).doesNotHaveDuplicates();
        assertThat(pending(first)).isEmpty();
        assertThat(first.known()).isEmpty();
        assertThat(second.known()).isEmpty();
    }

    /** A port before whose calls of one method something else happens. */
    @SuppressWarnings("unchecked") // the proxy has exactly this interface
    private static <T> T before(Class<T> port, T store, String calls, Runnable meanwhile) {
        return (T) Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
            if (method.getName().equals(calls)) {
                meanwhile.run();
            }
            return method.invoke(store, arguments);
        });
    }

    /** A store before one of whose appends something else happens. */
    private static final class Sleeper implements TimelineStore {
        private final TimelineStore store;
        private final Runnable meanwhile;
        private int left;

        Sleeper(TimelineStore store, int appends, Runnable meanwhile) {
            this.store = store;
            this.left = appends;
            this.meanwhile = meanwhile;
        }

        @Override
        public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
            if (left-- == 0) {
                meanwhile.run();
            }
            return store.append(append, deadline);
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
}
