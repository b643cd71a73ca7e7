package io.tideline.sync.device;

import io.tideline.core.conversation.DeviceId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.AppId;
import io.tideline.hbase.codec.SyncCodec;
import io.tideline.hbase.codec.SyncCodec.DeviceState;
import io.tideline.hbase.codec.SyncCodec.NewestStream;
import io.tideline.hbase.codec.SyncCodec.StreamOrigin;
import io.tideline.sync.internal.Flow;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which devices a user has, and which stream of each is the newest. A device registers itself by its first sync.
 *
 * <p>A stream's number is the version that the device's record got when the stream was opened: it grows over all servers,
 * whatever else is written into the record, and costs no read besides the one that admits the device.
 */
final class DeviceRegistry {
    /** As many streams of one device would have to be opened at the same moment. */
    private static final int MOST_RACES = 10;

    private final RecordStore records;
    private final SyncConfig config;
    private final InstantSource clock;
    private final RandomGenerator stamps;

    DeviceRegistry(RecordStore records, SyncConfig config, InstantSource clock, RandomGenerator stamps) {
        this.records = records;
        this.config = config;
        this.clock = clock;
        this.stamps = stamps;
    }

    int most() {
        return config.maxDevices();
    }

    /** What was read or written of a device. */
    record Known(DeviceState state, long version) {
        long generation() {
            return state.generation();
        }
    }

    /**
     * A stream that has its number.
     *
     * @param before what was known of the device before that
     */
    record Numbered(long number, Known before) {}

    private static RecordKey key(Device device) {
        return RecordKey.of(
                device.user().inbox(device.app()),
                RecordKind.DEVICE,
                KeyPart.of(device.id().value()));
    }

    private CompletableFuture<Optional<Known>> find(Device device, Deadline deadline) {
        RecordKey key = key(device);
        return records.get(List.of(key), deadline).thenApply(found -> Optional.ofNullable(found.get(key))
                .map(record -> new Known(SyncCodec.decodeDevice(record), record.version())));
    }

    /** The generation of a device that is registered now. */
    CompletableFuture<OptionalLong> generation(Device device, Deadline deadline) {
        return find(device, deadline)
                .thenApply(known -> known.filter(k -> !k.state().forgotten())
                        .map(k -> OptionalLong.of(k.state().generation()))
                        .orElse(OptionalLong.empty()));
    }

    /** What is known of many, by one read; those that are not registered now are absent. */
    CompletableFuture<Map<Device, DeviceState>> states(Collection<Device> wanted, Deadline deadline) {
        Map<Device, DeviceState> states = new HashMap<>();
        return Flow.repeatOver(List.copyOf(wanted), RecordStore.MAX_RECORDS, some -> records.get(
                                some.stream().map(DeviceRegistry::key).toList(), deadline)
                        .thenAccept(found -> some.forEach(device -> {
                            @Nullable TimelineRecord record = found.get(key(device));
                            DeviceState state = record == null ? null : SyncCodec.decodeDevice(record);
                            if (state != null && !state.forgotten()) {
                                states.put(device, state);
                            }
                        })))
                .thenApply(done -> states);
    }

    /** A device that is registered now. It has shown itself, which is remembered now and then. */
    CompletableFuture<Optional<Known>> seen(Device device, Deadline deadline) {
        return find(device, deadline).thenCompose(found -> {
            Optional<Known> known = found.filter(k -> !k.state().forgotten());
            if (known.isEmpty()) {
                return CompletableFuture.completedFuture(known);
            }
            DeviceState state = known.get().state();
            Instant now = now();
            if (state.lastSeen().plus(config.seenInterval()).isAfter(now)) {
                return CompletableFuture.completedFuture(known);
            }
            DeviceState seen = new DeviceState(state.generation(), false, state.registered(), now, state.newest());
            long version = known.get().version();
            // Who loses this race has been seen by the other.
            return replace(device, seen, version, deadline)
                    .thenApply(done -> done ? Optional.of(new Known(seen, version + 1)) : known);
        });
    }

