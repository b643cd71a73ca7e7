package io.tideline.hbase.sequencer;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * An entry on the wire and in its cell: four sized fields, {@code sender | client message id | kind | payload}. The cell
 * {@code e:e} puts {@code format(1)=1 | server time(8)} before them, so the region server copies the bytes and decodes
 * nothing.
 *
 * <p>A view of a larger array; nobody may change that array afterwards.
 */
public final class EntryBytes {
    public static final int MAX_KIND_BYTES = 64;
    public static final int MAX_PAYLOAD_BYTES = 256 * 1024;

    private static final byte FORMAT = 1;
    private static final int CELL_HEADER_BYTES = 9;

    private final byte[] source;
    private final int start;
    private final int end;
    private final int senderAt;
    private final int senderBytes;
    private final int clientMessageIdAt;
    private final int clientMessageIdBytes;
    private final int kindAt;
    private final int kindBytes;
    private final int payloadAt;

    /** Reads one entry from {@code reader}, which reads {@code source}. */
    private EntryBytes(byte[] source, ByteReader reader) throws MalformedBatchException {
        this.source = source;
        this.start = reader.position();
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

    private static int bounded(String field, ByteReader reader, int least, int most) throws MalformedBatchException {
        int length = reader.readVarint();
        if (length < least || length > most) {
            throw new MalformedBatchException(field + ": " + length + " bytes");
        }
        return length;
    }

    static EntryBytes read(byte[] source, ByteReader reader) throws MalformedBatchException {
        return new EntryBytes(source, reader);
    }

    /** A cell's value and when it was committed. */
    public record Stored(EntryBytes entry, long serverTime) {}

    /**
     * Reads the value of an entry's cell; the array is kept, not copied.
     *
     * @throws MalformedBatchException when the bytes are no entry
     */
    public static Stored decodeCell(byte[] source, int offset, int length) throws MalformedBatchException {
        ByteReader reader = new ByteReader(source, offset, length);
        byte format = reader.read();
        if (format != FORMAT) {
            throw new MalformedBatchException("entry: format " + format);
        }
        long serverTime = reader.readLong();
        EntryBytes entry = new EntryBytes(source, reader);
        if (reader.remaining() != 0) {
            throw new MalformedBatchException("entry: " + reader.remaining() + " bytes too many");
        }
        return new Stored(entry, serverTime);
    }

    byte[] encodeCell(long serverTime) {
        return new ByteWriter(CELL_HEADER_BYTES + end - start)
                .put(FORMAT)
                .putLong(serverTime)
                .put(source, start, end - start)
                .toByteArray();
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

    public byte[] sender() {
        return java.util.Arrays.copyOfRange(source, senderAt, senderAt + senderBytes);
    }

    public byte[] clientMessageId() {
        return java.util.Arrays.copyOfRange(source, clientMessageIdAt, clientMessageIdAt + clientMessageIdBytes);
    }

    public byte[] kind() {
        return java.util.Arrays.copyOfRange(source, kindAt, kindAt + kindBytes);
    }

    public byte[] payload() {
        return java.util.Arrays.copyOfRange(source, payloadAt, end);
    }

    /** Writes the wire form of an entry. */
    public static void write(ByteWriter target, byte[] sender, byte[] clientMessageId, byte[] kind, byte[] payload) {
        target.putSized(sender).putSized(clientMessageId).putSized(kind).putSized(payload);
    }
}
