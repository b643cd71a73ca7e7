package io.tideline.sync.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.Membership;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.Conversations;
import io.tideline.sync.LaggingFeed;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.fanout.FanoutConfig;
import io.tideline.sync.fanout.FanoutWorker;
import io.tideline.sync.unread.ConversationUnread;
import io.tideline.sync.unread.MarkOutcome;
import io.tideline.sync.unread.Recount;
import io.tideline.sync.unread.UnreadService;
import io.tideline.sync.unread.UnreadSnapshot;
import io.tideline.sync.watch.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random members, sends, recalls, personal messages and switches; devices with offline periods, lost answers, stale and
 * repeated acknowledgements, on two processes that restart, lose track and have little memory. At the end every device has
 * what its user is entitled to, and every unread count is that of a model which counts messages one by one.
 */
class SyncSimulationTest {
    private static final List<String> USERS = List.of("u0", "u1", "u2", "u3", "u4", "u5");
    private static final int STEPS = 1500;

    /** What one user has unread, message by message. */
    private static final class Model {
        final Map<String, Set<Long>> counting = new HashMap<>();
        final Map<String, Set<Long>> personal = new HashMap<>();
        final Map<String, Set<Long>> hidden = new HashMap<>();
        final Map<String, Long> marks = new HashMap<>();
        final Map<String, Long> personalMarks = new HashMap<>();

        static Set<Long> of(Map<String, Set<Long>> sets, String key) {
            return sets.computeIfAbsent(key, k -> new TreeSet<>());
        }
    }

    private Conversations world;
    private Random random;
    private LaggingFeed[] feeds;
    private SyncService[] services;
    private UnreadService unread;
    private final ManualScheduler scheduler = new ManualScheduler();
    private FanoutWorker worker;
    private final List<ConversationId> rooms = new ArrayList<>();
    private final List<SimulatedDevice> devices = new ArrayList<>();
    private final Model model = new Model();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void everyDevice_hasWhatItsUserMaySee_andEveryCountIsRight(long seed) {
        begin(seed);

        for (int step = 0; step < STEPS; step++) {
            step();
        }
        settle();

        devices.forEach(this::checkDevice);
        USERS.forEach(this::checkUnread);
    }

    private void begin(long seed) {
        random = new Random(seed);
        world = new Conversations();
        feeds = new LaggingFeed[] {new LaggingFeed(world.store), new LaggingFeed(world.store)};
        services = new SyncService[] {service(0), service(1)};
        unread = new UnreadService(ports(0));
        worker = new FanoutWorker(
                world.store, world.store, FanoutConfig.named("w"), world::now, scheduler, new MetricRegistry());
        for (int i = 0; i < 5; i++) {
            Diffusion diffusion = random.nextBoolean() ? Diffusion.READ : Diffusion.WRITE;
            rooms.add(world.create("room" + i, diffusion, i % 2 == 0, "u0", "u" + (1 + i)));
        }
        for (String user : USERS) {
            devices.add(new SimulatedDevice(world, user, "phone"));
            devices.add(new SimulatedDevice(world, user, "laptop"));
        }
    }

    private SyncPorts ports(int process) {
        return new SyncPorts(world.store, world.store, world.store, world.store, feeds[process]);
    }

    private SyncService service(int process) {
        // Memory for few of the users at a time.
        SyncConfig config = new SyncConfig(40, 4, 20, 8, Duration.ofHours(1), 2);
        return new SyncService(ports(process), config, world::now, new Random(7), new MetricRegistry());
    }

    private SyncLimits limits() {
        return new SyncLimits(1 + random.nextInt(30), 1 + random.nextInt(300), 1 + random.nextInt(4), 0);
    }

    private void step() {
        ConversationId room = rooms.get(random.nextInt(rooms.size()));
        String user = USERS.get(random.nextInt(USERS.size()));
        int kind = random.nextInt(100);
        if (kind < 30) {
            send(room, user);
        } else if (kind < 35) {
            membership(room, user);
        } else if (kind < 40) {
            recall(room, user);
        } else if (kind < 44) {
            personal(room, user);
        } else if (kind < 47) {
            hide(room, user);
        } else if (kind < 49) {
            Diffusion now = world.conversation(room).diffusion();
            world.diffuse(room, now == Diffusion.READ ? Diffusion.WRITE : Diffusion.READ);
        } else if (kind < 58) {
            worker.due(room.timeline(Conversations.APP));
            scheduler.runDue();
        } else if (kind < 66) {
            markRead(room, user);
        } else if (kind < 68) {
            process();
        } else {
            SimulatedDevice device = devices.get(random.nextInt(devices.size()));
            device.syncRoughly(services[random.nextInt(2)], limits(), random);
        }
    }

    private void process() {
        int one = random.nextInt(2);
        if (random.nextBoolean()) {
            services[one].close();
            services[one] = service(one);
        } else {
            feeds[one].loseTrack();
        }
    }

    private static String key(ConversationId room, String user) {
        return room + "/" + user;
    }

    private void send(ConversationId room, String user) {
        if (!world.isMember(room, user)) {
            return;
        }
        if (random.nextInt(5) == 0) {
            world.send(room, user, "notice", Counting.SILENT);
            return;
        }
        SequenceId seq = world.send(room, user, "text " + random.nextInt());
        Model.of(model.counting, room.value()).add(seq.value());
        model.marks.merge(key(room, user), seq.value(), Math::max);
    }

    private void membership(ConversationId room, String user) {
        if (user.equals("u0")) {
            return;
        }
        if (world.isMember(room, user)) {
            world.leave(room, user);
        } else {
            world.join(room, user);
        }
    }

