package io.tideline.client;

import static io.tideline.client.ClientFixture.TIMELINE;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import io.tideline.api.v1.CaughtUp;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.EntryBatch;
import io.tideline.api.v1.Gap;
import io.tideline.api.v1.WatchRequest;
import io.tideline.api.v1.WatchResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatcherTest {
    private static final Duration FIRST_BACKOFF = Duration.ofNanos(37_500_000);
    private static final WatchRequest REQUEST =
            WatchRequest.newBuilder().setTimeline(TIMELINE).build();

    private static final class Heard implements WatchEvents {
        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

        @Override
        public void onEntries(List<Entry> entries) {
            events.add("entries " + entries.stream().map(Entry::getSeq).toList());
        }

        @Override
        public void onGap(Gap gap) {
            events.add("gap " + gap.getFromSeq() + ".." + gap.getToSeq());
        }

        @Override
        public void onCaughtUp(long lastSeq) {
            events.add("caught up " + lastSeq);
        }

        @Override
        public void onReconnect(Throwable cause) {
            events.add("reconnect " + ((TidelineCallException) cause).code());
        }

        @Override
        public void onFailure(TidelineCallException failure) {
            events.add("failure " + failure.code() + "/" + failure.reason());
        }

        String await() throws InterruptedException {
            String event = events.poll(10, TimeUnit.SECONDS);
            return event == null ? "nothing" : event;
        }
    }

    private static WatchResponse entries(long... seqs) {
        var batch = EntryBatch.newBuilder();
        for (long seq : seqs) {
            batch.addEntries(Entry.newBuilder().setSeq(seq));
        }
        return WatchResponse.newBuilder().setEntries(batch).build();
    }

    private static WatchResponse gap(long from, long to) {
        return WatchResponse.newBuilder()
                .setGap(Gap.newBuilder().setFromSeq(from).setToSeq(to).setType(Gap.Type.EXPIRED))
                .build();
    }

    private static WatchResponse caughtUp(long lastSeq) {
        return WatchResponse.newBuilder()
                .setCaughtUp(CaughtUp.newBuilder().setLastSeq(lastSeq))
                .build();
    }

    private static void send(StreamObserver<WatchResponse> observer, WatchResponse... responses) {
        for (WatchResponse response : responses) {
            observer.onNext(response);
        }
    }

    @Test
    void watch_connectionLost_resumesAfterTheLastDeliveredAndDropsRepeats() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server
                    .watch
                    .then((request, observer) -> {
                        send(observer, gap(1, 2), entries(3, 4), caughtUp(4));
                        observer.onError(ScriptedServer.failure(Code.UNAVAILABLE, "STORAGE_UNAVAILABLE", null));
                    })
                    .then((request, observer) -> send(observer, entries(3, 4, 5), entries(4), caughtUp(5), entries(6)));
            Heard heard = new Heard();
            Watcher watcher = fixture.client.watch(REQUEST, heard);

            assertThat(heard.await()).isEqualTo("gap 1..2");
            assertThat(heard.await()).isEqualTo("entries [3, 4]");
            assertThat(heard.await()).isEqualTo("caught up 4");
            assertThat(heard.await()).isEqualTo("reconnect UNAVAILABLE");
            fixture.timer.awaitAsked(FIRST_BACKOFF);
            fixture.timer.advance(FIRST_BACKOFF);
            assertThat(heard.await()).isEqualTo("entries [5]");
            assertThat(heard.await()).isEqualTo("caught up 5");
            assertThat(heard.await()).isEqualTo("entries [6]");
            fixture.server.watch.await();
            WatchRequest resumed = fixture.server.watch.await();
            assertThat(resumed.getFromSeq()).isEqualTo(5);
            assertThat(resumed.getKnownSeq()).isEqualTo(4);
            watcher.close();
            assertThat(watcher.isOver()).isTrue();
        }
    }

    @Test
    void watch_hole_failsLoudly() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server.watch.then((request, observer) -> send(observer, entries(1, 2), entries(4)));
            Heard heard = new Heard();
            Watcher watcher = fixture.client.watch(REQUEST, heard);

            assertThat(heard.await()).isEqualTo("entries [1, 2]");
            assertThat(heard.await()).isEqualTo("failure DATA_LOSS/CONTRACT_BROKEN");
            assertThat(watcher.isOver()).isTrue();
            assertThat(watcher.nextSeq()).isEqualTo(3);
        }
    }

    @Test
    void watch_caughtUpBeyondWhatWasSent_failsLoudly() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server.watch.then((request, observer) -> send(observer, entries(1), caughtUp(2)));
            Heard heard = new Heard();
            fixture.client.watch(REQUEST, heard);

            assertThat(heard.await()).isEqualTo("entries [1]");
            assertThat(heard.await()).isEqualTo("failure DATA_LOSS/CONTRACT_BROKEN");
        }
    }

    @Test
    void watch_refusedForGood_isNotResumed() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server.watch.thenFail(ScriptedServer.failure(Code.OUT_OF_RANGE, "SEQUENCE_BEYOND_HEAD", null));
            Heard heard = new Heard();
            fixture.client.watch(REQUEST, heard);

            assertThat(heard.await()).isEqualTo("failure OUT_OF_RANGE/SEQUENCE_BEYOND_HEAD");
            assertThat(fixture.server.watch.requests).hasSize(1);
        }
    }

    @Test
    void watch_consumerThrows_endsTheWatch() throws Exception {
        try (ClientFixture fixture = new ClientFixture()) {
            fixture.server.watch.then((request, observer) -> send(observer, entries(1), entries(2)));
            BlockingQueue<TidelineCallException> failures = new LinkedBlockingQueue<>();
            fixture.client.watch(REQUEST, new WatchEvents() {
                @Override
                public void onEntries(List<Entry> entries) {
                    throw new IllegalStateException("Consumer is broken");
                }

                @Override
                public void onFailure(TidelineCallException failure) {
                    failures.add(failure);
                }
            });

            TidelineCallException failure = failures.poll(10, TimeUnit.SECONDS);
            assertThat(failure.reason()).isEqualTo(TidelineCallException.CONSUMER_FAILED);
            assertThat(failure.getCause()).hasMessage("Consumer is broken");
        }
    }

    @Test
    void close_client_endsTheWatch() throws Exception {
        ClientFixture fixture = new ClientFixture();
        fixture.server.watch.then((request, observer) -> send(observer, entries(1)));
        Heard heard = new Heard();
        fixture.client.watch(REQUEST, heard);
        String first = heard.await();

        fixture.close();

        assertThat(first).isEqualTo("entries [1]");
        assertThat(heard.await()).isEqualTo("failure CANCELLED/CLIENT_CLOSED");
    }
}
