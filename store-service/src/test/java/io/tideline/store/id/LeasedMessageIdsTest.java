package io.tideline.store.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tideline.core.error.OverloadedException;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.timeline.MessageId;
import io.tideline.store.Messaging;
import io.tideline.store.SteppingClock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeasedMessageIdsTest {
    private static final LeaseConfig TWO_NODES = nodes(2);

    private final SteppingClock clock = new SteppingClock();
    private final InMemoryTimelineStore store = new InMemoryTimelineStore(clock, Duration.ofDays(7));
    private final Set<MessageId> given = new HashSet<>();

    private static LeaseConfig nodes(int nodes) {
        return new LeaseConfig(
                LeaseConfig.DEFAULT.registry(),
                nodes,
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5));
    }

    private LeasedMessageIds holder(LeaseConfig config, SteppingClock itsClock) {
        return new LeasedMessageIds(store, config, itsClock, new Random(7), "test");
    }

    private LeasedMessageIds started(LeaseConfig config, SteppingClock itsClock) {
        LeasedMessageIds ids = holder(config, itsClock);
        Messaging.await(ids.renew());
        return ids;
    }

    private void takeMany(LeasedMessageIds ids, int count) {
        long last = 0;
        for (int i = 0; i < count; i++) {
            MessageId id = ids.next();
            assertThat(id.value()).isGreaterThan(last);
            assertThat(given.add(id)).as("%s was given before", id).isTrue();
            last = id.value();
        }
    }

    @Test
    void next_neverStarted_takesLeaseByItself() {
        LeasedMessageIds ids = holder(TWO_NODES, clock);

        MessageId id = ids.next();

        assertThat(LeasedMessageIds.timeOf(id)).isEqualTo(clock.instant());
    }

    @Test
    void next_manyInOneMillisecond_areUniqueAndIncreasing() {
        LeasedMessageIds ids = started(TWO_NODES, clock);

        takeMany(ids, 10_000);

        assertThat(given).hasSize(10_000);
    }

    @Test
    void next_clockStepsBack_goesOnFromLast() {
        LeasedMessageIds ids = started(TWO_NODES, clock);
        MessageId before = ids.next();

        clock.step(Duration.ofHours(-3));
        Messaging.await(ids.renew());

        assertThat(ids.next().value()).isGreaterThan(before.value());
    }

    @Test
    void next_restartAfterClockSteppedBack_startsAboveReserved() {
        LeaseConfig oneNode = nodes(1);
        LeasedMessageIds first = started(oneNode, clock);
        takeMany(first, 5000);
        clock.step(Duration.ofSeconds(31));
        Messaging.await(first.renew());
        takeMany(first, 5000);

        SteppingClock behind = new SteppingClock();
        behind.step(Duration.ofMinutes(2));
        LeasedMessageIds second = started(oneNode, behind);
        behind.step(Duration.ofMinutes(-10));

        takeMany(second, 5000);
    }

    @Test
    void next_twoHoldersOfOneNode_neverMeet() {
        LeaseConfig oneNode = nodes(1);
        LeasedMessageIds stalled = started(oneNode, clock);
        SteppingClock ahead = new SteppingClock();
        ahead.step(Duration.ofSeconds(31));
        LeasedMessageIds taker = started(oneNode, ahead);

        takeMany(taker, 3000);
        takeMany(stalled, 3000);
        takeMany(taker, 3000);

        assertThat(given).hasSize(9000);
    }

    @Test
    void next_lostLease_refusesBeyondItsReservation() {
        LeaseConfig oneNode = nodes(1);
        LeasedMessageIds stalled = started(oneNode, clock);
        SteppingClock ahead = new SteppingClock();
        ahead.step(Duration.ofSeconds(31));
        started(oneNode, ahead);

        clock.step(Duration.ofSeconds(11));

        assertThatExceptionOfType(OverloadedException.class).isThrownBy(stalled::next);
    }

    @Test
    void next_lostLeaseButAnotherNodeFree_goesOnThere() {
        LeasedMessageIds stalled = started(TWO_NODES, clock);
        MessageId before = stalled.next();
        clock.step(Duration.ofSeconds(31));
        takeMany(started(TWO_NODES, clock), 100);
        takeMany(started(TWO_NODES, clock), 100);

        clock.step(Duration.ofSeconds(31));
        MessageId after = stalled.next();

        assertThat(after.value()).isGreaterThan(before.value());
        takeMany(stalled, 100);
    }

    @Test
    void start_allNodesInUse_isOverloaded() {
        LeaseConfig oneNode = nodes(1);
        started(oneNode, clock);

        LeasedMessageIds second = holder(oneNode, clock);

        assertThat(second.renew())
                .failsWithin(Duration.ofSeconds(1))
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withCauseInstanceOf(OverloadedException.class);
        assertThatExceptionOfType(OverloadedException.class).isThrownBy(second::next);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void next_randomStepsAndRestarts_neverRepeats(long seed) {
        Random random = new Random(seed);
        LeaseConfig threeNodes = nodes(3);
        LeasedMessageIds[] holders = new LeasedMessageIds[3];
        SteppingClock[] clocks = {new SteppingClock(), new SteppingClock(), new SteppingClock()};
        int refused = 0;
        for (int step = 0; step < 3000; step++) {
            int i = random.nextInt(3);
            if (holders[i] == null || random.nextInt(200) == 0) {
                holders[i] = holder(threeNodes, clocks[i]);
            }
            if (random.nextInt(4) == 0) {
                clocks[i].step(Duration.ofMillis(random.nextInt(40_000) - 15_000));
            }
            try {
                takeMany(holders[i], 1 + random.nextInt(5));
            } catch (OverloadedException e) {
                refused++;
            }
        }

        assertThat(given.size()).as("ids given, %s times refused", refused).isGreaterThan(500);
    }
}
