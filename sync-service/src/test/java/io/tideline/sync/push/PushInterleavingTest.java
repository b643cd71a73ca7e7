package io.tideline.sync.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.Membership;
import io.tideline.core.feed.Change;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadMarkStore;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.Conversations;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.device.SyncConfig;
import io.tideline.sync.device.SyncLimits;
import io.tideline.sync.device.SyncService;
import io.tideline.sync.fanout.FanoutConfig;
import io.tideline.sync.fanout.FanoutWorker;
import io.tideline.sync.watch.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any order of sends, joinings and leavings, fan-out, answers of the storage, acknowledgements, lost connections and
 * servers that close, on two servers: every device gets everything once and in order, nothing of what its user may not
 * see, and has all of it when it is quiet.
 *
 * <p>A seed gives the steps; the order in which sessions are woken by one change is left to chance.
 */
class PushInterleavingTest {
    private static final int ROUNDS = 10;
    /** After so many it becomes quiet: what was forgotten before would be found by what comes later. */
    private static final int STEPS = 100;

    private static final List<String> USERS = List.of("u0", "u1", "u2", "u3");

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anyInterleaving_everyDeviceGetsEverythingOnce(long seed) {
        new Run(seed).check();
    }

    /** One process. */
    private static final class Server {
        private final SlowPorts.SlowFeed feed;
        private final SyncService sync;
        private final PushHub hub;

        Server(SlowPorts.SlowFeed feed, SyncService sync, PushHub hub) {
            this.feed = feed;
            this.sync = sync;
            this.hub = hub;
        }

        void close() {
            hub.close();
            sync.close();
        }
    }

    private static final class Run {
        private final Random random;
        private final double failing;
        private final Conversations world = new Conversations();
        private final ManualScheduler scheduler = new ManualScheduler();
        private final SlowPorts ports;
        private final PushConfig config;
        private final Server[] servers;
        private final ManualScheduler fanoutScheduler = new ManualScheduler();
        private final FanoutWorker worker = new FanoutWorker(
                world.store, world.store, FanoutConfig.named("w"), world::now, fanoutScheduler, new MetricRegistry());
        private final List<ConversationId> rooms = new ArrayList<>();
        private final List<PushedPhone> phones = new ArrayList<>();

        /** Per conversation what was sent as a message, and per timeline what of it was erased. */
        private final Map<ConversationId, Map<Long, String>> sent = new HashMap<>();

        private final Map<TimelineId, Set<Long>> erased = new HashMap<>();
        /** Per conversation and user every membership there was, the last one as it is. */
        private final Map<String, List<Membership>> memberships = new HashMap<>();

        Run(long seed) {
            random = new Random(seed);
            ports = new SlowPorts(scheduler, random);
            config = new PushConfig(
                    1 + random.nextInt(20),
                    Duration.ofSeconds(2),
                    Duration.ofHours(1),
                    Duration.ofMinutes(10),
                    Duration.ofMillis(100),
                    Duration.ofHours(1),
                    random.nextBoolean() ? 1 : 1 << 22);
            servers = new Server[] {server(), server()};
            world.store.listen(new ChangeListener() {
                @Override
                public void changed(List<Change> changes) {
                    if (random.nextBoolean()) {
                        servers[random.nextInt(2)].sync.hints().changed(changes);
                    }
                }

                @Override
                public void lostTrack() {}
            });
            for (int i = 0; i < 4; i++) {
                Diffusion diffusion = random.nextBoolean() ? Diffusion.READ : Diffusion.WRITE;
                ConversationId room = world.create("room" + i, diffusion, i % 2 == 0, "u0", "u" + (1 + i % 3));
                rooms.add(room);
                noteJoining(room, "u0");
                noteJoining(room, "u" + (1 + i % 3));
            }
            for (String user : USERS) {
                phones.add(new PushedPhone(user, "phone", true));
                phones.add(new PushedPhone(user, "laptop", false));
            }
            failing = random.nextBoolean() ? 0.02 : 0;
        }

        private Server server() {
            SlowPorts.SlowFeed feed = ports.new SlowFeed(world.store);
            SyncPorts slow = new SyncPorts(
                    ports.slow(TimelineStore.class, world.store),
                    ports.slow(RecordStore.class, world.store),
                    ports.slow(ReadMarkStore.class, world.store),
                    world.store,
                    feed);
            SyncConfig syncConfig = new SyncConfig(10_000, 4, 20, 8, Duration.ofHours(1), 1 + random.nextInt(4));
            SyncService sync = new SyncService(slow, syncConfig, world::now, new Random(7), new MetricRegistry());
            return new Server(
                    feed, sync, new PushHub(sync, slow.store(), config, scheduler, scheduler, new MetricRegistry()));
        }

