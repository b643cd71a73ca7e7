package io.tideline.sync.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.record.RecordKey;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.SyncCodec;
import io.tideline.sync.Conversations;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FanoutLeaseTest {
    private static final TimelineId ROOM = new ConversationId("room").timeline(Conversations.APP);
    private static final Duration LEASE = FanoutConfig.named("w").leaseTime();

    private final Conversations world = new Conversations();
    /** Requests to prolong the lease wait here for the test. */
    private final List<CompletableFuture<Boolean>> asked = new ArrayList<>();

    private FanoutLease taken() {
        RecordStore steered = (RecordStore) Proxy.newProxyInstance(
                RecordStore.class.getClassLoader(), new Class<?>[] {RecordStore.class}, (proxy, method, arguments) -> {
                    asked.add(new CompletableFuture<>());
                    return asked.get(asked.size() - 1);
                });
        FanoutLease lease = new FanoutLease(steered, FanoutConfig.named("w"), world::now, ROOM, 0);
        CompletableFuture<Boolean> taking = lease.take();
        asked.remove(0).complete(true);
        assertThat(taking).isCompletedWithValue(true);
        return lease;
    }

    private static CompletableFuture<String> call() {
        return CompletableFuture.completedFuture("called");
    }

    @Test
    void holding_moreThanHalfIsLeft_asksNobody() {
        FanoutLease lease = taken();
        world.pass(LEASE.dividedBy(2).minusMillis(1));

        assertThat(lease.holding(FanoutLeaseTest::call)).isCompletedWithValue("called");
        assertThat(asked).isEmpty();
    }

    @Test
    void holding_manyAtOnce_prolongOnce() {
        FanoutLease lease = taken();
        world.pass(LEASE.dividedBy(2));
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            calls.add(lease.holding(FanoutLeaseTest::call));
        }
        assertThat(asked).hasSize(1);
        assertThat(calls).noneMatch(CompletableFuture::isDone);

        asked.get(0).complete(true);

        assertThat(calls).allSatisfy(call -> assertThat(call).isCompletedWithValue("called"));
        world.pass(LEASE.dividedBy(2));
        assertThat(lease.holding(FanoutLeaseTest::call)).isNotDone();
        assertThat(asked).hasSize(2);
    }

    @Test
    void holding_lost_makesNoCallAndAsksNoMore() {
        FanoutLease lease = taken();
        world.pass(LEASE);
        CompletableFuture<String> waiting = lease.holding(FanoutLeaseTest::call);

        asked.get(0).complete(false);

        for (CompletableFuture<String> call : List.of(waiting, lease.holding(FanoutLeaseTest::call))) {
            assertThat(call)
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withRootCauseInstanceOf(LeaseLostException.class);
        }
        assertThat(asked).hasSize(1);
    }

    @Test
    void take_onTheStore_countsUp() {
        FanoutLease lease = new FanoutLease(world.store, FanoutConfig.named("w"), world::now, ROOM, 0);
        lease.take().join();
        world.pass(LEASE.dividedBy(2));

        lease.holding(FanoutLeaseTest::call).join();

        RecordKey key = FanoutLease.key(ROOM);
        SyncCodec.Lease stored = SyncCodec.decodeLease(
                world.store.get(List.of(key), Conversations.deadline()).join().get(key));
        assertThat(stored.until()).isEqualTo(world.now().plus(LEASE));
        FanoutLease late = new FanoutLease(world.store, FanoutConfig.named("x"), world::now, ROOM, 1);
        assertThat(late.take().join()).isFalse();
    }
}
