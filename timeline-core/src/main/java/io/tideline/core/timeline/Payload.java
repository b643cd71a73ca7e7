package io.tideline.core.timeline;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The opaque content of an entry: 0 to 256 KiB, compared by content, never changed after construction. May be
 * encrypted end to end; nothing looks into it.
 */
public final class Payload {
    /** 256 KiB: what fits many times into one HBase cell batch; larger things belong into a blob store. */
    public static final int MAX_BYTES = 256 * 1024;

    public static final Payload EMPTY = new Payload(new byte[0]);

    private final byte[] bytes;

    private Payload(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("payload: " + bytes.length + " bytes (expected: 0.." + MAX_BYTES + ")");
        }
        this.bytes = bytes;
    }

    /** A copy of {@code bytes}. @throws IllegalArgumentException when longer than {@link #MAX_BYTES} */
    public static Payload copyOf(byte[] bytes) {
        return new Payload(bytes.clone());
    }

    /**
     * Takes {@code bytes} over without a copy: for adapters that have just made the array and hand it to nobody else.
     *
     * @throws IllegalArgumentException when longer than {@link #MAX_BYTES}
     */
    public static Payload takeOver(byte[] bytes) {
        return new Payload(bytes);
    }

    public static Payload utf8(String text) {
        return new Payload(text.getBytes(StandardCharsets.UTF_8));
    }

    public int size() {
        return bytes.length;
    }

    /** A view that cannot be written through. */
    public ByteBuffer asReadOnlyByteBuffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /** Appends the content to {@code target}. @throws java.nio.BufferOverflowException when it does not fit */
    public void writeTo(ByteBuffer target) {
        target.put(bytes);
    }

    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** The content decoded as UTF-8, malformed parts replaced. */
    public String toUtf8() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The size only: content never goes into logs. */
    @Override
    public String toString() {
        return "Payload[" + bytes.length + " bytes]";
    }
}
