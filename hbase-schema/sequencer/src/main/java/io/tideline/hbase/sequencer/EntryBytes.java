package io.tideline.hbase.sequencer;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * An entry on the wire and in its cell: {@code flags(1) | message id(8), if flags say so | sender | client message id |
 * kind | payload}, the last four sized. Flags 3 are how the entry counts, flag 4 says that it has a message id. The cell
 * {@code e:e} puts {@code format(1)=2 | server time(8) | counted(8)} before them.
 *
 * <p>On the wire, since protocol version 3, flag 8 says that there is an {@code original time(8)} after the message id:
 * that of an imported entry, for its server time. It is in no cell.
 *
 * <p>Of an erased entry the cell is {@code format(1)=3 | server time(8) | counted(8)}: its place remains, and nothing else.
 *
 * <p>The first release had neither flags nor message id, on the wire (protocol version 1) and in its cells, which were
 * {@code format(1)=1 | server time(8) |} the four fields. All of its entries count.
 *
 * <p>A view of a larger array; nobody may change that array afterwards.
 */
public final class EntryBytes {
    public static final int MAX_KIND_BYTES = 64;
    public static final int MAX_PAYLOAD_BYTES = 256 * 1024;

    /** Ways to count: not as unread, as unread, as unread and as read by its sender. */
    public static final int SILENT = 0;

    public static final int COUNTED = 1;
    public static final int SENT = 2;

    private static final byte FORMAT_WITHOUT_FLAGS = 1;
    private static final byte FORMAT = 2;
    private static final byte FORMAT_ERASED = 3;
    private static final int ERASED_BYTES = 17;
    private static final int CELL_HEADER_BYTES = 26;
    private static final int COUNTING_FLAGS = 3;
    private static final int HAS_MESSAGE_ID = 4;
    private static final int HAS_ORIGINAL_TIME = 8;

    /** In place of an original time: there is none. */
    public static final long NO_TIME = -1;

    private final byte[] source;
    private final int counting;
    private final long messageId;
    private final long originalTime;
    private final int fieldsAt;
    private final int end;
    private final int senderAt;
    private final int senderBytes;
    private final int clientMessageIdAt;
    private final int clientMessageIdBytes;
    private final int kindAt;
    private final int kindBytes;
    private final int payloadAt;

    /** Reads one entry from {@code reader}, which reads {@code source}. */
    private EntryBytes(byte[] source, ByteReader reader, byte version) throws MalformedBatchException {
        this.source = source;
        int flags = version == SchemaNames.PROTOCOL_VERSION_PLAIN ? COUNTED : reader.read();
        this.counting = flags & COUNTING_FLAGS;
        if ((flags & ~knownFlags(version)) != 0 || counting > SENT) {
            throw new MalformedBatchException("entry: flags " + flags);
        }
        this.messageId = (flags & HAS_MESSAGE_ID) == 0 ? 0 : reader.readLong();
        boolean imported = (flags & HAS_ORIGINAL_TIME) != 0;
        this.originalTime = imported ? reader.readLong() : NO_TIME;
        if (messageId < 0 || imported && originalTime < 0) {
            throw new MalformedBatchException("entry: message id " + messageId + ", original time " + originalTime);
        }
        this.fieldsAt = reader.position();
        this.senderBytes = bounded("sender", reader, 1, RowKeys.MAX_SENDER_BYTES);
        this.senderAt = reader.skip(senderBytes);
        this.clientMessageIdBytes = bounded("client message id", reader, 1, RowKeys.MAX_CLIENT_MESSAGE_ID_BYTES);
        this.clientMessageIdAt = reader.skip(clientMessageIdBytes);
        this.kindBytes = bounded("kind", reader, 0, MAX_KIND_BYTES);
        this.kindAt = reader.skip(kindBytes);
        int payloadBytes = bounded("payload", reader, 0, MAX_PAYLOAD_BYTES);
        this.payloadAt = reader.skip(payloadBytes);
        this.end = payloadAt + payloadBytes;
    }

