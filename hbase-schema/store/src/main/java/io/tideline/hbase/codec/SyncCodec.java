package io.tideline.hbase.codec;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The records of fan-out, devices and users' settings, and what a sync token says.
 *
 * <pre>
 * FANOUT_CURSOR  1 | diffusion(1)
 * FANOUT_LEASE   1 | holder | until(8)
 * USER_SETTINGS  1 | muted(1) | marked as unread(1)
 * DEVICE         1 | generation(8) | forgotten(1) | registered(8) | last seen(8) (| newest stream(8) | stamp(8) | run(8) | attempt(8))?
 * token          1 | generation(8) | inbox through(8) | count | (conversation | through(8) | personal through(8))*
 * </pre>
 *
 * A device without a stream is written as before there were numbers of streams. Servers of that time pass over the number,
 * and leave it out when they write.
 */
public final class SyncCodec {
    private static final int FORMAT = 1;

    private SyncCodec() {}

    /** Who works on something, and until when nobody else may. */
    public record Lease(String holder, Instant until) {}

    /** What a user has set for a conversation. */
    public record UserSettings(boolean muted, boolean markedUnread) {
        public static final UserSettings NONE = new UserSettings(false, false);
    }

    /**
     * Who opens a stream, as he says himself.
     *
     * @param run of the device's program, a number by chance; 0 when it does not say
     * @param attempt which stream of this run it is
     */
    public record StreamOrigin(long run, long attempt) {
        public static final StreamOrigin UNKNOWN = new StreamOrigin(0, 0);
    }

    /**
     * Which of a device's streams is the newest.
     *
     * @param number the version of the record with which the stream was opened, so none is given twice; 0: there was none
     * @param stamp by chance: of two who would open a stream at the same moment each knows whether it was itself
     */
    public record NewestStream(long number, long stamp, StreamOrigin origin) {
        public static final NewestStream NONE = new NewestStream(0, 0, StreamOrigin.UNKNOWN);

        /**
         * Whether it takes the place of another stream. Of one run the later attempt stays: a connection that is lost may
         * still be opened after the one that has taken its place.
         */
        public boolean replaces(long otherNumber, StreamOrigin other) {
            return other.run() != 0 && other.run() == origin.run()
                    ? origin.attempt() > other.attempt()
                    : number > otherNumber;
        }
    }

    /**
     * What is known of a device.
     *
     * @param generation how often it was forgotten; checkpoints belong to one generation
     * @param forgotten whether it has not synced since
     * @param newest of this generation
     */
    public record DeviceState(
            long generation, boolean forgotten, Instant registered, Instant lastSeen, NewestStream newest) {}

    /** A conversation's part of a page. */
    public record Delivered(ConversationId conversation, SequenceId through, SequenceId personalThrough) {}

    /**
     * What a page has delivered.
     *
     * @param inboxThrough {@link SequenceId#NONE} when the page does not finish any part of the inbox
     */
    public record Token(long generation, SequenceId inboxThrough, List<Delivered> delivered) {
        public Token {
            delivered = List.copyOf(delivered);
        }
    }

    /** The diffusion in effect after a cursor's seq. */
    public static Payload encode(Diffusion diffusion) {
        return new FieldWriter(FORMAT).code(diffusion.code()).done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the value cannot be decoded
     */
    public static Diffusion decodeCursor(TimelineRecord record) {
        return ConversationCodec.diffusion(new FieldReader("fan-out cursor", record.value()).format(FORMAT));
    }

    public static Payload encode(Lease lease) {
        return new FieldWriter(FORMAT)
                .text(lease.holder())
                .number(lease.until().toEpochMilli())
                .done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the value cannot be decoded
     */
    public static Lease decodeLease(TimelineRecord record) {
        FieldReader reader = new FieldReader("lease", record.value()).format(FORMAT);
        return new Lease(reader.text(), Instant.ofEpochMilli(reader.number()));
    }

    public static Payload encode(UserSettings settings) {
        return new FieldWriter(FORMAT)
                .flag(settings.muted())
                .flag(settings.markedUnread())
                .done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the value cannot be decoded
     */
    public static UserSettings decodeSettings(TimelineRecord record) {
        FieldReader reader = new FieldReader("user's settings", record.value()).format(FORMAT);
        return new UserSettings(reader.flag(), reader.flag());
    }

    public static Payload encode(DeviceState device) {
        FieldWriter writer = new FieldWriter(FORMAT)
                .number(device.generation())
                .flag(device.forgotten())
                .number(device.registered().toEpochMilli())
                .number(device.lastSeen().toEpochMilli());
        NewestStream newest = device.newest();
        return newest.equals(NewestStream.NONE)
                ? writer.done()
                : writer.number(newest.number())
                        .number(newest.stamp())
                        .number(newest.origin().run())
                        .number(newest.origin().attempt())
                        .done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the value cannot be decoded
     */
    public static DeviceState decodeDevice(TimelineRecord record) {
        FieldReader reader = new FieldReader("device", record.value()).format(FORMAT);
        return new DeviceState(
                reader.number(),
                reader.flag(),
                Instant.ofEpochMilli(reader.number()),
                Instant.ofEpochMilli(reader.number()),
                reader.hasMore()
                        ? new NewestStream(
                                reader.number(), reader.number(), new StreamOrigin(reader.number(), reader.number()))
                        : NewestStream.NONE);
    }

    public static Payload encode(Token token) {
        FieldWriter writer = new FieldWriter(FORMAT)
                .number(token.generation())
                .number(token.inboxThrough().value())
                .count(token.delivered().size());
        for (Delivered part : token.delivered()) {
            writer.text(part.conversation().value())
                    .number(part.through().value())
                    .number(part.personalThrough().value());
        }
        return writer.done();
    }

    /**
     * Reads what was encoded.
     *
     * @throws io.tideline.core.error.CorruptDataException when the value cannot be decoded
     */
    public static Token decodeToken(Payload value) {
        FieldReader reader = new FieldReader("sync token", value).format(FORMAT);
        long generation = reader.number();
        SequenceId inboxThrough = SequenceId.of(reader.number());
        int count = reader.count();
        List<Delivered> delivered = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            delivered.add(new Delivered(
                    new ConversationId(reader.text()), SequenceId.of(reader.number()), SequenceId.of(reader.number())));
        }
        return new Token(generation, inboxThrough, delivered);
    }
}
