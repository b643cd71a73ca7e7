package io.tideline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.tideline.client.DeviceFixture.Recorder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that can go wrong, in random order, and at the end everything is there, once and in order. */
class DeviceStormTest {
    private static final List<String> ROOMS = List.of("a", "b", "c");
    private static final int STEPS = 150;

    @TempDir
    private Path directory;

    private DeviceFixture fixture;
    private FakeMessaging server;
    private DeviceClient device;
    private FakeMessaging.Subscription stream;
    private final Map<String, List<Long>> shown = new HashMap<>();
    private final Recorder recorder = new Recorder();
    private int sent;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void storm_everythingIsThereOnceInOrder(long seed) throws Exception {
        fixture = new DeviceFixture(directory);
        server = fixture.server;
        try {
            ROOMS.forEach(room -> server.post(room, "bob", "first"));
            openDevice();
            stream.replay();
            recorder.until("caught up").forEach(this::note);
            Random random = new Random(seed);
            for (int i = 0; i < STEPS; i++) {
                step(random);
            }
            settle();

            for (String room : ROOMS) {
                long last = server.payloads(room).size();
                assertThat(shown.get(room))
                        .as("seed %d, room %s", seed, room)
                        .isEqualTo(LongStream.rangeClosed(1, last).boxed().toList());
                assertThat(DeviceFixture.get(device.unread(room)))
                        .as("seed %d, room %s", seed, room)
                        .isEqualTo(server.unreadOf(room).getUnread());
            }
            assertThat(ownTexts()).as("seed %d", seed).hasSize(sent).doesNotHaveDuplicates();
            for (String room : ROOMS) {
                assertThat(ownNumbers(room)).as("seed %d, room %s", seed, room).isSorted();
            }
        } finally {
            device.close();
            fixture.close();
        }
    }

    private List<String> ownTexts() {
        return ROOMS.stream()
                .flatMap(room -> server.payloads(room).stream())
                .filter(text -> text.startsWith("mine"))
                .toList();
    }

    private List<Integer> ownNumbers(String room) {
        return server.payloads(room).stream()
                .filter(text -> text.startsWith("mine"))
                .map(text -> Integer.parseInt(text.substring("mine ".length())))
                .toList();
    }

    private void step(Random random) throws Exception {
        String room = ROOMS.get(random.nextInt(ROOMS.size()));
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> server.post(room, "bob", "text");
            case 3, 4, 5 -> pushAnything(random, room);
            case 6 -> stream.hint(room);
            case 7 -> server.losesAcks(random.nextBoolean());
            case 8 -> server.doublesPages(random.nextBoolean());
            case 9 -> send(random, room);
            case 10 -> reconnect();
            default -> reopen();
        }
    }

    /** Some range of what is stored: repeated, ahead of others, or with a hole before it. */
    private void pushAnything(Random random, String room) {
        int last = server.payloads(room).size();
        int from = 1 + random.nextInt(last);
        int to = from + random.nextInt(last - from + 1);
        stream.push(server.batch(room, from, to));
    }

    private void send(Random random, String room) {
        server.loseSendAnswers(random.nextInt(2));
        CompletableFuture<?> unused = device.send(room, "text", DeviceFixture.bytes("mine " + sent++));
    }

    private void openDevice() throws Exception {
        device = fixture.started(recorder);
        stream = awaitStream();
    }

    private void reopen() throws Exception {
        device.close();
        note();
        openDevice();
    }

    private void reconnect() throws Exception {
        stream.end(Status.Code.UNAVAILABLE, "SERVER_STOPPING");
        stream = awaitStream();
    }

    /** Moves the time until the device has tried again. */
    private FakeMessaging.Subscription awaitStream() throws InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            FakeMessaging.Subscription found = server.subscriptions.poll(10, TimeUnit.MILLISECONDS);
            if (found != null) {
                return found;
            }
            fixture.timer.advance(Duration.ofMillis(200));
        }
        throw new AssertionError("The device does not come back");
    }

    private void settle() throws Exception {
        server.loseSendAnswers(0);
        server.losesAcks(false);
        server.doublesPages(false);
        for (int i = 0; i < 1_000 && device.queued() > 0; i++) {
            fixture.timer.advance(Duration.ofSeconds(5));
            DeviceFixture.get(device.totalUnread());
            server.subscriptions.poll(10, TimeUnit.MILLISECONDS);
        }
        reopen();
        note();
        stream.replay();
        recorder.until("caught up").forEach(this::note);
    }

    private void note() {
        List<String> events = new ArrayList<>();
        recorder.events.drainTo(events);
        events.forEach(this::note);
    }

    private void note(String event) {
        String[] words = event.split(" ", -1);
        if (words[0].equals("message")) {
            shown.computeIfAbsent(words[1], room -> new ArrayList<>()).add(Long.parseLong(words[2]));
        }
        assertThat(words[0]).as(event).isNotEqualTo("failed");
    }
}
