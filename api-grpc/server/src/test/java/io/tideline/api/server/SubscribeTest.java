package io.tideline.api.server;

import static io.tideline.api.server.Chat.APP;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SubscribeResponse;
import io.tideline.api.v1.SyncResponse;
import io.tideline.api.v1.SyncServiceGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SubscribeTest {
    private ServerFixture fixture;
    private Chat chat;
    private String group;

    @BeforeEach
    void start() {
        fixture = new ServerFixture();
        chat = new Chat(fixture.channel);
        group = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", "bob");
        chat.awaitFanout();
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    /** A subscribed device that acknowledges what it gets. */
    private final class Phone implements StreamObserver<SubscribeResponse> {
        final BlockingQueue<SubscribeResponse> events = new LinkedBlockingQueue<>();
        final CompletableFuture<Void> end = new CompletableFuture<>();
        final StreamObserver<SubscribeRequest> requests =
                SyncServiceGrpc.newStub(fixture.channel).subscribe(this);

        Phone register(String user) {
            SubscribeRequest.Builder request = SubscribeRequest.newBuilder();
            request.getRegisterBuilder().setApp(APP).setUser(user).setDevice("phone");
            requests.onNext(request.build());
            return this;
        }

        @Override
        public void onNext(SubscribeResponse event) {
            events.add(event);
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            end.complete(null);
        }

        SubscribeResponse next() throws InterruptedException {
            SubscribeResponse event = events.poll(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(event).isNotNull();
            return event;
        }

        /** Texts up to the caught-up marker. */
        List<String> replay() throws InterruptedException {
            List<String> texts = new ArrayList<>();
            for (SubscribeResponse event = next(); !event.hasCaughtUp(); event = next()) {
                texts.addAll(take(event.getBatch()));
            }
            return texts;
        }

        List<String> take(SyncResponse batch) {
            requests.onNext(
                    SubscribeRequest.newBuilder().setAck(batch.getNext()).build());
            return Chat.texts(batch.getMessagesList());
        }

        Failure failure() throws Exception {
            try {
                end.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
                throw new AssertionError("ended well");
            } catch (ExecutionException e) {
                return Failure.of(e.getCause());
            }
        }
    }

    @Test
    void subscribe_replaysThenIsLive() throws Exception {
        chat.send(group, "bob", "before");
        Phone phone = new Phone().register("anna");

        assertThat(phone.replay()).containsExactly("before");
        chat.send(group, "bob", "live");

        assertThat(phone.take(phone.next().getBatch())).containsExactly("live");
        phone.requests.onCompleted();
        phone.end.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void subscribe_notices_areMarked() throws Exception {
        Phone phone = new Phone().register("anna");
        phone.replay();
        chat.send(group, "bob", "counts");
        List<Message> seen = new ArrayList<>();
        while (seen.isEmpty()) {
            seen.addAll(phone.next().getBatch().getMessagesList());
        }
        chat.messages.send(Chat.notice(group, "bob", "does not"));
        while (seen.size() < 2) {
            seen.addAll(phone.next().getBatch().getMessagesList());
        }

        assertThat(seen).extracting(Message::getNotice).containsExactly(false, true);
    }

    @Test
    void subscribe_again_replacesTheFirst() throws Exception {
        Phone first = new Phone().register("anna");
        first.replay();

        Phone second = new Phone().register("anna");

        assertThat(first.failure().code()).isEqualTo(Code.ABORTED);
        assertThat(first.failure().reason()).isEqualTo("REPLACED");
        second.replay();
    }

    @Test
    void subscribe_outOfTurnOrMalformed_isRefused() throws Exception {
        Phone ack = new Phone();
        ack.requests.onNext(SubscribeRequest.newBuilder().setAck("x").build());

        assertThat(ack.failure().fields()).containsExactly("register");
        assertThat(new Phone().register("").failure().fields()).containsExactly("user");
    }

    @Test
    void subscribe_foreignToken_isRefused() throws Exception {
        Phone phone = new Phone().register("anna");
        phone.replay();

        phone.requests.onNext(SubscribeRequest.newBuilder().setAck("nonsense").build());

        assertThat(phone.failure().reason()).isEqualTo("INVALID_SYNC_TOKEN");
    }

    @Test
    void subscribe_serverStops_saysSo() throws Exception {
        Phone phone = new Phone().register("anna");
        phone.replay();

        fixture.server.close();

        assertThat(phone.failure().reason()).isEqualTo("SERVER_STOPPING");
    }
}
