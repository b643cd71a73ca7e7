package io.tideline.hbase.codec;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.tier.OwnRetention;
import io.tideline.core.timeline.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Records of registries, and of what operators set.
 *
 * <pre>
 * UNIQUE  1 | conversation | fingerprint of the request, empty for none
 * LEASE   1 | holder | expires at(8) | message ids are reserved through(8), milliseconds since the epoch
 * SCHEDULER_PASS  1 | server | how it ended(1) | ended at(8) | took(8), both in milliseconds | due timelines(8)
 *                 | moved entries(8) | moved bytes(8) | expired entries(8) | failed timelines(8) | lag in days(8)
 * RETENTION  1 | 0: as the policy says, 1: for ever, 2: for | milliseconds(8), 0 unless 2
 * </pre>
 */
public final class RegistryCodec {
    private static final int FORMAT = 1;
    private static final int BY_POLICY = 0;
    private static final int FOR_EVER = 1;
    private static final int FOR = 2;

    private RegistryCodec() {}

    /**
     * Whose a unique name is.
     *
     * @param fingerprint of the request that took it, so that another one under the same name is noticed; may be empty
     */
    public record UniqueName(ConversationId conversation, String fingerprint) {}

    /**
     * A lease of a node number.
     *
     * @param holder who has it
     * @param expires from when on another may take it
     * @param reservedThrough no id later than this, of this node, was given by any holder so far
     */
    public record NodeLease(String holder, Instant expires, Instant reservedThrough) {}

    /**
     * A pass of the store scheduler.
     *
     * @param server the name of the process that made it
     * @param ended how, 0 to 127; what the numbers mean is the scheduler's
     */
    public record SchedulerPass(
            String server,
            int ended,
            Instant at,
            Duration took,
            long due,
            long entries,
            long bytes,
            long expired,
            long failed,
            long lagDays) {}

    public static Payload encode(UniqueName name) {
        return new FieldWriter(FORMAT)
                .text(name.conversation().value())
                .text(name.fingerprint())
                .done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the value is none that {@code encode} wrote
     */
    public static UniqueName decodeUnique(TimelineRecord record) {
        FieldReader reader = new FieldReader("unique name", record.value()).format(FORMAT);
        return new UniqueName(new ConversationId(reader.text()), reader.text());
    }

    public static Payload encode(NodeLease lease) {
        return new FieldWriter(FORMAT)
                .text(lease.holder())
                .number(lease.expires().toEpochMilli())
                .number(lease.reservedThrough().toEpochMilli())
                .done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the value is none that {@code encode} wrote
     */
    public static NodeLease decodeLease(TimelineRecord record) {
        FieldReader reader = new FieldReader("lease", record.value()).format(FORMAT);
        return new NodeLease(
                reader.text(), Instant.ofEpochMilli(reader.number()), Instant.ofEpochMilli(reader.number()));
    }

    public static Payload encode(SchedulerPass pass) {
        return new FieldWriter(FORMAT)
                .text(pass.server())
                .code(pass.ended())
                .number(pass.at().toEpochMilli())
                .number(pass.took().toMillis())
                .number(pass.due())
                .number(pass.entries())
                .number(pass.bytes())
                .number(pass.expired())
                .number(pass.failed())
                .number(pass.lagDays())
                .done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the value is none that {@code encode} wrote
     */
    public static SchedulerPass decodePass(TimelineRecord record) {
        FieldReader reader = new FieldReader("scheduler pass", record.value()).format(FORMAT);
        return new SchedulerPass(
                reader.text(),
                reader.code(),
                Instant.ofEpochMilli(reader.number()),
                Duration.ofMillis(reader.number()),
                reader.number(),
                reader.number(),
                reader.number(),
                reader.number(),
                reader.number(),
                reader.number());
    }

    /** Writes a conversation's own retention; empty: it has none any more. */
    public static Payload encode(Optional<OwnRetention> retention) {
        Optional<Duration> keep = retention.flatMap(OwnRetention::keep);
        int kind = retention.isEmpty() ? BY_POLICY : keep.isEmpty() ? FOR_EVER : FOR;
        return new FieldWriter(FORMAT)
                .code(kind)
                .number(keep.map(Duration::toMillis).orElse(0L))
                .done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the value is none that {@code encode} wrote
     */
    public static Optional<OwnRetention> decodeRetention(TimelineRecord record) {
        FieldReader reader = new FieldReader("retention", record.value()).format(FORMAT);
        int kind = reader.code();
        long millis = reader.number();
        return switch (kind) {
            case BY_POLICY -> Optional.empty();
            case FOR_EVER -> Optional.of(OwnRetention.FOR_EVER);
            case FOR -> Optional.of(OwnRetention.of(Duration.ofMillis(millis)));
            default -> throw reader.corrupt("kind " + kind);
        };
    }
}