        void check() {
            for (int round = 0; round < ROUNDS; round++) {
                ports.fail(failing);
                for (int i = 0; i < STEPS; i++) {
                    step();
                    for (int tasks = random.nextInt(10); tasks > 0; tasks--) {
                        scheduler.runOne(random);
                    }
                }
                settle();
                phones.forEach(this::check);
            }
        }

        private void step() {
            ConversationId room = rooms.get(random.nextInt(rooms.size()));
            String user = USERS.get(random.nextInt(USERS.size()));
            int kind = random.nextInt(100);
            if (kind < 25) {
                send(room, user);
            } else if (kind < 32) {
                membership(room, user);
            } else if (kind < 37) {
                sendPersonal(room, user);
            } else if (kind < 40) {
                change(room, user);
            } else if (kind < 42) {
                erase(room, user);
            } else if (kind < 50) {
                fanOut(room);
            } else if (kind < 95) {
                phone(phones.get(random.nextInt(phones.size())));
            } else {
                disturb();
            }
        }

        private void noteJoining(ConversationId room, String user) {
            memberships.computeIfAbsent(key(room, user), k -> new ArrayList<>()).add(world.member(room, user));
        }

        private static String key(ConversationId room, String user) {
            return room + "/" + user;
        }

        private void fanOut(ConversationId room) {
            worker.due(room.timeline(Conversations.APP));
            fanoutScheduler.runDue();
        }

        private void send(ConversationId room, String user) {
            if (world.isMember(room, user)) {
                String text = "text " + random.nextInt();
                SequenceId seq = world.send(room, user, text);
                sent.computeIfAbsent(room, r -> new HashMap<>()).put(seq.value(), text);
            }
        }

        private void membership(ConversationId room, String user) {
            if (user.equals("u0")) {
                return;
            }
            if (world.isMember(room, user)) {
                world.leave(room, user);
                List<Membership> all = memberships.get(key(room, user));
                all.set(all.size() - 1, world.member(room, user));
            } else {
                world.join(room, user);
                noteJoining(room, user);
            }
        }

        private void sendPersonal(ConversationId room, String user) {
            if (world.isMember(room, user)) {
                long follows = Math.max(1, head(room.timeline(Conversations.APP)) - random.nextInt(5));
                world.sendPersonal(room, "u0", user, SequenceId.of(follows), "for you");
            }
        }

        private void change(ConversationId room, String user) {
            Long target = lateMessage(room);
            if (target == null || !world.isMember(room, user)) {
                return;
            }
            switch (random.nextInt(3)) {
                case 0 -> {
                    world.recall(room, user, SequenceId.of(target), true);
                    sent.get(room).remove(target);
                }
                case 1 -> world.hide(room, user, SequenceId.of(target));
                default -> {
                    Diffusion now = world.conversation(room).diffusion();
                    world.diffuse(room, now == Diffusion.READ ? Diffusion.WRITE : Diffusion.READ);
                }
            }
        }

        private Long lateMessage(ConversationId room) {
            List<Long> all = new ArrayList<>(
                    sent.getOrDefault(room, Map.of()).keySet().stream().sorted().toList());
            return all.isEmpty() ? null : all.get(all.size() - 1 - random.nextInt(Math.min(all.size(), 5)));
        }

        private void erase(ConversationId room, String user) {
            TimelineId timeline = room.timeline(Conversations.APP);
            Long target = lateMessage(room);
            if (random.nextBoolean()) {
                timeline = room.personalTimeline(Conversations.APP, Conversations.user(user));
                long head = head(timeline);
                target = head == 0 ? null : Math.max(1, head - random.nextInt(3));
            }
            if (target != null) {
                world.erase(timeline, SequenceId.of(target));
                erased.computeIfAbsent(timeline, t -> new HashSet<>()).add(target);
            }
        }

        private void phone(PushedPhone phone) {
            PushedPhone.Stream stream = phone.stream();
            int kind = random.nextInt(20);
            if (stream == null || kind == 0) {
                phone.subscribe(servers[random.nextInt(2)].hub, limits(), random);
            } else if (kind == 1) {
                phone.lose(random.nextBoolean());
            } else if (kind < 6) {
                stream.ready(!stream.ready);
            } else if (stream.hasUnacknowledged()) {
                stream.acknowledgeAny(random);
            }
        }

