package io.tideline.hbase.sequencer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The value of a {@code Get}'s attribute {@link SchemaNames#HEADS_ATTRIBUTE}, which asks a region for many heads at once:
 * {@code version(1)=1 | reader(sized) | timelines(varint) | prefix(sized)…}. The row of the Get says which region is asked,
 * and nothing else. The prefixes ascend, so that the region goes through its rows once.
 */
public final class HeadsQuestion {
    /** The most timelines that one question may name. */
    public static final int MAX_TIMELINES = 1_000;

    private static final byte VERSION = 1;

    private final byte[] reader;
    private final List<byte[]> prefixes;

    /**
     * A question.
     *
     * @param reader whose read marks are wanted as well, at most {@value MarkCell#MAX_READER_BYTES} bytes; none for no
     *     marks
     * @param prefixes of timelines, well-formed and strictly ascending as unsigned bytes, 1 to {@value #MAX_TIMELINES}
     */
    public HeadsQuestion(byte[] reader, List<byte[]> prefixes) {
        this.reader = reader.clone();
        this.prefixes = List.copyOf(prefixes);
    }

    byte[] reader() {
        return reader;
    }

    /** Not to be changed. */
    List<byte[]> prefixes() {
        return prefixes;
    }

    public byte[] encode() {
        ByteWriter writer = new ByteWriter(16 + 64 * prefixes.size())
                .put(VERSION)
                .putSized(reader)
                .putVarint(prefixes.size());
        prefixes.forEach(writer::putSized);
        return writer.toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws MalformedBatchException when the bytes are no question
     */
    public static HeadsQuestion decode(byte[] value) throws MalformedBatchException {
        ByteReader source = new ByteReader(value);
        byte version = source.read();
        if (version != VERSION) {
            throw new MalformedBatchException("heads: version " + version);
        }
        byte[] reader = source.readSized();
        int count = source.readVarint();
        if (reader.length > MarkCell.MAX_READER_BYTES || count < 1 || count > MAX_TIMELINES) {
            throw new MalformedBatchException("heads: reader of " + reader.length + " bytes, " + count + " timelines");
        }
        List<byte[]> prefixes = new ArrayList<>(count);
        byte[] last = {};
        for (int i = 0; i < count; i++) {
            byte[] prefix = source.readSized();
            if (RowKeys.prefixLength(prefix) != prefix.length || Arrays.compareUnsigned(last, prefix) >= 0) {
                throw new MalformedBatchException("heads: prefix with bytes too many, or out of order");
            }
            prefixes.add(prefix);
            last = prefix;
        }
        if (source.remaining() != 0) {
            throw new MalformedBatchException("heads: " + source.remaining() + " bytes too many");
        }
        return new HeadsQuestion(reader, prefixes);
    }
}
