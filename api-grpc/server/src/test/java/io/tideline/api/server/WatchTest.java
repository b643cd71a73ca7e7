package io.tideline.api.server;

import static io.tideline.api.server.Messages.append;
import static io.tideline.api.server.Messages.appendMany;
import static io.tideline.api.server.Messages.conversation;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.WatchRequest;
import io.tideline.api.v1.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class WatchTest {
    private ServerFixture fixture;

    @BeforeEach
    void start() {
        fixture = new ServerFixture();
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    /** A watching client that asks for responses one by one. */
    private static final class Watcher implements ClientResponseObserver<WatchRequest, WatchResponse> {
        final BlockingQueue<WatchResponse> events = new LinkedBlockingQueue<>();
        final CompletableFuture<Failure> end = new CompletableFuture<>();
        ClientCallStreamObserver<WatchRequest> call;

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
            call = stream;
            stream.disableAutoRequestWithInitial(1);
        }

        @Override
        public void onNext(WatchResponse event) {
            events.add(event);
        }

        @Override
        public void onError(Throwable failure) {
            end.complete(Failure.of(failure));
        }

        @Override
        public void onCompleted() {
            end.completeExceptionally(new AssertionError("a watch has no end of its own"));
        }

        WatchResponse next() throws InterruptedException {
            WatchResponse event = events.poll(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(event).isNotNull();
            call.request(1);
            return event;
        }

        /** Takes events until this many entries have come. */
        List<Long> seqs(int count) throws InterruptedException {
            List<Long> seqs = new ArrayList<>();
            while (seqs.size() < count) {
                next().getEntries().getEntriesList().stream().map(Entry::getSeq).forEach(seqs::add);
            }
            return seqs;
        }
    }

    private Watcher watch(WatchRequest.Builder request) {
        Watcher watcher = new Watcher();
        fixture.async.watch(request.build(), watcher);
        return watcher;
    }

    private static WatchRequest.Builder request() {
        return WatchRequest.newBuilder().setTimeline(conversation("c"));
    }

    @Test
    void watch_existingThenLive_isInOrder() throws Exception {
        fixture.timelines.append(append("c", "a", "b"));
        Watcher watcher = watch(request());

        assertThat(watcher.seqs(2)).containsExactly(1L, 2L);
        assertThat(watcher.next().getCaughtUp().getLastSeq()).isEqualTo(2);

        fixture.timelines.append(append("c", "c"));
        fixture.timelines.append(append("c", "d"));
        assertThat(watcher.seqs(2)).containsExactly(3L, 4L);
    }

    @Test
    void watch_onePastTheHead_waitsForTheNext() throws Exception {
        Watcher watcher = watch(request());

        assertThat(watcher.next().getCaughtUp().getLastSeq()).isZero();
        fixture.timelines.append(append("c", "a"));
        assertThat(watcher.seqs(1)).containsExactly(1L);
    }

    @Test
    void watch_slowReader_missesNothing() throws Exception {
        Watcher watcher = watch(request());
        assertThat(watcher.next().hasCaughtUp()).isTrue();
        for (int i = 0; i < 20; i++) {
            fixture.timelines.append(appendMany("other" + i, 1_000));
        }
        for (int i = 0; i < 2_000; i++) {
            fixture.timelines.append(append("c", "m" + i));
        }

        assertThat(watcher.seqs(2_000))
                .isEqualTo(LongStream.rangeClosed(1, 2_000).boxed().toList());
    }

    @Test
    void watch_beyondHead_isOutOfRange() throws Exception {
        fixture.timelines.append(append("c", "a"));

        Failure failure = watch(request().setFromSeq(5)).end.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);

        assertThat(failure.reason()).isEqualTo("SEQUENCE_BEYOND_HEAD");
        assertThat(failure.metadata()).containsEntry("last_seq", "1");
    }

    @Test
    void watch_badFields_areNamed() throws Exception {
        Failure failure = watch(WatchRequest.newBuilder().setFromSeq(-1).setKnownSeq(-1))
                .end
                .get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);

        assertThat(failure.fields()).containsExactly("timeline", "from_seq", "known_seq");
    }

    @Test
    void watch_clientCancels_isForgotten() throws Exception {
        Watcher watcher = watch(request());
        assertThat(watcher.next().hasCaughtUp()).isTrue();
        assertThat(fixture.metrics.counter("api.Watch.open").getCount()).isEqualTo(1);

        watcher.call.cancel("enough", null);
        watcher.end.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);

        fixture.timelines.append(append("c", "a"));
        assertThat(watcher.events).isEmpty();
    }

    @Test
    void watch_serverStops_saysSo() throws Exception {
        Watcher watcher = watch(request());
        assertThat(watcher.next().hasCaughtUp()).isTrue();

        fixture.server.close();

        assertThat(watcher.end
                        .get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS)
                        .reason())
                .isEqualTo("SERVER_STOPPING");
    }
}
