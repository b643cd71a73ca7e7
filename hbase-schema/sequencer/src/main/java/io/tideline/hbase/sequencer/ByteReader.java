package io.tideline.hbase.sequencer;

import java.util.Arrays;

/** Reads what {@link ByteWriter} wrote, and trusts nothing: every step beyond the end is a malformed batch. */
public final class ByteReader {
    private final byte[] bytes;
    private final int end;
    private int position;

    public ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    public ByteReader(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.position = offset;
        this.end = offset + length;
    }

    public byte read() throws MalformedBatchException {
        need(1);
        return bytes[position++];
    }

    public long readLong() throws MalformedBatchException {
        need(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | bytes[position++] & 0xff;
        }
        return value;
    }

    /** Refuses a number written longer than needed: bytes that are hashed must have one form only. */
    public int readVarint() throws MalformedBatchException {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte b = read();
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                if (value < 0 || b == 0 && shift > 0) {
                    break;
                }
                return value;
            }
        }
        throw new MalformedBatchException("variable-length int: more than 31 bits, or longer than needed");
    }

    /** Steps over {@code length} bytes and returns where they began. */
    public int skip(int length) throws MalformedBatchException {
        need(length);
        int start = position;
        position += length;
        return start;
    }

    public byte[] readBytes(int length) throws MalformedBatchException {
        int start = skip(length);
        return Arrays.copyOfRange(bytes, start, start + length);
    }

    /** A varint length, then that many bytes. */
    public byte[] readSized() throws MalformedBatchException {
        return readBytes(readVarint());
    }

    public int position() {
        return position;
    }

    public int remaining() {
        return end - position;
    }

    private void need(int length) throws MalformedBatchException {
        if (length < 0 || end - position < length) {
            throw new MalformedBatchException("cut short: " + length + " bytes wanted, " + (end - position) + " there");
        }
    }
}
