package io.tideline.sync.watch;

import static io.tideline.sync.watch.WatchFixture.POLL;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.AppendOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any order of appends, acknowledgements, pages, heads, tasks and readiness: every watch sees the same, in order. */
final class WatchInterleavingTest {
    private static final int STEPS = 1500;

    private record Follower(long from, RecordingListener listener, Watch watch) {}

    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anyInterleaving_everyWatchSeesEverySeqOnce(long seed) {
        new Run(seed).check();
    }

    private static final class Run {
        private final SplittableRandom random;
        private final WatchFixture fixture;
        private final List<Follower> followers = new ArrayList<>();
        private final List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
        private final int maxWatches;
        private long committed;

        Run(long seed) {
            random = new SplittableRandom(seed);
            fixture = new WatchFixture(WatchConfig.DEFAULT.withBounds(random.nextInt(1, 30), random.nextInt(1, 200)));
            maxWatches = random.nextInt(1, 40);
            fixture.store.holdAppends = true;
            fixture.store.holdReads = true;
            fixture.store.holdHeads = true;
        }

        void check() {
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            settle();
            for (Follower follower : followers) {
                assertThat(follower.listener.faults).isEmpty();
                assertThat(follower.listener.error).isNotDone();
                assertThat(follower.listener.last()).isEqualTo(committed < follower.from ? -1 : committed);
                assertThat(follower.listener.events)
                        .filteredOn(event -> event.startsWith("caught"))
                        .hasSize(1);
                assertThat(first(follower)).isEqualTo(follower.from);
            }
            assertThat(appends).allMatch(CompletableFuture::isDone);
        }

        private long first(Follower follower) {
            return follower.listener.events.stream()
                    .filter(event -> !event.startsWith("caught"))
                    .map(event -> Long.valueOf(event.substring(0, event.indexOf('.'))))
                    .findFirst()
                    .orElse(follower.from);
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0, 1 -> append();
                case 2 -> appendElsewhere();
                case 3 -> addWatch();
                case 4, 5 -> release(fixture.store.heldAppends, 0);
                case 6, 7 -> release(fixture.store.heldReads, 0.2);
                case 8 -> release(fixture.store.heldHeads, 0.2);
                case 9 -> toggle();
                case 10 -> fixture.scheduler.pass(Duration.ofMillis(random.nextInt(100)));
                default -> {}
            }
            fixture.scheduler.runOne(random);
        }

        private void append() {
            int count = random.nextInt(1, 5);
            committed += count;
            appends.add(fixture.beginAppend(count));
        }

        private void appendElsewhere() {
            int count = random.nextInt(1, 5);
            committed += count;
            fixture.appendElsewhere(count);
        }

        private void addWatch() {
            if (followers.size() < maxWatches) {
                RecordingListener listener = new RecordingListener();
                listener.ready = random.nextBoolean();
                long from = random.nextLong(1, committed + 2);
                followers.add(new Follower(from, listener, fixture.watch(from, listener)));
            }
        }

        private <T> void release(List<SteeredStore.Held<T>> held, double failing) {
            SteeredStore.Held<T> answer = SteeredStore.any(held, random);
            if (answer != null && random.nextDouble() < failing) {
                answer.fail(new StorageUnavailableException("region moves", Map.of(), null));
            } else if (answer != null) {
                answer.release();
            }
        }

        private void toggle() {
            if (!followers.isEmpty()) {
                Follower follower = followers.get(random.nextInt(followers.size()));
                follower.listener.ready = !follower.listener.ready;
                if (follower.listener.ready) {
                    follower.watch.resume();
                }
            }
        }

        /** Answers everything, readies everybody, and gives the poll and the retries their time. */
        private void settle() {
            fixture.store.holdAppends = false;
            fixture.store.holdReads = false;
            fixture.store.holdHeads = false;
            while (!fixture.store.heldAppends.isEmpty()) {
                release(fixture.store.heldAppends, 0);
            }
            while (!fixture.store.heldReads.isEmpty()) {
                release(fixture.store.heldReads, 0);
            }
            while (!fixture.store.heldHeads.isEmpty()) {
                release(fixture.store.heldHeads, 0);
            }
            for (Follower follower : followers) {
                follower.listener.ready = true;
                follower.watch.resume();
            }
            fixture.scheduler.advance(POLL.multipliedBy(2)
                    .plus(WatchConfig.DEFAULT.longestRetry())
                    .multipliedBy(2));
        }
    }
}
