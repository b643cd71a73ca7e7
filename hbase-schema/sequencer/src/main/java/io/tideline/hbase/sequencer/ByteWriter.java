package io.tideline.hbase.sequencer;

import java.util.Arrays;

/** A growing byte array with the number formats of this package: big-endian longs, LEB128 variable-length ints. */
public final class ByteWriter {
    private byte[] bytes;
    private int size;

    public ByteWriter(int expectedBytes) {
        this.bytes = new byte[Math.max(16, expectedBytes)];
    }

    public ByteWriter put(byte value) {
        reserve(1);
        bytes[size++] = value;
        return this;
    }

    public ByteWriter put(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
        return this;
    }

    public ByteWriter put(byte[] source) {
        return put(source, 0, source.length);
    }

    public ByteWriter putLong(long value) {
        reserve(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
        return this;
    }

    /** 1 to 5 bytes; {@code value} is 0 or more. */
    public ByteWriter putVarint(int value) {
        reserve(5);
        int rest = value;
        while (rest > 0x7f) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    /** A length as varint, then the bytes. */
    public ByteWriter putSized(byte[] source) {
        return putVarint(source.length).put(source);
    }

    public int size() {
        return size;
    }

    /** What was written, up to {@link #size}, and room behind it. Not to be changed, nor written to any more. */
    byte[] buffer() {
        return bytes;
    }

    public byte[] toByteArray() {
        return bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
