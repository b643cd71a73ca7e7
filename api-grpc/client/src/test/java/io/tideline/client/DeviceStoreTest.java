package io.tideline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tideline.client.DeviceFixture.Recorder;
import io.tideline.client.DeviceStoreException.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceStoreTest {
    @TempDir
    private Path directory;

    private DeviceFixture fixture;
    private final Recorder recorder = new Recorder();

    @BeforeEach
    void open() throws IOException {
        fixture = new DeviceFixture(directory);
    }

    @AfterEach
    void close() throws InterruptedException {
        fixture.close();
    }

    private static void assertRefused(Reason reason, ThrowingCallable opening) {
        assertThatThrownBy(opening)
                .isInstanceOfSatisfying(DeviceStoreException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(reason))
                .hasMessageContaining("phone.db");
    }

    private void fill() throws Exception {
        for (int i = 0; i < 20; i++) {
            fixture.server.post("room", "bob", "a text that is to be found in the file");
        }
        try (DeviceClient device = fixture.started(recorder)) {
            fixture.server.awaitSubscription().replay();
            recorder.until("caught up");
        }
    }

    @Test
    void open_noDatabase_isDamaged() throws IOException {
        Files.writeString(fixture.device.store(), "This is a letter and not a store. ".repeat(100));

        assertRefused(Reason.DAMAGED, () -> fixture.open(recorder));
        assertThat(fixture.device.store()).exists();
    }

    @Test
    void open_pagesOverwritten_isDamaged() throws Exception {
        fill();
        try (RandomAccessFile file = new RandomAccessFile(fixture.device.store().toFile(), "rw")) {
            for (long at = 4_096; at < file.length(); at += 4_096) {
                file.seek(at);
                file.write(new byte[200]);
            }
        }

        assertRefused(Reason.DAMAGED, () -> fixture.open(recorder));
    }

    @Test
    void read_valueAltered_isDamagedAndEndsTheDevice() throws Exception {
        fill();
        byte[] content = Files.readAllBytes(fixture.device.store());
        byte[] text = "to be found".getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at < content.length - text.length; at++) {
            if (java.util.Arrays.equals(content, at, at + text.length, text, 0, text.length)) {
                content[at] ^= 1;
            }
        }
        Files.write(fixture.device.store(), content);

        try (DeviceClient device = fixture.open(recorder)) {
            assertThatThrownBy(() -> DeviceFixture.get(device.messages("room", 1)))
                    .hasCauseInstanceOf(DeviceStoreException.class)
                    .hasMessageContaining("DAMAGED");
            recorder.until("failed DeviceStoreException");
        }
    }

    @Test
    void open_ofAnotherUser_isRefused() throws Exception {
        fill();
        DeviceConfig other = DeviceConfig.of("app", "mallory", "phone", fixture.device.store());

        assertRefused(Reason.OTHER_OWNER, () -> fixture.client.messaging().openDevice(other, recorder));
    }

    @Test
    void open_twice_isRefused() {
        try (DeviceClient device = fixture.open(recorder)) {
            assertRefused(Reason.IN_USE, () -> fixture.open(recorder));
        }
    }

    @Test
    void open_newerFormat_isRefused() {
        fixture.open(recorder).close();
        DeviceDatabase database = DeviceDatabase.open(fixture.device.store());
        database.transaction(() -> database.update("PRAGMA user_version = 99"));
        database.close();

        assertRefused(Reason.NEWER_FORMAT, () -> fixture.open(recorder));
    }

    @Test
    void open_firstFormat_isBroughtToTheSecond() throws Exception {
        fill();
        DeviceDatabase database = DeviceDatabase.open(fixture.device.store());
        database.transaction(() -> {
            for (String column : List.of("personal_read_seq", "base_personal_unread", "base_personal_seq")) {
                database.update("ALTER TABLE conversation DROP COLUMN " + column);
            }
            database.update("PRAGMA user_version = 1");
        });
        database.close();

        try (DeviceClient device = fixture.open(recorder)) {
            assertThat(DeviceFixture.get(device.unread("room"))).isEqualTo(20);
            assertThat(DeviceFixture.get(device.markRead("room", 19))).isEqualTo(1);
        }
    }

    @Test
    void open_directoryMissing_isUnusable() {
        DeviceConfig nowhere = DeviceConfig.of(
                "app", "alice", "phone", directory.resolve("missing").resolve("phone.db"));

        assertRefused(Reason.UNUSABLE, () -> fixture.client.messaging().openDevice(nowhere, recorder));
    }
}
