package io.tideline.tools.simulation;

import io.tideline.api.v1.ConversationUnread;
import io.tideline.api.v1.GetUnreadRequest;
import io.tideline.api.v1.GetUnreadResponse;
import io.tideline.api.v1.ListFanoutRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.CommandFailure;
import io.tideline.tools.command.ExitCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run: the steps of the plan by this thread, the devices by others; then everything is compared. */
final class SimulationRun {
    private static final Duration FANOUT_PATIENCE = Duration.ofMinutes(2);
    private static final long FANOUT_LOOK_NANOS = 20_000_000;
    /** Rounds that may wait for a thread, for each thread: the log is held up rather than left to run ahead. */
    private static final int WAITING_PER_THREAD = 2;

    private final TidelineClient client;
    private final Calls calls;
    private final SimulationSettings settings;
    private final Plan plan;
    private final Findings findings;
    private final ReadMarks marks = new ReadMarks();
    private final Map<String, PlannedGroup> groups = new ConcurrentHashMap<>();
    private final List<SimulatedDevice> devices = new ArrayList<>();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    SimulationRun(TidelineClient client, Duration patience, SimulationSettings settings, Plan plan, Findings findings) {
        this.client = client;
        this.calls = new Calls(client.messaging(), settings.app(), patience);
        this.settings = settings;
        this.plan = plan;
        this.findings = findings;
    }

    /** Runs it all; {@code progress} is told what is done now, seldom. */
    void run(Consumer<String> progress) throws InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(settings.threads(), task -> {
            Thread thread = new Thread(task, "simulated-devices");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Stage stage = new Stage(calls, settings, findings);
            for (PlannedGroup group : plan.groups()) {
                stage.create(group);
                groups.put(group.conversationId(), group);
            }
            makeDevices();
            replay(stage, executor, progress);
            awaitFanout();
            progress.accept("all devices catch up");
            all(executor, SimulatedDevice::catchUp);
            progress.accept("devices and unread counts are compared");
            all(executor, SimulatedDevice::verify);
            verifyUnread(executor);
            plan.groups().forEach(new HistoryCheck(calls, findings)::verify);
        } finally {
            executor.shutdownNow();
        }
    }

    private void makeDevices() {
        List<String> users = new ArrayList<>(plan.users());
        if (users.isEmpty()) {
            throw new CommandFailure(ExitCode.REFUSED, "nobody joins and nobody speaks in this log");
        }
        Random random = new Random(settings.seed() ^ 0xdef);
        for (int i = 0; i < settings.devices(); i++) {
            String user = users.get(i % users.size());
            devices.add(new SimulatedDevice(
                    calls,
                    user,
                    "device-" + i / users.size(),
                    groupsOf(user),
                    marks,
                    findings,
                    settings,
                    new Random(random.nextLong())));
        }
        findings.count("users", users.size());
        findings.count("devices", devices.size());
    }

    private Map<String, PlannedGroup> groupsOf(String user) {
        Map<String, PlannedGroup> own = new HashMap<>();
        groups.forEach((id, group) -> {
            if (!group.periods(user).isEmpty()) {
                own.put(id, group);
            }
        });
        return own;
    }

    private void replay(Stage stage, ExecutorService executor, Consumer<String> progress) throws InterruptedException {
        Random random = new Random(settings.seed() ^ 0xfeed);
        Semaphore places = new Semaphore(settings.threads() * WAITING_PER_THREAD);
        List<Plan.Turn> turns = plan.turns();
        double perTurn = settings.devices() * settings.rounds() / turns.size();
        double due = 0;
        for (int i = 0; i < turns.size(); i++) {
            if (i % Math.max(1, turns.size() / 20) == 0) {
                progress.accept("step " + i + " of " + turns.size());
            }
            stage.act(turns.get(i));
            for (due += perTurn; due >= 1; due--) {
                SimulatedDevice device = devices.get(random.nextInt(devices.size()));
                places.acquire();
                executor.execute(() -> {
                    try {
                        guarded(device::round);
                    } finally {
                        places.release();
                    }
                });
            }
            rethrow();
        }
        places.acquire(settings.threads() * WAITING_PER_THREAD);
        rethrow();
        findings.count("steps", turns.size());
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException thrown) {
            failure.compareAndSet(null, thrown);
        }
    }

    private void rethrow() {
        RuntimeException thrown = failure.get();
        if (thrown != null) {
            throw thrown;
        }
    }

    private void all(ExecutorService executor, Consumer<SimulatedDevice> work) throws InterruptedException {
        List<Future<?>> under = new ArrayList<>();
        for (SimulatedDevice device : devices) {
            under.add(executor.submit(() -> work.accept(device)));
        }
        await(under);
    }

    private static void await(List<Future<?>> under) throws InterruptedException {
        for (Future<?> one : under) {
            try {
                // Bounded by the calls within.
                one.get();
            } catch (ExecutionException failed) {
                throw failed.getCause() instanceof RuntimeException unchecked
                        ? unchecked
                        : new IllegalStateException(failed.getCause());
            }
        }
    }

    /** Membership reaches the lists of users by fan-out. */
    private void awaitFanout() {
        long start = System.nanoTime();
        ListFanoutRequest request =
                ListFanoutRequest.newBuilder().setPageSize(1_000).build();
        while (calls.await(client.operator().listFanout(request)).getTasksList().stream()
                .anyMatch(task -> task.getApp().equals(settings.app()))) {
            if (System.nanoTime() - start > FANOUT_PATIENCE.toNanos()) {
                findings.violation("fan-out is not finished after seconds: " + FANOUT_PATIENCE.toSeconds());
                return;
            }
            LockSupport.parkNanos(FANOUT_LOOK_NANOS);
        }
    }

    private void verifyUnread(ExecutorService executor) throws InterruptedException {
        List<Future<?>> under = new ArrayList<>();
        for (String user : plan.users()) {
            under.add(executor.submit(() -> verifyUnread(user)));
        }
        await(under);
    }

    private void verifyUnread(String user) {
        GetUnreadResponse unread = calls.await(calls.client()
                .getUnread(GetUnreadRequest.newBuilder()
                        .setApp(settings.app())
                        .setUser(user)
                        .setRecount(true)
                        .build()));
        Map<String, Long> counted = new HashMap<>();
        for (ConversationUnread one : unread.getConversationsList()) {
            counted.put(one.getConversationId(), one.getUnread());
        }
        long total = 0;
        for (PlannedGroup group : groupsOf(user).values()) {
            ReadMarks.Mark mark = marks.of(user, group);
            long expected = group.unread(user, mark.index(), mark.personalSeq());
            long actual = counted.getOrDefault(group.conversationId(), 0L);
            total += expected;
            if (actual != expected) {
                findings.violation(user + ": unread " + actual + " and not " + expected);
            }
        }
        if (unread.getTotal() != total) {
            findings.violation(user + ": unread in all " + unread.getTotal() + " and not " + total);
        }
        unread.getDifferencesList()
                .forEach(difference -> findings.violation(user + ": the server counts " + difference.getComputed()
                        + ", then " + difference.getRecounted()));
        findings.count("unread counts compared");
        findings.count("unread in all", total);
    }
}
