package io.tideline.sync.device;

import io.tideline.core.conversation.DeviceId;
import io.tideline.core.conversation.UserId;
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
import org.jspecify.annotations.Nullable;

/** Which devices a user has. A device registers itself by its first sync. */
final class DeviceRegistry {
    private final RecordStore records;
    private final SyncConfig config;
    private final InstantSource clock;

    DeviceRegistry(RecordStore records, SyncConfig config, InstantSource clock) {
        this.records = records;
        this.config = config;
        this.clock = clock;
    }

    int most() {
        return config.maxDevices();
    }

    private record Known(DeviceState state, long version) {}

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

    /** The same of many; those that are not registered now are absent. */
    CompletableFuture<Map<Device, Long>> generations(Collection<Device> wanted, Deadline deadline) {
        Map<Device, Long> generations = new HashMap<>();
        return Flow.repeatOver(List.copyOf(wanted), RecordStore.MAX_RECORDS, some -> records.get(
                                some.stream().map(DeviceRegistry::key).toList(), deadline)
                        .thenAccept(found -> some.forEach(device -> {
                            @Nullable TimelineRecord record = found.get(key(device));
                            DeviceState state = record == null ? null : SyncCodec.decodeDevice(record);
                            if (state != null && !state.forgotten()) {
                                generations.put(device, state.generation());
                            }
                        })))
                .thenApply(done -> generations);
    }

    /** The same; the device has shown itself, which is remembered now and then. */
    CompletableFuture<OptionalLong> seen(Device device, Deadline deadline) {
        return find(device, deadline).thenCompose(found -> {
            Optional<Known> known = found.filter(k -> !k.state().forgotten());
            if (known.isEmpty()) {
                return CompletableFuture.completedFuture(OptionalLong.empty());
            }
            DeviceState state = known.get().state();
            OptionalLong generation = OptionalLong.of(state.generation());
            Instant now = now();
            if (state.lastSeen().plus(config.seenInterval()).isAfter(now)) {
                return CompletableFuture.completedFuture(generation);
            }
            DeviceState seen = new DeviceState(state.generation(), false, state.registered(), now);
            // Who loses this race has been seen by the other.
            return replace(device, seen, known.get().version(), deadline).thenApply(done -> generation);
        });
    }

    /** Registers a device that is not; empty when the user has too many. */
    CompletableFuture<OptionalLong> register(Device device, Deadline deadline) {
        return devices(device.app(), device.user(), deadline).thenCompose(devices -> {
            boolean known = devices.stream().anyMatch(d -> d.id().equals(device.id()));
            return !known && devices.size() >= config.maxDevices()
                    ? CompletableFuture.completedFuture(OptionalLong.empty())
                    : find(device, deadline).thenCompose(found -> register(device, found, deadline));
        });
    }

    private CompletableFuture<OptionalLong> register(Device device, Optional<Known> found, Deadline deadline) {
        if (found.isPresent() && !found.get().state().forgotten()) {
            return CompletableFuture.completedFuture(
                    OptionalLong.of(found.get().state().generation()));
        }
        long generation = found.map(k -> k.state().generation()).orElse(0L);
        DeviceState state = new DeviceState(generation, false, now(), now());
        return replace(device, state, found.map(Known::version).orElse(0L), deadline)
                .thenCompose(done -> done
                        ? CompletableFuture.completedFuture(OptionalLong.of(generation))
                        : register(device, deadline));
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
            DeviceState next = new DeviceState(state.generation() + 1, true, state.registered(), state.lastSeen());
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
