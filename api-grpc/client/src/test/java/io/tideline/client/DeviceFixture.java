package io.tideline.client;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.UserConversation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server in memory and devices of one user whose time the test moves. */
final class DeviceFixture implements AutoCloseable {
    /** Of the first attempt, with the random in the middle. */
    static final Duration FIRST_WAIT = Duration.ofNanos(37_500_000);

    final FakeMessaging server = new FakeMessaging();
    final ManualTimer timer = new ManualTimer();
    final TidelineClientConfig config;
    final TidelineClient client;
    final DeviceConfig device;

    DeviceFixture(Path directory) throws IOException {
        config = TidelineClientConfig.of(server.target()).withToken(() -> "secret");
        client = client(timer);
        device = DeviceConfig.of("app", FakeMessaging.USER, "phone", directory.resolve("phone.db"));
    }

    TidelineClient client(ManualTimer itsTimer) {
        return new TidelineClient(
                new CallContext(
                        config,
                        Channels.open(config, itsTimer),
                        itsTimer,
                        new Backoff(() -> 0.5),
                        new OpenCalls(config.maxPending())),
                new ClientMessageIds("made-"));
    }

    DeviceClient open(DeviceListener listener) {
        return client.messaging().openDevice(device, listener);
    }

    DeviceClient started(DeviceListener listener) {
        DeviceClient opened = open(listener);
        opened.start();
        return opened;
    }

    /** Whatever waits to be tried again is tried again. */
    void retry() throws InterruptedException {
        timer.awaitAsked(FIRST_WAIT);
        timer.advance(FIRST_WAIT);
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        client.close();
        server.close();
    }

    /** Writes down what a device says. */
    static class Recorder implements DeviceListener {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();

        @Override
        public void onMessage(String conversationId, Message message) {
            events.add("message " + conversationId + " " + message.getSeq() + " "
                    + message.getPayload().toStringUtf8());
        }

        @Override
        public void onChanged(String conversationId, Message message) {
            events.add("changed " + conversationId + " " + message.getSeq() + " " + message.getState() + " "
                    + message.getPayload().toStringUtf8());
        }

        @Override
        public void onUnread(String conversationId, long count) {
            events.add("unread " + conversationId + " " + count);
        }

        @Override
        public void onMembership(UserConversation conversation) {
            events.add("membership " + conversation.getConversationId());
        }

        @Override
        public void onBegunAnew(String conversationId) {
            events.add("begun anew " + conversationId);
        }

        @Override
        public void onCaughtUp() {
            events.add("caught up");
        }

        @Override
        public void onSent(String conversationId, String clientMessageId, SendResponse response) {
            events.add("sent " + conversationId + " " + response.getSeq());
        }

        @Override
        public void onRefused(String conversationId, String clientMessageId, TidelineCallException refusal) {
            events.add("refused " + conversationId + " " + refusal.reason());
        }

        @Override
        public void onOffline(TidelineCallException cause) {
            events.add("offline " + cause.code());
        }

        @Override
        public void onFailure(RuntimeException failure) {
            events.add("failed "
                    + (failure instanceof TidelineCallException call
                            ? call.reason()
                            : failure.getClass().getSimpleName()));
        }

        /** Everything up to and with this event. */
        List<String> until(String last) throws InterruptedException {
            List<String> seen = new ArrayList<>();
            while (true) {
                String event = events.poll(10, TimeUnit.SECONDS);
                if (event == null) {
                    throw new AssertionError("Waited for \"" + last + "\" and saw " + seen);
                }
                seen.add(event);
                if (event.equals(last)) {
                    return seen;
                }
            }
        }

        /** Only what was shown, up to and with this event. */
        List<String> shownUntil(String last) throws InterruptedException {
            return until(last).stream()
                    .filter(event -> event.startsWith("message"))
                    .toList();
        }
    }
}
