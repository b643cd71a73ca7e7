package io.tideline.tools.bench;

import static io.tideline.tools.bench.BenchSettings.CALLERS;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.GetUnreadResponse;
import io.tideline.api.v1.SyncResponse;
import io.tideline.tools.bench.LoadDriver.BlockingOperation;
import io.tideline.tools.bench.Rounds.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.hbase.client.Table;

/** Users with many conversations: what a device that comes back pays for, and what counting unread costs. */
final class DeviceBenchmark implements Benchmark {
    private static final String SYNC = "M3";
    private static final String UNREAD = "M4";
    private static final String PEER = "peer";
    /** A user who is in the conversations of so many of the others. */
    private static final String BUSY = "busy";

    private static final int BUSY_TIMES = 10;
    private static final int MOVED = 3;
    private static final int MESSAGES = 20;
    private static final Duration MEETING = Duration.ofSeconds(5);

    @Override
    public List<String> ids() {
        return List.of(SYNC, UNREAD);
    }

    @Override
    public List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception {
        int conversations = context.settings().conversationsEach();
        MessagingLoad messaging = context.messaging();
        List<Device> devices = new ArrayList<>();
        context.say(String.format("  filling %d users with %,d conversations each", CALLERS, conversations));
        for (int i = 0; i < CALLERS; i++) {
            String user = MessagingLoad.user("device", i);
            // Whoever is in many more conversations costs no filling of his own.
            List<String> users = i < BUSY_TIMES ? List.of(user, BUSY) : List.of(user);
            devices.add(new Device(context, user, messaging.conversationsOf(users, PEER, conversations)));
        }
        messaging.awaitFanout();
        List<BenchResult> results = new ArrayList<>();
        if (wanted.contains(SYNC)) {
            results.add(sync(context, conversations, devices));
        }
        if (wanted.contains(UNREAD)) {
            results.add(unread(context, conversations, devices));
        }
        return results;
    }

    private static BenchResult sync(BenchContext context, int conversations, List<Device> devices) throws Exception {
        devices.forEach(Device::catchUp);
        Measure measure = context.rounds()
                .run(List.of(new Side("Sync", duration -> {
                    CyclicBarrier all = new CyclicBarrier(devices.size());
                    devices.forEach(device -> device.meetAt(all));
                    return LoadDriver.callers(devices.size(), duration, devices::get);
                })))
                .get(0);
        return new BenchResult(
                SYNC,
                String.format(
                        "Sync of a warm device, %,d conversations, %d moved, %d new messages, %d callers",
                        conversations, MOVED, MESSAGES, CALLERS),
                List.of(measure),
                List.of(
                        Check.atMost("p50 ms", measure.p50Millis(), 5),
                        Check.atMost("p99 ms", measure.p99Millis(), 25)),
                List.of(
                        "absolute figures: there is no baseline",
                        "all callers sync at once when all messages are sent: syncs compete, sends do not"));
    }

    private static BenchResult unread(BenchContext context, int conversations, List<Device> devices) throws Exception {
        PlainHBase plain = context.plain();
        for (Device device : devices) {
            device.send(new SplittableRandom(1));
        }
        Device busy = new Device(context, BUSY, List.of());
        int busyConversations = BUSY_TIMES * conversations;
        plain.fillHeads(context.settings().timelines());
        plain.flushAll();
        List<Measure> measures = context.rounds()
                .run(List.of(
                        new Side(
                                "HBase get of a list",
                                duration -> LoadDriver.callers(CALLERS, duration, caller -> {
                                    Table table = plain.heads();
                                    int of = context.settings().timelines();
                                    return random -> plain.getMany(table, of, conversations, random);
                                })),
                        new Side(
                                "GetUnread",
                                duration -> LoadDriver.callers(
                                        CALLERS,
                                        duration,
                                        caller -> random -> devices.get(caller).count(conversations))),
                        new Side(
                                String.format("GetUnread of %,d conversations, 1 caller", busyConversations),
                                duration -> LoadDriver.callers(
                                        1, duration, caller -> random -> busy.count(busyConversations)))));
        Measure baseline = measures.get(0);
        Measure subject = measures.get(1);
        return new BenchResult(
                UNREAD,
                String.format(
                        "total unread over %,d conversations, %d callers : get of as many rows",
                        conversations, CALLERS),
                List.of(subject, baseline, measures.get(2)),
                List.of(Check.ratioAtMost("p99 ms", subject.p99Millis(), baseline.p99Millis(), 1.5)),
                List.of("both tables were flushed before"));
    }

    /** A user's device. One caller uses it. */
    private static final class Device implements BlockingOperation {
        private final BenchContext context;
        private final MessagingLoad messaging;
        private final String user;
        private final List<String> conversations;
        private String ack = "";
        private CyclicBarrier all = new CyclicBarrier(1);

        Device(BenchContext context, String user, List<String> conversations) {
            this.context = context;
            this.messaging = context.messaging();
            this.user = user;
            this.conversations = conversations;
        }

        /** Until there is nothing more. Returns how many messages, events not counted, have come. */
        private int catchUp() {
            int messages = 0;
            boolean more = true;
            while (more) {
                SyncResponse page = messaging.sync(user, ack);
                messages += (int) page.getMessagesList().stream()
                        .filter(message -> !message.hasEvent())
                        .count();
                ack = page.getNext();
                more = page.getHasMore();
            }
            return messages;
        }

        void send(SplittableRandom random) {
            ByteString payload = context.payloads().string(random);
            int first = random.nextInt(conversations.size());
            for (int i = 0; i < MOVED; i++) {
                int share = MESSAGES / MOVED + (i < MESSAGES % MOVED ? 1 : 0);
                messaging.sendBatch(conversations.get((first + i * 7) % conversations.size()), PEER, payload, share);
            }
        }

        void meetAt(CyclicBarrier barrier) {
            all = barrier;
        }

        @Override
        public void prepare(SplittableRandom random) throws InterruptedException {
            send(random);
            try {
                all.await(MEETING.toSeconds(), TimeUnit.SECONDS);
            } catch (BrokenBarrierException | TimeoutException e) {
                return; // Others have ended their phase: this one's last sync is alone.
            }
        }

        @Override
        public void run(SplittableRandom random) {
            TidelineLoad.require(catchUp(), MESSAGES, "messages");
        }

        void count(int expected) {
            GetUnreadResponse answer = messaging.unread(user);
            TidelineLoad.require(answer.getConversationCount(), expected, "conversations");
            if (answer.getTotal() < MESSAGES) {
                throw new BenchFailedException(
                        "unread: " + answer.getTotal() + " (expected: " + MESSAGES + " or more)");
            }
        }
    }
}
