package io.tideline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.client.DeviceFixture.Recorder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a device counts where it has not got everything that counts on the server. */
class DeviceUnreadTest {
    private static final int STEPS = 60;

    @TempDir
    private Path directory;

    private DeviceFixture fixture;
    private FakeMessaging server;
    private FakeMessaging.Subscription stream;
    private final Recorder recorder = new Recorder();
    private int rounds;

    @BeforeEach
    void open() throws IOException {
        fixture = new DeviceFixture(directory);
        server = fixture.server;
    }

    @AfterEach
    void close() throws InterruptedException {
        fixture.close();
    }

    private void post(int count) {
        for (int i = 0; i < count; i++) {
            server.post("room", "bob", "text");
        }
    }

    private DeviceClient caughtUp() throws Exception {
        DeviceClient device = fixture.started(recorder);
        stream = server.awaitSubscription();
        stream.replay();
        recorder.until("caught up");
        return device;
    }

    /** Pushes something of another conversation and waits until it is shown: then the device is done with what was before. */
    private List<String> afterAnotherRound() throws Exception {
        server.post("rounds", FakeMessaging.USER, "round");
        rounds++;
        stream.push(server.batch("rounds", rounds, rounds));
        return recorder.until("message rounds " + rounds + " round");
    }

    @Test
    void erasedMessages_amongTheNew_countAsOnTheServer() throws Exception {
        post(2);
        try (DeviceClient device = caughtUp()) {
            post(3);
            server.eraseMessage("room", 4);

            stream.push(server.batch("room", 3, 5));

            assertThat(afterAnotherRound())
                    .filteredOn(event -> event.startsWith("unread room"))
                    .containsExactly("unread room 5");
            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(5);
        }
    }

    @Test
    void erasedMessages_ofTheUserHimself_countAsOnTheServer() throws Exception {
        post(2);
        try (DeviceClient device = caughtUp()) {
            server.post("room", FakeMessaging.USER, "mine");
            post(1);
            server.eraseMessage("room", 3);

            stream.push(server.batch("room", 3, 4));

            assertThat(afterAnotherRound())
                    .filteredOn(event -> event.startsWith("unread room"))
                    .containsExactly("unread room 1");
            assertThat(DeviceFixture.get(device.totalUnread())).isEqualTo(1);
        }
    }

    @Test
    void markRead_beforeAnErasedMessage_whileOffline_leavesWhatTheServerWillSay() throws Exception {
        post(4);
        server.eraseMessage("room", 3);
        try (DeviceClient device = caughtUp()) {
            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(4);
            server.stop();

            assertThat(DeviceFixture.get(device.markRead("room", 2))).isEqualTo(2);
            assertThat(DeviceFixture.get(device.markRead("room", 3))).isEqualTo(1);
            assertThat(DeviceFixture.get(device.markRead("room", 4))).isZero();
        }
    }

    @Test
    void expiredMessages_amongTheNew_countAsOnTheServer() throws Exception {
        post(2);
        try (DeviceClient device = caughtUp()) {
            post(3);
            server.expire("room", 4);

            stream.push(server.batch("room", 3, 5));

            assertThat(afterAnotherRound())
                    .filteredOn(event -> event.startsWith("unread room"))
                    .containsExactly("unread room 1");
            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(1);
        }
    }

    @Test
    void markRead_beforeAnErasedMessage_afterExpiredOnes_whileOffline_leavesWhatTheServerWillSay() throws Exception {
        post(8);
        server.eraseMessage("room", 8);
        caughtUp().close();
        server.expire("room", 4);
        try (DeviceClient device = caughtUp()) {
            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(4);
            server.stop();

            assertThat(DeviceFixture.get(device.markRead("room", 5))).isEqualTo(3);
            assertThat(DeviceFixture.get(device.markRead("room", 8))).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void erasedMessages_anywhere_theDeviceCountsWhatTheServerCounts(long seed) throws Exception {
        Random random = new Random(seed);
        post(3);
        try (DeviceClient device = caughtUp()) {
            long brought = 3;
            for (int i = 0; i < STEPS; i++) {
                long head = server.payloads("room").size();
                switch (random.nextInt(8)) {
                    case 0, 1 -> post(1 + random.nextInt(3));
                    case 2 -> server.postNotice("room", "bob", "notice");
                    case 3 -> server.post("room", FakeMessaging.USER, "mine");
                    // Mostly something that the device has not got yet.
                    case 4 ->
                        server.eraseMessage(
                                "room", head - random.nextInt((int) Math.max(1, Math.min(head, head - brought))));
                    case 5 -> {
                        long unused = DeviceFixture.get(device.markRead("room", 1 + random.nextInt((int) brought)));
                    }
                    default -> {
                        if (brought < head) {
                            stream.push(server.batch("room", brought + 1, head));
                            brought = head;
                            afterAnotherRound();
                        }
                    }
                }
                if (brought == server.payloads("room").size()) {
                    assertThat(counted(device))
                            .as("seed %d, step %d", seed, i)
                            .isEqualTo(server.unreadOf("room").getUnread());
                }
            }
        }
    }

    /** Once the server, and then the device, had the time to hear of the last mark. */
    private long counted(DeviceClient device) throws Exception {
        for (int i = 0; i < 200; i++) {
            long count = DeviceFixture.get(device.totalUnread());
            if (count == server.unreadOf("room").getUnread()) {
                return count;
            }
            afterAnotherRound();
        }
        return DeviceFixture.get(device.totalUnread());
    }
}