    private void recall(ConversationId room, String user) {
        Set<Long> counting = Model.of(model.counting, room.value());
        if (counting.isEmpty() || !world.isMember(room, user)) {
            return;
        }
        List<Long> all = new ArrayList<>(counting);
        // A late one is more interesting: somebody may not have read it.
        long target = all.get(all.size() - 1 - random.nextInt(Math.min(all.size(), 5)));
        world.recall(room, user, SequenceId.of(target), true);
        counting.remove(target);
    }

    private void personal(ConversationId room, String user) {
        if (!world.isMember(room, user)) {
            return;
        }
        long head = head(room.timeline(Conversations.APP));
        SequenceId follows = SequenceId.of(Math.max(1, head - random.nextInt(5)));
        SequenceId seq = world.sendPersonal(room, "u0", user, follows, "for you");
        Model.of(model.personal, key(room, user)).add(seq.value());
    }

    private void hide(ConversationId room, String user) {
        Membership member = world.member(room, user);
        long head = head(room.timeline(Conversations.APP));
        long target = Math.max(1, head - random.nextInt(6));
        if (member == null || !member.isActive() || !member.sees(SequenceId.of(target))) {
            return;
        }
        world.hide(room, user, SequenceId.of(target));
        Model.of(model.hidden, key(room, user)).add(target);
    }

    private void markRead(ConversationId room, String user) {
        Membership member = world.member(room, user);
        if (member == null) {
            return;
        }
        long head = head(room.timeline(Conversations.APP));
        long end = member.isActive() ? head : member.left().value();
        long through = 1L + random.nextInt((int) end);
        long personalHead = head(room.personalTimeline(Conversations.APP, Conversations.user(user)));
        long personal = personalHead == 0 ? 0 : random.nextInt((int) personalHead + 1);
        MarkOutcome outcome = unread.markRead(
                        Conversations.APP,
                        Conversations.user(user),
                        room,
                        SequenceId.of(through),
                        SequenceId.of(personal),
                        Conversations.deadline())
                .join();
        assertThat(outcome).isInstanceOf(MarkOutcome.Marked.class);
        model.marks.merge(key(room, user), through, Math::max);
        model.personalMarks.merge(key(room, user), personal, Math::max);
    }

    private long head(TimelineId timeline) {
        return world.store
                .heads(List.of(HeadQuery.of(timeline)), Conversations.deadline())
                .join()
                .getOrDefault(timeline, Head.EMPTY)
                .last()
                .value();
    }

    private void settle() {
        rooms.forEach(room -> worker.due(room.timeline(Conversations.APP)));
        scheduler.runDue();
        for (SimulatedDevice device : devices) {
            int pages = 0;
            do {
                device.sync(services[random.nextInt(2)], limits());
                assertThat(pages++).isLessThan(5000);
            } while (device.hasMore());
        }
    }

    private void checkDevice(SimulatedDevice device) {
        for (ConversationId room : rooms) {
            Membership member = world.member(room, device.user());
            if (member == null) {
                assertThat(device.conversations).doesNotContainKey(room);
                continue;
            }
            SimulatedDevice.Local local = device.conversations.get(room);
            long head = head(room.timeline(Conversations.APP));
            long end = member.isActive() ? head : member.left().value();
            assertThat(local.through).as("%s in %s", device.device, room).isEqualTo(end);
            Set<Long> skipped = new HashSet<>();
            local.gaps.forEach(gap -> {
                for (long seq = gap.from().value(); seq <= gap.to().value(); seq++) {
                    skipped.add(seq);
                }
            });
            for (long seq = member.joined().value(); seq <= end; seq++) {
                assertThat(local.messages).as("%s in %s", device.device, room).containsKey(seq);
            }
            for (long seq = member.visibleFrom().value(); seq < member.joined().value(); seq++) {
                assertThat(local.messages.containsKey(seq) || skipped.contains(seq))
                        .isTrue();
            }
            long personal = head(room.personalTimeline(Conversations.APP, device.device.user()));
            assertThat(local.personal)
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.rangeClosed(1, personal).boxed().toList());
        }
    }

    private void checkUnread(String user) {
        UnreadSnapshot snapshot = unread.unread(Conversations.APP, Conversations.user(user), Conversations.deadline())
                .join();
        for (ConversationUnread one : snapshot.conversations()) {
            assertThat(one.unread())
                    .as("%s in %s", user, one.conversation())
                    .isEqualTo(counted(one.conversation(), user));
        }
        assertThat(snapshot.total())
                .isEqualTo(snapshot.conversations().stream()
                        .mapToLong(ConversationUnread::unread)
                        .sum());
        List<Recount> recounts = unread.recount(Conversations.APP, Conversations.user(user), Conversations.deadline())
                .join();
        assertThat(recounts).hasSameSizeAs(snapshot.conversations()).allMatch(Recount::agrees);
    }

    private long counted(ConversationId room, String user) {
        Membership member = world.member(room, user);
        if (!member.isActive()) {
            return 0;
        }
        String key = key(room, user);
        long floor = Math.max(model.marks.getOrDefault(key, 0L), member.joined().value());
        long messages = Model.of(model.counting, room.value()).stream()
                .filter(seq -> seq > floor)
                .filter(seq -> !Model.of(model.hidden, key).contains(seq))
                .count();
        long read = model.personalMarks.getOrDefault(key, 0L);
        return messages
                + Model.of(model.personal, key).stream()
                        .filter(seq -> seq > read)
                        .count();
    }
}
