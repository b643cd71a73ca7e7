package io.tideline.sync.device;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import io.tideline.hbase.codec.SyncCodec;
import io.tideline.sync.internal.Flow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Devices' checkpoints as records: {@code (device, name)}, the name being the conversation's id, {@code p/} and the id for
 * its personal timeline, or empty for the inbox. Behind the device's name stands its generation, unless that is 0: a
 * device that was forgotten and comes back begins anew, though registers never go back.
 */
final class CheckpointStore {
    private static final String INBOX = "";
    private static final String PERSONAL = "p/";
    /** No device's name holds a control character. */
    private static final char GENERATION = '\u0001';

    private final RecordStore records;
    private final GatheredRaises raises;

    CheckpointStore(RecordStore records) {
        this.records = records;
        this.raises = new GatheredRaises(records);
    }

    /**
     * All of one device.
     *
     * @param byName versions by the key's last part
     */
    record Stored(Map<String, Long> byName) {
        SequenceId inbox() {
            return named(INBOX);
        }

        SequenceId of(ConversationId conversation) {
            return named(conversation.value());
        }

        SequenceId ofPersonal(ConversationId conversation) {
            return named(PERSONAL + conversation.value());
        }

        boolean knows(ConversationId conversation) {
            return byName.containsKey(conversation.value());
        }

        /** Raised by what was sent. */
        Stored with(Collection<SyncCodec.Delivered> sent) {
            if (sent.isEmpty()) {
                return this;
            }
            Map<String, Long> raised = new HashMap<>(byName);
            for (SyncCodec.Delivered part : sent) {
                String name = part.conversation().value();
                raised.merge(name, part.through().value(), Math::max);
                raised.merge(PERSONAL + name, part.personalThrough().value(), Math::max);
            }
            return new Stored(raised);
        }

        private SequenceId named(String name) {
            return SequenceId.of(byName.getOrDefault(name, 0L));
        }
    }

    private static String deviceKey(Device device, long generation) {
        return device.id().value() + (generation == 0 ? "" : "" + GENERATION + generation);
    }

    private static RecordKey key(Device device, long generation, String name) {
        return RecordKey.of(
                device.user().inbox(device.app()),
                RecordKind.CHECKPOINT,
                KeyPart.of(deviceKey(device, generation)),
                KeyPart.of(name));
    }

    /** The keys of the inbox and of these conversations. */
    static List<RecordKey> keys(Device device, long generation, List<ConversationId> conversations) {
        List<RecordKey> keys = new ArrayList<>();
        keys.add(key(device, generation, INBOX));
        for (ConversationId conversation : conversations) {
            keys.add(key(device, generation, conversation.value()));
            keys.add(key(device, generation, PERSONAL + conversation.value()));
        }
        return keys;
    }

    /** Those of the records that are checkpoints. */
    static Stored stored(Iterable<TimelineRecord> found) {
        Map<String, Long> byName = new HashMap<>();
        for (TimelineRecord record : found) {
            if (record.key().kind() == RecordKind.CHECKPOINT) {
                byName.put(record.key().text(1), record.version());
            }
        }
        return new Stored(byName);
    }

    CompletableFuture<Stored> get(
            Device device, long generation, List<ConversationId> conversations, Deadline deadline) {
        return records.get(keys(device, generation, conversations), deadline)
                .thenApply(found -> stored(found.values()));
    }

    /** All that the device has. */
    CompletableFuture<Stored> all(Device device, long generation, Deadline deadline) {
        Map<String, Long> byName = new HashMap<>();
        return eachPage(device, generation, deadline, page -> {
                    page.forEach(record -> byName.put(record.key().text(1), record.version()));
                    return CompletableFuture.completedFuture(null);
                })
                .thenApply(done -> new Stored(byName));
    }

    /**
     * By one request. When only a part of it is carried out it fails, and whoever acknowledges does so again: an inbox
     * checkpoint that is ahead of the conversations' says nothing that the device has not got.
     */
    CompletableFuture<Void> raise(
            Device device, long generation, SequenceId inbox, List<Checkpoint> checkpoints, Deadline deadline) {
        List<TimelineRecord> raised = new ArrayList<>();
        for (Checkpoint checkpoint : checkpoints) {
            String name = checkpoint.conversation().value();
            add(raised, key(device, generation, name), checkpoint.through());
            add(raised, key(device, generation, PERSONAL + name), checkpoint.personalThrough());
        }
        add(raised, key(device, generation, INBOX), inbox);
        return raised.isEmpty() ? CompletableFuture.completedFuture(null) : raises.raise(raised, deadline);
    }

    private static void add(List<TimelineRecord> raised, RecordKey key, SequenceId through) {
        if (!through.isNone()) {
            raised.add(new TimelineRecord(key, through.value(), Payload.EMPTY));
        }
    }

    /** Removes all that the device has. */
    CompletableFuture<Void> remove(Device device, long generation, Deadline deadline) {
        return eachPage(device, generation, deadline, page -> {
            long highest =
                    page.stream().mapToLong(TimelineRecord::version).max().orElse(0);
            return records.remove(page.stream().map(TimelineRecord::key).toList(), highest, deadline);
        });
    }

    private CompletableFuture<Void> eachPage(
            Device device,
            long generation,
            Deadline deadline,
            Function<List<TimelineRecord>, CompletableFuture<Void>> action) {
        RecordScan scan = RecordScan.all(device.user().inbox(device.app()), RecordScan.MAX_ROWS, RecordKind.CHECKPOINT)
                .withPrefix(KeyPart.of(deviceKey(device, generation)));
        return Flow.eachPage(records, scan, () -> deadline, action);
    }
}