    /** Registers a device that is not; empty when the user has too many. */
    CompletableFuture<Optional<Known>> register(Device device, Deadline deadline) {
        return devices(device.app(), device.user(), deadline).thenCompose(devices -> {
            boolean known = devices.stream().anyMatch(d -> d.id().equals(device.id()));
            return !known && devices.size() >= config.maxDevices()
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : find(device, deadline).thenCompose(found -> register(device, found, deadline));
        });
    }

    private CompletableFuture<Optional<Known>> register(Device device, Optional<Known> found, Deadline deadline) {
        if (found.isPresent() && !found.get().state().forgotten()) {
            return CompletableFuture.completedFuture(found);
        }
        long generation = found.map(Known::generation).orElse(0L);
        long version = found.map(Known::version).orElse(0L);
        DeviceState state = new DeviceState(generation, false, now(), now(), NewestStream.NONE);
        return replace(device, state, version, deadline)
                .thenCompose(done -> done
                        ? CompletableFuture.completedFuture(Optional.of(new Known(state, version + 1)))
                        : register(device, deadline));
    }

    /** Makes a stream of the device its newest one; empty when the device was forgotten since it was known. */
    CompletableFuture<Optional<Numbered>> number(Device device, StreamOrigin origin, Known known, Deadline deadline) {
        return number(device, origin, known, 1, deadline);
    }

    private CompletableFuture<Optional<Numbered>> number(
            Device device, StreamOrigin origin, Known known, int race, Deadline deadline) {
        DeviceState state = known.state();
        long number = known.version() + 1;
        NewestStream newest = new NewestStream(number, stamps.nextLong(), origin);
        DeviceState next = new DeviceState(state.generation(), false, state.registered(), now(), newest);
        return replace(device, next, known.version(), deadline).thenCompose(done -> {
            if (done) {
                return CompletableFuture.completedFuture(Optional.of(new Numbered(number, known)));
            }
            if (race == MOST_RACES) {
                throw new StorageUnavailableException("too many streams of a device at once", Map.of(), null);
            }
            return find(device, deadline).thenCompose(found -> {
                Optional<Known> now = found.filter(k -> !k.state().forgotten() && k.generation() == known.generation());
                return now.isPresent()
                        ? number(device, origin, now.get(), race + 1, deadline)
                        : CompletableFuture.completedFuture(Optional.empty());
            });
        });
    }

    /**
     * Takes back the number of a stream that nobody has, so that no other is ended for it; does nothing when there is a
     * newer one by now.
     */
    CompletableFuture<Void> giveBack(Device device, Numbered unused, Deadline deadline) {
        return replace(device, unused.before().state(), unused.number(), deadline)
                .thenAccept(done -> {});
    }

    CompletableFuture<List<DeviceDescription>> devices(AppId app, UserId user, Deadline deadline) {
        return records.scan(RecordScan.all(user.inbox(app), RecordScan.MAX_ROWS, RecordKind.DEVICE), deadline)
                .thenApply(page -> page.records().stream()
                        .filter(record -> !SyncCodec.decodeDevice(record).forgotten())
                        .map(DeviceRegistry::describe)
                        .sorted(Comparator.comparing(device -> device.id().value()))
                        .toList());
    }

    private static DeviceDescription describe(TimelineRecord record) {
        DeviceState state = SyncCodec.decodeDevice(record);
        return new DeviceDescription(
                new DeviceId(record.key().text(0)), state.registered(), state.lastSeen(), state.generation());
    }

    /** Ends the device's generation; answers it, or empty when the device is not registered. */
    CompletableFuture<OptionalLong> forget(Device device, Deadline deadline) {
        return find(device, deadline).thenCompose(found -> {
            if (found.isEmpty() || found.get().state().forgotten()) {
                return CompletableFuture.completedFuture(OptionalLong.empty());
            }
            DeviceState state = found.get().state();
            DeviceState next = new DeviceState(
                    state.generation() + 1, true, state.registered(), state.lastSeen(), NewestStream.NONE);
            return replace(device, next, found.get().version(), deadline)
                    .thenCompose(done -> done
                            ? CompletableFuture.completedFuture(OptionalLong.of(state.generation()))
                            : forget(device, deadline));
        });
    }

    private CompletableFuture<Boolean> replace(Device device, DeviceState next, long version, Deadline deadline) {
        return records.replace(new TimelineRecord(key(device), version + 1, SyncCodec.encode(next)), version, deadline);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
