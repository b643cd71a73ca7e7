package io.tideline.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * Which device of whom, and what it keeps.
 *
 * @param store file of the local store; made when it is not there. One process at a time
 * @param keepMessages how many of the latest messages of each conversation stay on the device, 1 to 100,000
 * @param maxQueued messages that wait to be sent, 1 or more; one more is refused
 * @param latest of a conversation that is new to the device, how many of the latest messages come by themselves, 1 to 100
 * @param pollEvery while no stream can be had: how often the device asks instead
 * @param silence a stream on which nothing came for so long, not even a heartbeat, is given up for a new one
 */
public record DeviceConfig(
        String app,
        String user,
        String device,
        Path store,
        int keepMessages,
        int maxQueued,
        int latest,
        Duration pollEvery,
        Duration silence) {
    private static final int MOST_KEPT = 100_000;
    private static final int MOST_LATEST = 100;

    public DeviceConfig {
        requireNamed("app", app);
        requireNamed("user", user);
        requireNamed("device", device);
        Objects.requireNonNull(store, "store");
        requireWithin("keepMessages", keepMessages, MOST_KEPT);
        requireWithin("maxQueued", maxQueued, Integer.MAX_VALUE);
        requireWithin("latest", latest, MOST_LATEST);
        requirePositive("pollEvery", pollEvery);
        requirePositive("silence", silence);
    }

    /** Keeps 1,000 messages a conversation and 10,000 unsent ones, asks for the latest 20, and polls every 30 s. */
    public static DeviceConfig of(String app, String user, String device, Path store) {
        return new DeviceConfig(
                app, user, device, store, 1_000, 10_000, 20, Duration.ofSeconds(30), Duration.ofMinutes(2));
    }

    public DeviceConfig withKeepMessages(int newKeepMessages) {
        return new DeviceConfig(app, user, device, store, newKeepMessages, maxQueued, latest, pollEvery, silence);
    }

    public DeviceConfig withMaxQueued(int newMaxQueued) {
        return new DeviceConfig(app, user, device, store, keepMessages, newMaxQueued, latest, pollEvery, silence);
    }

    public DeviceConfig withLatest(int newLatest) {
        return new DeviceConfig(app, user, device, store, keepMessages, maxQueued, newLatest, pollEvery, silence);
    }

    public DeviceConfig withPollEvery(Duration newPollEvery) {
        return new DeviceConfig(app, user, device, store, keepMessages, maxQueued, latest, newPollEvery, silence);
    }

    public DeviceConfig withSilence(Duration newSilence) {
        return new DeviceConfig(app, user, device, store, keepMessages, maxQueued, latest, pollEvery, newSilence);
    }

    private static void requireNamed(String name, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(name + ": empty (expected: 1..64 bytes)");
        }
    }

    private static void requireWithin(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1.." + most + ")");
        }
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(name + ": " + duration + " (expected: more than 0)");
        }
    }
}
