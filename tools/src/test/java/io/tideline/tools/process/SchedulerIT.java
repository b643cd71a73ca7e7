package io.tideline.tools.process;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.store.TimelineProbe;
import io.tideline.core.tier.TierLimit;
import io.tideline.core.tier.TierState;
import io.tideline.core.tier.WatermarkStore;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.embedded.EmbeddedHBaseConfig;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.store.HBaseStorage;
import io.tideline.scheduler.PassReport;
import io.tideline.scheduler.SchedulerConfig;
import io.tideline.scheduler.SchedulerPorts;
import io.tideline.scheduler.StoreScheduler;
import io.tideline.scheduler.TierPolicies;
import io.tideline.tools.chatlog.ChatEvent;
import io.tideline.tools.chatlog.ChatLogReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The scheduler on a real HBase: a chat log moves while it is read, and the mover dies on the way. */
final class SchedulerIT {
    private static final Logger LOG = LoggerFactory.getLogger(SchedulerIT.class);
    private static final int DAYS = 12;
    private static final int PAGE = 50;
    private static final int UNIT = 1_000;
    private static final TimelineId ROOM = TimelineId.conversation("tiers", "ubuntu");

    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;
    private static HBaseStorage storage;
    private static Instant now = Instant.EPOCH;

    @BeforeAll
    static void start() {
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory));
        storage = HBaseStorage.open(
                hbase.clientConfiguration(),
                SchemaConfig.embedded(),
                HBaseStorage.SchemaMode.CREATE,
                new MetricRegistry());
    }

    @AfterAll
    static void stop() {
        storage.close();
        hbase.close();
    }

    @Test
    void scheduler_diesOnTheWayWhileOthersRead_noPageIsShortAndNothingChanges() throws Exception {
        importLog();
        List<Entry> before = readAll(Direction.FORWARD);
        now = before.get(before.size() - 1).serverTime().plusSeconds(1);

        AtomicBoolean moving = new AtomicBoolean(true);
        AtomicLong pages = new AtomicLong();
        List<CompletableFuture<Void>> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int seed = i;
            readers.add(CompletableFuture.runAsync(() -> readMeanwhile(before, seed, moving, pages)));
        }
        long start = System.nanoTime();
        PassReport second;
        try (StoreScheduler dying = scheduler("dying", dyingAfter(3))) {
            assertThat(dying.run(false)
                            .get(2, java.util.concurrent.TimeUnit.MINUTES)
                            .failed())
                    .isEqualTo(1);
        }
        now = now.plus(Duration.ofMinutes(5));
        try (StoreScheduler next = scheduler("next", storage.watermarks())) {
            second = next.run(false).get(2, java.util.concurrent.TimeUnit.MINUTES);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        moving.set(false);
        for (CompletableFuture<Void> reader : readers) {
            await(reader);
        }

        SequenceId through =
                await(storage.watermarks().state(ROOM, soon())).watermarks().warmThrough();
        LOG.info(
                "moved entries={} bytes={} seconds={} pages read meanwhile={}",
                through,
                second.bytes(),
                seconds,
                pages);
        assertThat(second.failed()).isZero();
        assertThat(second.entries()).isEqualTo(through.value() - 3 * UNIT);
        assertThat(before.get((int) through.value() - 1).serverTime()).isBefore(now.minus(Duration.ofDays(DAYS / 3)));
        assertThat(before.get((int) through.value()).serverTime())
                .isAfterOrEqualTo(now.minus(Duration.ofDays(DAYS / 3)));
        assertThat(pages).hasPositiveValue();
        assertThat(readAll(Direction.FORWARD)).isEqualTo(before);
        List<Entry> backward = readAll(Direction.BACKWARD);
        Collections.reverse(backward);
        assertThat(backward).isEqualTo(before);
    }

    /** The same day of chat, day after day. */
    private static void importLog() throws IOException {
        List<NewEntry> entries = new ArrayList<>();
        for (int day = 0; day < DAYS; day++) {
            try (ChatLogReader log = ChatLogReader.open(Path.of(System.getProperty("tideline.demo")))) {
                Optional<ChatEvent> event = log.next();
                while (event.isPresent()) {
                    entries.add(entry(event.get(), day));
                    event = log.next();
                }
            }
        }
        for (int from = 0; from < entries.size(); from += TimelineAppend.MAX_ENTRIES) {
            int to = Math.min(entries.size(), from + TimelineAppend.MAX_ENTRIES);
            TimelineProbe.receipts(
                    await(storage.store().append(new TimelineAppend(ROOM, entries.subList(from, to)), soon())));
        }
    }

    private static NewEntry entry(ChatEvent event, int day) {
        Instant time = Instant.parse(event.time()).plus(Duration.ofDays(day));
        return NewEntry.text(event.nick(), day + "/" + event.line(), event.text())
                .withOriginalTime(time);
    }

    private static StoreScheduler scheduler(String name, WatermarkStore watermarks) {
        SchedulerPorts ports = new SchedulerPorts(
                storage.store(), storage.records(), storage.hot(), storage.warm(), watermarks, storage.activity());
        SchedulerConfig config = new SchedulerConfig(
                name, Duration.ofMinutes(1), UNIT, 100_000, Duration.ofMinutes(1), Duration.ofSeconds(20));
        TierPolicies policies = new TierPolicies(TierLimit.age(Duration.ofDays(DAYS / 3)), Map.of());
        return new StoreScheduler(ports, policies, config, () -> now, new MetricRegistry());
    }

    /** Watermarks that nobody can reach any more after so many commits, the last one being done but not answered. */
    private static WatermarkStore dyingAfter(int commits) {
        AtomicInteger done = new AtomicInteger();
        WatermarkStore real = storage.watermarks();
        return new WatermarkStore() {
            @Override
            public CompletableFuture<TierState> state(TimelineId timeline, Deadline deadline) {
                return done.get() >= commits ? gone() : real.state(timeline, deadline);
            }

            @Override
            public CompletableFuture<Boolean> replace(
                    TimelineId timeline, TierState expected, TierState next, Deadline deadline) {
                if (done.get() >= commits) {
                    return gone();
                }
                return real.replace(timeline, expected, next, deadline)
                        .thenCompose(won ->
                                done.incrementAndGet() == commits ? gone() : CompletableFuture.completedFuture(won));
            }
        };
    }

    private static <T> CompletableFuture<T> gone() {
        return CompletableFuture.failedFuture(new StorageUnavailableException("dead", Map.of(), null));
    }

    /** Pages of fifty from anywhere, both ways: each must be whole and as it was before. */
    private static void readMeanwhile(List<Entry> before, int seed, AtomicBoolean moving, AtomicLong pages) {
        Random random = new Random(seed);
        while (moving.get()) {
            int from = 1 + random.nextInt(before.size());
            boolean forward = random.nextBoolean();
            TimelinePage page = await(storage.store()
                    .read(query(SequenceId.of(from), forward ? Direction.FORWARD : Direction.BACKWARD), soon()));
            List<Entry> expected = forward
                    ? before.subList(from - 1, Math.min(before.size(), from - 1 + PAGE))
                    : reversed(before.subList(Math.max(0, from - PAGE), from));
            assertThat(page.entries()).isEqualTo(expected);
            pages.incrementAndGet();
        }
    }

    private static List<Entry> reversed(List<Entry> entries) {
        List<Entry> reversed = new ArrayList<>(entries);
        Collections.reverse(reversed);
        return reversed;
    }

    private static List<Entry> readAll(Direction direction) {
        List<Entry> entries = new ArrayList<>();
        SequenceId from = direction == Direction.FORWARD ? SequenceId.FIRST : SequenceId.NONE;
        TimelinePage page;
        do {
            page = await(storage.store().read(query(from, direction), soon()));
            assertThat(page.gaps()).isEmpty();
            entries.addAll(page.entries());
            from = page.next();
        } while (page.stop() == StopReason.PAGE_FULL);
        return entries;
    }

    private static ReadQuery query(SequenceId from, Direction direction) {
        return new ReadQuery(
                ROOM, from, SequenceId.NONE, direction, PAGE, ReadQuery.DEFAULT_MAX_BYTES, SequenceId.NONE);
    }
}
