package io.tideline.api.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.grpc.stub.ServerCallStreamObserver;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.identity.Scope;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SubscribeResponse;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.timeline.AppId;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.device.SyncConfig;
import io.tideline.sync.device.SyncService;
import io.tideline.sync.push.PushConfig;
import io.tideline.sync.push.PushHub;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a device hears when nothing happens, from a hub that counts every moment as silence. */
final class SubscribeHeartbeatTest {
    private static final PushConfig IMPATIENT = new PushConfig(
            10,
            Duration.ofMillis(16),
            Duration.ofNanos(1),
            Duration.ofSeconds(10),
            Duration.ofMillis(1),
            Duration.ofMinutes(1),
            1 << 20);

    private final InMemoryTimelineStore store = new InMemoryTimelineStore(InstantSource.system(), Duration.ofDays(7));
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final SyncService sync = new SyncService(
            new SyncPorts(store, store, store, store, store),
            SyncConfig.DEFAULT,
            InstantSource.system(),
            new Random(1),
            new MetricRegistry());
    private final PushHub hub = new PushHub(sync, store, IMPATIENT, executor, executor, new MetricRegistry());
    private final Device device = new Device();

    @AfterEach
    void stop() {
        hub.close();
        sync.close();
        executor.shutdownNow();
    }

    /** The far end of a call. */
    private static final class Device extends ServerCallStreamObserver<SubscribeResponse> {
        private final BlockingQueue<SubscribeResponse> events = new LinkedBlockingQueue<>();
        private volatile boolean ready = true;

        SubscribeResponse next() throws InterruptedException {
            SubscribeResponse event = events.poll(20, TimeUnit.SECONDS);
            assertThat(event).isNotNull();
            return event;
        }

        @Override
        public void onNext(SubscribeResponse event) {
            events.add(event);
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onCompleted() {}

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {}

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}
    }

    private SubscribeCall subscribed() throws InterruptedException {
        Caller caller = new Caller(Scope.SERVICE, new AppId("app"), null);
        SubscribeCall call =
                new SubscribeCall(device, caller, hub, new Statuses(() -> "id"), new SharedMessages(), ended -> {});
        var unused = call.take(SubscribeRequest.newBuilder()
                .setRegister(SubscribeRequest.Register.newBuilder()
                        .setApp("app")
                        .setUser("ann")
                        .setDevice("phone"))
                .build());
        while (!device.next().hasCaughtUp()) {
            // What there was when it subscribed.
        }
        return call;
    }

    @Test
    void nothingSentForAWhile_sendsHeartbeatsWithTheServersTime() throws Exception {
        Instant before = Instant.now();
        subscribed();

        SubscribeResponse first = device.next();
        SubscribeResponse second = device.next();

        for (SubscribeResponse event : new SubscribeResponse[] {first, second}) {
            assertThat(event.hasHeartbeat()).isTrue();
            assertThat(event.getHeartbeat().getServerTime().getSeconds())
                    .isBetween(before.getEpochSecond(), Instant.now().getEpochSecond());
        }
    }

    @Test
    void ended_sendsNoMore() throws Exception {
        SubscribeCall call = subscribed();
        assertThat(device.next().hasHeartbeat()).isTrue();

        call.complete();
        device.events.clear();
        call.heartbeat();

        assertThat(device.events).isEmpty();
    }
}