        private SyncLimits limits() {
            return new SyncLimits(1 + random.nextInt(30), 1 + random.nextInt(300), 1 + random.nextInt(4), 0);
        }

        private void disturb() {
            int one = random.nextInt(2);
            switch (random.nextInt(4)) {
                case 0 -> servers[one].feed.loseTrack();
                case 1 -> {
                    Server closed = servers[one];
                    servers[one] = server();
                    closed.close();
                }
                default -> scheduler.pass(Duration.ofMillis(random.nextInt(1_000)));
            }
        }

        private long head(TimelineId timeline) {
            return world.store
                    .heads(List.of(HeadQuery.of(timeline)), Conversations.deadline())
                    .join()
                    .getOrDefault(timeline, Head.EMPTY)
                    .last()
                    .value();
        }

        /** Everybody is connected and reads, and everything that is to be done is done. */
        private void settle() {
            ports.fail(0);
            rooms.forEach(this::fanOut);
            boolean quiet = false;
            for (int rounds = 0; !quiet; rounds++) {
                assertThat(rounds).isLessThan(1_000);
                quiet = true;
                for (PushedPhone phone : phones) {
                    quiet &= isQuiet(phone);
                }
                scheduler.advance(Duration.ofSeconds(10));
                for (PushedPhone phone : phones) {
                    quiet &= phone.stream() != null && !phone.stream().hasUnacknowledged();
                }
            }
        }

        private boolean isQuiet(PushedPhone phone) {
            PushedPhone.Stream stream = phone.stream();
            if (stream == null) {
                phone.subscribe(servers[random.nextInt(2)].hub, limits(), random);
                return false;
            }
            if (!stream.ready) {
                stream.ready(true);
                return false;
            }
            if (stream.hasUnacknowledged()) {
                stream.acknowledgeAll();
                return false;
            }
            return true;
        }

        private void check(PushedPhone phone) {
            assertThat(phone.stream().caughtUp).isEqualTo(1);
            for (ConversationId room : rooms) {
                Membership member = world.member(room, phone.user());
                if (member == null) {
                    assertThat(phone.conversations).doesNotContainKey(room);
                } else {
                    check(phone, room, member, phone.conversations.get(room));
                }
            }
        }

        private void check(PushedPhone phone, ConversationId room, Membership member, PushedPhone.Local local) {
            String what = phone.device + " in " + room + " as " + member;
            TimelineId timeline = room.timeline(Conversations.APP);
            long end = member.isActive() ? head(timeline) : member.left().value();
            assertThat(local).as(what).isNotNull();
            Set<Long> gone = erased.getOrDefault(timeline, Set.of());
            // What was erased before it was announced is told with what comes next.
            assertThat(local.through).as(what).isLessThanOrEqualTo(end);
            assertThat(LongStream.rangeClosed(local.through + 1, end)).as(what).allMatch(gone::contains);
            for (long seq = member.joined().value(); seq <= end; seq++) {
                assertThat(local.messages.containsKey(seq) || gone.contains(seq))
                        .as("%s: %s", what, seq)
                        .isTrue();
            }
            List<Membership> all = memberships.get(key(room, phone.user()));
            Map<Long, String> texts = sent.getOrDefault(room, Map.of());
            local.messages.forEach((seq, text) -> {
                assertThat(all).as("%s: %s", what, seq).anyMatch(m -> m.sees(SequenceId.of(seq)));
                if (!text.isEmpty() && texts.containsKey(seq)) {
                    assertThat(text).isEqualTo(texts.get(seq));
                }
            });
            checkPersonal(phone, room, local);
        }

        private void checkPersonal(PushedPhone phone, ConversationId room, PushedPhone.Local local) {
            TimelineId timeline = room.personalTimeline(Conversations.APP, phone.device.user());
            long end = head(timeline);
            assertThat(local.personalThrough).isEqualTo(end);
            Set<Long> gone = erased.getOrDefault(timeline, Set.of());
            for (long seq = 1; seq <= end; seq++) {
                assertThat(local.personal.contains(seq) || gone.contains(seq))
                        .as("%s in %s: personal %s", phone.device, room, seq)
                        .isTrue();
            }
        }
    }
}