    private static int knownFlags(byte version) {
        return version >= SchemaNames.PROTOCOL_VERSION
                ? COUNTING_FLAGS | HAS_MESSAGE_ID | HAS_ORIGINAL_TIME
                : COUNTING_FLAGS | HAS_MESSAGE_ID;
    }

    private static int bounded(String field, ByteReader reader, int least, int most) throws MalformedBatchException {
        int length = reader.readVarint();
        if (length < least || length > most) {
            throw new MalformedBatchException(field + ": " + length + " bytes");
        }
        return length;
    }

    /** @param version of the protocol that it came by */
    static EntryBytes read(byte[] source, ByteReader reader, byte version) throws MalformedBatchException {
        return new EntryBytes(source, reader, version);
    }

    /**
     * A cell's value: the entry, when it was committed, and how many entries up to it, itself included, count as unread.
     */
    public record Stored(EntryBytes entry, long serverTime, long counted) {}

    /** What is left of an entry that was erased: when it was committed, and the running count it had. */
    public record Erased(long serverTime, long counted) {}

    /**
     * The cell's value that takes the place of an erased entry's: the same time and count, so that whatever is computed
     * from the entries around it stays as it was.
     */
    public static byte[] erasedCell(long serverTime, long counted) {
        return new ByteWriter(ERASED_BYTES)
                .put(FORMAT_ERASED)
                .putLong(serverTime)
                .putLong(counted)
                .toByteArray();
    }

    /** When an entry was written, of whatever format its cell is, erased ones included; 0 when it is none. */
    static long serverTime(byte[] source, int offset, int length) throws MalformedBatchException {
        if (length <= Long.BYTES) {
            return 0;
        }
        ByteReader reader = new ByteReader(source, offset + 1, Long.BYTES);
        return reader.readLong();
    }

    /** Whether a cell's value says of itself that its entry was erased. */
    public static boolean isErased(byte[] source, int offset, int length) {
        return length > 0 && source[offset] == FORMAT_ERASED;
    }

    /**
     * Reads what {@link #erasedCell} wrote.
     *
     * @throws MalformedBatchException when the bytes are no marker of an erased entry
     */
    public static Erased decodeErased(byte[] source, int offset, int length, long seq) throws MalformedBatchException {
        ByteReader reader = new ByteReader(source, offset, length);
        byte format = reader.read();
        if (format != FORMAT_ERASED) {
            throw new MalformedBatchException("erased entry: format " + format);
        }
        Erased erased = new Erased(reader.readLong(), reader.readLong());
        if (erased.counted < 0 || erased.counted > seq || reader.remaining() != 0) {
            throw new MalformedBatchException(
                    "erased entry: count " + erased.counted + ", " + reader.remaining() + " bytes too many");
        }
        return erased;
    }

    /**
     * Reads the value of an entry's cell; the array is kept, not copied. Whether the entry {@linkplain #isErased was
     * erased} is to be asked before.
     *
     * @param seq of the entry's row: of a cell of the first release it is the running count too
     * @throws MalformedBatchException when the bytes are no entry, or one that was erased
     */
    public static Stored decodeCell(byte[] source, int offset, int length, long seq) throws MalformedBatchException {
        ByteReader reader = new ByteReader(source, offset, length);
        byte format = reader.read();
        if (format != FORMAT && format != FORMAT_WITHOUT_FLAGS) {
            throw new MalformedBatchException("entry: format " + format);
        }
        long serverTime = reader.readLong();
        long counted = format == FORMAT ? reader.readLong() : seq;
        EntryBytes entry = new EntryBytes(
                source,
                reader,
                format == FORMAT ? SchemaNames.PROTOCOL_VERSION_WITHOUT_TIMES : SchemaNames.PROTOCOL_VERSION_PLAIN);
        if (counted < 0 || counted > seq || reader.remaining() != 0) {
            throw new MalformedBatchException(
                    "entry: count " + counted + ", " + reader.remaining() + " bytes too many");
        }
        return new Stored(entry, serverTime, counted);
    }

