package io.tideline.hbase.sequencer;

import java.util.ArrayList;
import java.util.List;

/**
 * What a carrier brings back: {@code version(1) | items(varint) | item…}, in the batch's order. An item is one byte of
 * status and then, for
 *
 * <ul>
 *   <li>{@code 0} all new: {@code first seq(8) | server time(8) | entries(varint) | count of the first(8)};
 *   <li>{@code 1} some repeated: {@code entries(varint)}, each {@code repeated(1) | seq(8) | server time(8) | message
 *       id(8) | count(8)};
 *   <li>{@code 2} conflict: {@code entry index(varint) | existing seq(8)}; nothing of the item was written;
 *   <li>{@code 3} wrong region: nothing; nothing of the item was written;
 *   <li>{@code 4} unreadable: nothing; what is stored of the timeline cannot be decoded, nothing of the item was written;
 *   <li>{@code 5} refused: {@code guard index(varint) | version(8) | level(1)}; nothing of the item was written.
 * </ul>
 *
 * <p>Versions 2 and 3 are the same. In version 1 there are neither counts nor message ids, and nothing is refused.
 */
public final class BatchAnswer {
    private static final byte ALL_NEW = 0;
    private static final byte SOME_REPEATED = 1;
    private static final byte CONFLICT = 2;
    private static final byte WRONG_REGION = 3;
    private static final byte UNREADABLE = 4;
    private static final byte REFUSED = 5;

    /** What became of one item. */
    public sealed interface ItemAnswer {}

    /**
     * Written now, with consecutive seqs, the message ids that were sent and one time.
     *
     * @param firstCounted the running count of the first entry; each further one adds itself if it counts
     */
    public record AllNew(long firstSeq, long serverTime, int entries, long firstCounted) implements ItemAnswer {}

    /** At least one entry had been written before, or has a time of its own; one answer for each entry. */
    public record SomeRepeated(List<EntryAnswer> entries) implements ItemAnswer {
        public SomeRepeated {
            entries = List.copyOf(entries);
        }
    }

    /** Where one entry stands, whether it stood there before, and with which message id and running count. */
    public record EntryAnswer(boolean repeated, long seq, long serverTime, long messageId, long counted) {}

    /** An entry's id is taken by other content. */
    public record Conflict(int entryIndex, long existingSeq) implements ItemAnswer {}

    /** The timeline's rows are not in this region (any more). */
    public record WrongRegion() implements ItemAnswer {}

    /** The timeline's head, or the place of an entry that was written before, cannot be decoded. */
    public record Unreadable() implements ItemAnswer {}

    /**
     * A guard does not hold.
     *
     * @param version of the record that it asked about, 0 when there is none
     * @param level of that record, 0 when there is none
     */
    public record Refused(int guardIndex, long version, byte level) implements ItemAnswer {}

    private BatchAnswer() {}

    /** @param version which one the batch came in */
    static byte[] encode(List<ItemAnswer> answers, byte version) {
        boolean plain = version == SchemaNames.PROTOCOL_VERSION_PLAIN;
        ByteWriter writer = new ByteWriter(8 + 28 * answers.size()).put(version).putVarint(answers.size());
        for (ItemAnswer answer : answers) {
            encode(writer, answer, plain);
        }
        return writer.toByteArray();
    }

    private static void encode(ByteWriter writer, ItemAnswer answer, boolean plain) {
        if (answer instanceof AllNew all) {
            writer.put(ALL_NEW)
                    .putLong(all.firstSeq())
                    .putLong(all.serverTime())
                    .putVarint(all.entries());
            if (!plain) {
                writer.putLong(all.firstCounted());
            }
        } else if (answer instanceof SomeRepeated some) {
            writer.put(SOME_REPEATED).putVarint(some.entries().size());
            for (EntryAnswer entry : some.entries()) {
                writer.put((byte) (entry.repeated() ? 1 : 0))
                        .putLong(entry.seq())
                        .putLong(entry.serverTime());
                if (!plain) {
                    writer.putLong(entry.messageId()).putLong(entry.counted());
                }
            }
        } else if (answer instanceof Conflict conflict) {
            writer.put(CONFLICT).putVarint(conflict.entryIndex()).putLong(conflict.existingSeq());
        } else if (answer instanceof Refused refused) {
            writer.put(REFUSED)
                    .putVarint(refused.guardIndex())
                    .putLong(refused.version())
                    .put(refused.level());
        } else {
            writer.put(answer instanceof WrongRegion ? WRONG_REGION : UNREADABLE);
        }
    }

    /**
     * Reads what a sequencer answered to a batch of this version.
     *
     * @throws MalformedBatchException when no sequencer has written these bytes
     */
    public static List<ItemAnswer> decode(byte[] source, int offset, int length) throws MalformedBatchException {
        ByteReader reader = new ByteReader(source, offset, length);
        byte version = reader.read();
        if (version != SchemaNames.PROTOCOL_VERSION) {
            throw new MalformedBatchException("answer: protocol version " + version);
        }
        int count = reader.readVarint();
        List<ItemAnswer> answers = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            answers.add(decode(reader));
        }
        if (reader.remaining() != 0) {
            throw new MalformedBatchException("answer: " + reader.remaining() + " bytes too many");
        }
        return answers;
    }

    private static ItemAnswer decode(ByteReader reader) throws MalformedBatchException {
        byte status = reader.read();
        return switch (status) {
            case ALL_NEW -> new AllNew(reader.readLong(), reader.readLong(), entryCount(reader), reader.readLong());
            case SOME_REPEATED -> decodeSomeRepeated(reader);
            case CONFLICT -> new Conflict(reader.readVarint(), reader.readLong());
            case WRONG_REGION -> new WrongRegion();
            case UNREADABLE -> new Unreadable();
            case REFUSED -> new Refused(reader.readVarint(), reader.readLong(), reader.read());
            default -> throw new MalformedBatchException("answer: status " + status);
        };
    }

    private static ItemAnswer decodeSomeRepeated(ByteReader reader) throws MalformedBatchException {
        int count = entryCount(reader);
        List<EntryAnswer> entries = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            entries.add(new EntryAnswer(
                    reader.read() != 0, reader.readLong(), reader.readLong(), reader.readLong(), reader.readLong()));
        }
        return new SomeRepeated(entries);
    }

    private static int entryCount(ByteReader reader) throws MalformedBatchException {
        int count = reader.readVarint();
        if (count < 1 || count > AppendBatch.MAX_ENTRIES_PER_ITEM) {
            throw new MalformedBatchException("answer: " + count + " entries");
        }
        return count;
    }
}