    /**
     * The cell's value of an entry that comes back from where no cells are. How it counted is in {@code counted} alone.
     *
     * @param messageId 0 for none
     */
    public static byte[] cell(
            long serverTime,
            long counted,
            long messageId,
            byte[] sender,
            byte[] clientMessageId,
            byte[] kind,
            byte[] payload) {
        ByteWriter cell = new ByteWriter(
                        CELL_HEADER_BYTES + 32 + sender.length + clientMessageId.length + kind.length + payload.length)
                .put(FORMAT)
                .putLong(serverTime)
                .putLong(counted);
        writeFlags(cell, SILENT, messageId, NO_TIME);
        writeFields(cell, sender, clientMessageId, kind, payload);
        return cell.toByteArray();
    }

    byte[] encodeCell(long serverTime, long counted) {
        ByteWriter cell = new ByteWriter(CELL_HEADER_BYTES + end - fieldsAt)
                .put(FORMAT)
                .putLong(serverTime)
                .putLong(counted);
        writeFlags(cell, counting, messageId, NO_TIME);
        return cell.put(source, fieldsAt, end - fieldsAt).toByteArray();
    }

    /** Whether it is one more unread for the readers. */
    boolean counts() {
        return counting != SILENT;
    }

    /** Whether its sender has thereby read it. */
    boolean marksSender() {
        return counting == SENT;
    }

    /** 0 for none. */
    public long messageId() {
        return messageId;
    }

    /** Milliseconds since 1970, or {@link #NO_TIME}. */
    long originalTime() {
        return originalTime;
    }

    byte[] dedupeRow(byte[] prefix) {
        return RowKeys.dedupeRow(
                prefix, source, senderAt, senderBytes, source, clientMessageIdAt, clientMessageIdBytes);
    }

    /** The first 8 bytes of SHA-256 over kind (with its length) and payload. */
    public long digest() {
        MessageDigest sha = sha256();
        sha.update(source, kindAt - 1, kindBytes + 1);
        sha.update(source, payloadAt, end - payloadAt);
        byte[] digest = sha.digest();
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | digest[i] & 0xff;
        }
        return value;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Whether another entry has the same sender. */
    public boolean hasSenderOf(EntryBytes other) {
        return Arrays.equals(
                source,
                senderAt,
                senderAt + senderBytes,
                other.source,
                other.senderAt,
                other.senderAt + other.senderBytes);
    }

    /** Whether another entry has the same kind. */
    public boolean hasKindOf(EntryBytes other) {
        return Arrays.equals(
                source, kindAt, kindAt + kindBytes, other.source, other.kindAt, other.kindAt + other.kindBytes);
    }

    public byte[] sender() {
        return Arrays.copyOfRange(source, senderAt, senderAt + senderBytes);
    }

    public byte[] clientMessageId() {
        return Arrays.copyOfRange(source, clientMessageIdAt, clientMessageIdAt + clientMessageIdBytes);
    }

    public byte[] kind() {
        return Arrays.copyOfRange(source, kindAt, kindAt + kindBytes);
    }

    public byte[] payload() {
        return Arrays.copyOfRange(source, payloadAt, end);
    }

    /** Writes the wire form of what follows the flags, the message id and the time. */
    static void writeFields(ByteWriter target, byte[] sender, byte[] clientMessageId, byte[] kind, byte[] payload) {
        target.putSized(sender).putSized(clientMessageId).putSized(kind).putSized(payload);
    }

    static void writeFlags(ByteWriter target, int counting, long messageId, long originalTime) {
        int flags =
                counting | (messageId == 0 ? 0 : HAS_MESSAGE_ID) | (originalTime == NO_TIME ? 0 : HAS_ORIGINAL_TIME);
        target.put((byte) flags);
        if (messageId != 0) {
            target.putLong(messageId);
        }
        if (originalTime != NO_TIME) {
            target.putLong(originalTime);
        }
    }
}
